"""Mappings and inspections as JSON: between processes, and in the database where a mapping is remembered."""

from __future__ import annotations

from dataclasses import asdict
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

_TUPLES = ("id", "properties", "aliases", "wide", "repeated")


def to_json(value: ColumnMapping | Inspection) -> dict[str, Any]:
    """A document of plain dicts, lists, texts and numbers, ready for `json.dumps`."""
    return asdict(value)


def mapping_from_json(document: dict[str, Any]) -> ColumnMapping:
    """The mapping that `to_json` wrote. Raises KeyError or TypeError for anything else."""
    options = dict(document["options"])
    for name in _TUPLES:
        options[name] = tuple(options[name])
    if options["scale"] is not None:
        low, high = options["scale"]
        options["scale"] = (float(low), float(high))
    return ColumnMapping(
        **{
            **document,
            "options": ImportOptions(**options),
            "reading": Reading(**document["reading"]),
            "month_first": dict(document["month_first"]),
            "decimal": dict(document["decimal"]),
        }
    )


def inspection_from_json(document: dict[str, Any]) -> Inspection:
    """The inspection that `to_json` wrote. Raises KeyError or TypeError for anything else."""
    return Inspection(
        **{
            **document,
            "reading": Reading(**document["reading"]),
            "columns": tuple(
                RecognisedColumn(**{**column, "samples": tuple(column["samples"])})
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
