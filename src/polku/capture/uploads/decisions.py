"""What people decide about a part, laid over what was recognised: so that a new reading keeps their choices.

`UploadedPart.edits` is {"mappings": [EDIT …], "added": [KIND …], "timezone": NAME, "month_first": {COLUMN: BOOL},
"decimal": {COLUMN: FORM}}. An EDIT stands at the number of the mapping it changes, {"kind", "chosen", "fields"}, and
its fields are only those that differ from the proposal. Where a new reading proposes another kind at that number, the
edit is forgotten. The rest holds for all mappings of the part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from polku.capture.imports.mapping import ColumnMapping, Inspection, Question
from polku.capture.imports.mapping_json import inspection_from_json, mapping_from_json
from polku.capture.imports.options import ImportKind, ImportOptions, field_names
from polku.capture.imports.questions import parse_question
from polku.capture.models import RememberedMapping, UploadedPart
from polku.capture.uploads.fields import COLUMNS, lacking

MOST_ADDED = 8
_TUPLES = ("id", "properties", "aliases", "wide", "questions")


@dataclass(frozen=True)
class Decided:
    """One import out of a part as it stands now; `proposal` is what the recogniser said, None where a person added
    it."""

    number: int
    mapping: ColumnMapping
    is_chosen: bool
    proposal: ColumnMapping | None

    @property
    def is_added(self) -> bool:
        return self.proposal is None


def inspection_of(part: UploadedPart) -> Inspection:
    return inspection_from_json(part.inspection)


def version_of(part: UploadedPart) -> str:
    """Another text whenever the part was read to another result: fields of a form go by numbers of that result."""
    document = json.dumps(part.inspection, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def decided(part: UploadedPart, timezone: str) -> list[Decided]:
    """Every mapping of the part, proposals first; those that people added are told in `timezone`."""
    inspection = inspection_of(part)
    edits = part.edits.get("mappings", [])
    added = [
        ColumnMapping(kind=kind, options=ImportOptions(), timezone=timezone, reading=inspection.reading)
        for kind in part.edits.get("added", [])
        if kind in COLUMNS
    ]
    columns = {column.name for column in inspection.columns}
    found: list[Decided] = []
    for number, (mapping, proposal) in enumerate(
        [*((mapping, mapping) for mapping in inspection.mappings), *((mapping, None) for mapping in added)]
    ):
        edit = edits[number] if number < len(edits) else {}
        if edit.get("kind") != mapping.kind:
            edit = {}
        changed = _apply(mapping, edit.get("fields", {}), columns)
        changed = _with_forms(changed, part.edits, columns)
        found.append(Decided(number, changed, bool(edit.get("chosen", True)), proposal))
    return found


def chosen(part: UploadedPart, timezone: str) -> list[ColumnMapping]:
    """What will be imported."""
    return [each.mapping for each in decided(part, timezone) if each.is_chosen]


def difference(options: ImportOptions, base: ImportOptions) -> dict[str, Any]:
    """The fields of `options` that differ from those of `base`, as an edit keeps them."""
    fields: dict[str, Any] = {}
    for name in field_names():
        value = getattr(options, name)
        if value != getattr(base, name):
            fields[name] = list(value) if isinstance(value, tuple) else value
    return fields


def open_questions(part: UploadedPart) -> list[Question]:
    """What must be answered before the part can be imported; nothing is asked of a part that is left out."""
    answered = part.answers
    return [question for question in inspection_of(part).questions if key_of(question) not in answered]


def key_of(question: Question) -> str:
    """How an answer is kept: `about`, or `about:column`."""
    return f"{question.about}:{question.column}" if question.column else question.about


def is_ready(parts: Sequence[UploadedPart], timezone: str) -> bool:
    """Whether at least one import is chosen, every question is answered and no chosen import lacks anything."""
    mappings = [(part, chosen(part, timezone)) for part in parts]
    wanted = [(part, found) for part, found in mappings if found]
    return bool(wanted) and all(
        not open_questions(part) and not any(lacking(each.kind, each.options) for each in found)
        for part, found in wanted
    )


def remembered_for(workspace_rows: Sequence[RememberedMapping]) -> dict[str, list[dict[str, Any]]]:
    """Form → mappings, as the process apart is told of them."""
    return {row.fingerprint: row.mappings for row in workspace_rows}


def is_remembered(part: UploadedPart, remembered: Mapping[str, object]) -> bool:
    return inspection_of(part).fingerprint in remembered


def mappings_of(documents: Sequence[dict[str, Any]]) -> Iterator[ColumnMapping]:
    return (mapping_from_json(document) for document in documents)


def _apply(mapping: ColumnMapping, fields: Mapping[str, Any], columns: set[str]) -> ColumnMapping:
    """The mapping with an edit over it; columns that a new reading no longer has are left out."""
    given: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _TUPLES:
            given[name] = tuple(each for each in value if _is_there(name, each, columns))
        elif name == "scale":
            given[name] = (float(value[0]), float(value[1])) if value else None
        elif name in dict(COLUMNS[mapping.kind]) and value not in columns:
            given[name] = None
        elif name in field_names():
            given[name] = value
    return replace(mapping, options=replace(mapping.options, **given))


def _is_there(name: str, text: str, columns: set[str]) -> bool:
    if name == "questions":
        return parse_question(text).column in columns
    return name == "wide" or text in columns


def _with_forms(mapping: ColumnMapping, edits: Mapping[str, Any], columns: set[str]) -> ColumnMapping:
    """The mapping with the time zone and the forms of dates and numbers that a person settled."""
    forms = {
        name: {column: value for column, value in edits.get(name, {}).items() if column in columns}
        for name in ("month_first", "decimal")
    }
    return replace(
        mapping,
        timezone=edits.get("timezone") or mapping.timezone,
        month_first={**mapping.month_first, **forms["month_first"]},
        decimal={**mapping.decimal, **forms["decimal"]},
    )


def added_kinds(part: UploadedPart) -> list[ImportKind]:
    return [kind for kind in part.edits.get("added", []) if kind in COLUMNS]
