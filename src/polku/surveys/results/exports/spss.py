"""Answers as an SPSS file, with the labels of variables and values.

Needs pyreadstat and polars (the extra `spss`). The file is written from memory, so there is a limit to its size.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from polku.surveys.models import Survey
from polku.surveys.results.asked import Versions
from polku.surveys.results.exports.fields import ExportField
from polku.surveys.results.exports.rows import Wanted, count, pieces

MOST_ROWS = 100_000
_LONGEST_LABEL, _LONGEST_VALUE_LABEL, _LONGEST_TEXT = 256, 120, 10_000  # bytes
_MEASURES = {
    "text": "nominal",
    "choice": "nominal",
    "yes_no": "nominal",
    "number": "scale",
    "date": "scale",
    "moment": "scale",
}


class SpssUnavailable(Exception):
    """The file cannot be made; the message says why and what to do."""


def spss_file(survey: Survey, versions: Versions, fields: Sequence[ExportField], wanted: Wanted) -> bytes:
    """The .sav file. Unanswered is system-missing, options of a multiple choice are 0 and 1. Raises SpssUnavailable."""
    try:
        import polars
        import pyreadstat
    except ImportError:
        raise SpssUnavailable(
            _(
                "SPSS files need two more packages on the server: pip install 'polku[spss]'. CSV, XLSX and JSON work "
                "without them."
            )
        ) from None
    if count(survey, wanted) > MOST_ROWS:
        raise SpssUnavailable(
            _(
                "An SPSS file takes at most %d answers. Choose a shorter period, or export as CSV with the codebook."
            )
            % MOST_ROWS
        )
    columns: dict[str, list[Any]] = {field.name: [] for field in fields}
    for piece in pieces(survey, versions, wanted):
        for field in fields:
            columns[field.name] += [_value(field, field.read(row)) for row in piece]
    kinds: dict[str, Any] = {
        "text": polars.String,
        "choice": polars.Float64,
        "yes_no": polars.Float64,
        "number": polars.Float64,
        "date": polars.Date,
        "moment": polars.Datetime("us"),
    }
    frame = polars.DataFrame(columns, schema={field.name: kinds[field.kind] for field in fields})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_cut(survey.name, 64),
            column_labels=[_cut(field.label, _LONGEST_LABEL) for field in fields],
            variable_value_labels={
                field.name: {code: _cut(label, _LONGEST_VALUE_LABEL) for code, label in field.values.items()}
                for field in fields
                if field.values
            },
            variable_measure={field.name: _MEASURES[field.kind] for field in fields},
        )
        return path.read_bytes()


def _value(field: ExportField, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "text":
        return _cut(str(value).replace("\0", ""), _LONGEST_TEXT)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value if isinstance(value, dt.date) else float(value)


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, and no half letter at the end."""
    return text.encode()[:most].decode(errors="ignore")
