"""Mappings and inspections as JSON: between processes, and in the database where a mapping is remembered.

What an older Polku wrote is read with the defaults of what came since; what a newer one added is left out.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from polku.capture.imports.mapping import (
    Choice,
    ColumnMapping,
    Inspection,
    Question,
    Reading,
    RecognisedColumn,
)
from polku.capture.imports.options import ImportOptions

_TUPLES = ("id", "properties", "aliases", "wide", "repeated", "questions")


def to_json(value: ColumnMapping | Inspection) -> dict[str, Any]:
    """A document of plain dicts, lists, texts and numbers, ready for `json.dumps`."""
    return asdict(value)


def mapping_from_json(document: dict[str, Any]) -> ColumnMapping:
    """The mapping that `to_json` wrote. Raises KeyError or TypeError for anything else."""
    options = _known(ImportOptions, document["options"])
    for name in _TUPLES:
        options[name] = tuple(options.get(name, ()))
    if options.get("scale") is not None:
        low, high = options["scale"]
        options["scale"] = (float(low), float(high))
    return ColumnMapping(
        **{
            **_known(ColumnMapping, document),
            "options": ImportOptions(**options),
            "reading": Reading(**_known(Reading, document["reading"])),
            "month_first": dict(document["month_first"]),
            "decimal": dict(document["decimal"]),
        }
    )


def inspection_from_json(document: dict[str, Any]) -> Inspection:
    """The inspection that `to_json` wrote. Raises KeyError or TypeError for anything else."""
    return Inspection(
        **{
            **_known(Inspection, document),
            "reading": Reading(**_known(Reading, document["reading"])),
            "columns": tuple(
                RecognisedColumn(**{**_known(RecognisedColumn, column), "samples": tuple(column["samples"])})
                for column in document["columns"]
            ),
            "rows": tuple(tuple(row) for row in document["rows"]),
            "row_lines": tuple(document["row_lines"]),
            "mappings": tuple(mapping_from_json(mapping) for mapping in document["mappings"]),
            "questions": tuple(
                Question(**{**question, "choices": tuple(Choice(**choice) for choice in question["choices"])})
                for question in document["questions"]
            ),
            "notes": tuple(document["notes"]),
        }
    )


def _known(kind: type[Any], document: dict[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in document.items() if name in names}
