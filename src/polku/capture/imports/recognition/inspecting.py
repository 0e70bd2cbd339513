"""From a file to what is known of each of its parts before anything of it is imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

from django.utils.translation import gettext as _

from polku.capture.imports.mapping import ColumnMapping, Inspection, Question, Reading
from polku.capture.imports.options import ImportKind
from polku.capture.imports.parts import parts_of
from polku.capture.imports.presets import Match, best
from polku.capture.imports.recognition import asking
from polku.capture.imports.recognition.building import Proposal, Proposed
from polku.capture.imports.recognition.columns import Column, read_columns
from polku.capture.imports.recognition.known import as_known, mappings_of
from polku.capture.imports.recognition.notes import notes_of_table, notes_of_use
from polku.capture.imports.recognition.proposals import kinds_of, propose
from polku.capture.imports.recognition.reading import Table, read_table
from polku.capture.imports.recognition.settling import settle

_SHOWN_ROWS = 20
_LEAST_POINTS = 4
_CLEAR_LEAD = 2
"""Points by which a kind must lead the next, so that nobody need be asked."""
_KINDS: tuple[ImportKind, ...] = get_args(ImportKind)
Remembered = Callable[[str], "list[ColumnMapping] | None"]


def inspect(
    path: Path,
    *,
    timezone: str,
    reading: Reading | None = None,
    answers: Mapping[str, str] | None = None,
    remembered: Remembered | None = None,
) -> list[Inspection]:
    """Look at a file: each of its parts, or the one that `reading` names.

    `timezone` is that of local times. `answers` settle questions and correct what was recognised: their keys are those
    of questions, and `role:ROLE` may be given for any role without being asked. `remembered` gives the mappings that
    were once used for a fingerprint.

    Reads a few megabytes at most, writes nothing. Raises ImportProblem where the file cannot be read.
    """
    parts = [reading] if reading is not None else parts_of(path)
    return [_inspect_part(path, part, timezone, answers or {}, remembered) for part in parts]


def fingerprint_of(names: tuple[str, ...], reading: Reading) -> str:
    """Equal for two exports of one form: the names of the columns in their order, and text, sheet or neither."""
    form = "sheet" if reading.sheet is not None else "text" if reading.delimiter else "typed"
    document = json.dumps([form, [" ".join(name.casefold().split()) for name in names]], ensure_ascii=False)
    return hashlib.sha256(document.encode()).hexdigest()[:32]


def _inspect_part(
    path: Path, part: Reading, timezone: str, answers: Mapping[str, str], remembered: Remembered | None
) -> Inspection:
    table = read_table(path, part, answers)
    match = best(table.names, table.rows)
    if match:
        table = as_known(table, match)
    columns = read_columns(table.names, table.rows, is_sheet=table.reading.sheet is not None)
    fingerprint = fingerprint_of(table.names, table.reading)
    notes = notes_of_table(table, columns)
    mappings, questions, more = _mappings(table, match, columns, timezone, answers, remembered, fingerprint)
    notes += [*more, *notes_of_use(mappings, columns)]
    time = next((m.options.time for m in mappings if m.options.time), None)
    newest_first = next((c.dates.descending for c in columns if c.name == time and c.dates), None)
    return Inspection(
        reading=table.reading,
        columns=tuple(column.recognised() for column in columns),
        rows=tuple(tuple(row) for row in table.rows[:_SHOWN_ROWS]),
        row_lines=tuple(table.lines[:_SHOWN_ROWS]),
        mappings=tuple(mappings),
        questions=(*table.questions, *questions),
        fingerprint=fingerprint,
        size=table.size,
        newest_first=newest_first,
        notes=tuple(notes),
    )


def _mappings(
    table: Table,
    match: Match | None,
    columns: list[Column],
    timezone: str,
    answers: Mapping[str, str],
    remembered: Remembered | None,
    fingerprint: str,
) -> tuple[list[ColumnMapping], list[Question], list[str]]:
    """(proposals, questions, notes)"""
    if not columns or any(question.about == "header" for question in table.questions):
        return [], [], []  # everything else hangs on the header
    if not any(column.usable for column in columns):
        return [], [], [_no_name_of_its_own(columns)]
    known = remembered(fingerprint) if remembered and "kind" not in answers else None
    if known:
        made = [replace(mapping, reading=_of_this_file(mapping.reading, table.reading)) for mapping in known]
        return settle(made, columns, table.reading, answers)
    if match and "kind" not in answers:
        made, asked = mappings_of(match, table.reading, timezone, answers)
        settled, more, notes = settle(made, columns, table.reading, answers)
        return settled, [*asked, *more], notes
    kinds = kinds_of(columns)
    kind = _kind(kinds, answers)
    if kind is None:
        return [], [asking.kind(_KINDS, kinds[0][1] if kinds else "")], []
    proposed = propose(kind, columns, answers)
    questions = _doubts(kind, proposed, columns, answers)
    made = [_mapping(proposal, table.reading, timezone) for proposal in proposed.imports]
    settled, more, notes = settle(made, columns, table.reading, answers)
    return settled, [*questions, *more], [*notes, *_lacking_notes(proposed, answers)]


def _lacking_notes(proposed: Proposed, answers: Mapping[str, str]) -> list[str]:
    """Why nothing can be imported, where no answer would help."""
    if proposed.unread:
        return [
            _("The dates of column “%s” cannot be read. Write them as 2024-03-01 or 1.3.2024 and try again.")
            % proposed.unread[0]
        ]
    named = answers.get("role:score", "")
    if "score" in proposed.lacking and named:
        return [
            _("The cells of column “%s” are no numbers on a scale, so they cannot be imported as scores.")
            % named
        ]
    if "time" in proposed.lacking and "time" not in proposed.doubts:
        return [_("No column tells when it happened, so nothing can be imported.")]
    return []


def _kind(kinds: list[tuple[int, ImportKind]], answers: Mapping[str, str]) -> ImportKind | None:
    """The kind that was answered, else the one that clearly leads."""
    for kind in _KINDS:
        if answers.get("kind") == kind:
            return kind
    if not kinds or kinds[0][0] < _LEAST_POINTS:
        return None
    if len(kinds) > 1 and kinds[0][0] - kinds[1][0] < _CLEAR_LEAD:
        return None
    return kinds[0][1]


def _no_name_of_its_own(columns: list[Column]) -> str:
    """Columns are told apart by their names alone."""
    return _(
        "The names of the columns must differ, but here several are called “%s”. Give each column a name of its own in "
        "the file and bring it again."
    ) % next((column.name for column in columns if column.name), "")


def _doubts(
    kind: ImportKind, proposed: Proposed, columns: list[Column], answers: Mapping[str, str]
) -> list[Question]:
    questions = []
    usable = [column.name for column in columns if column.usable and column.meaning != "empty"]
    for role in proposed.lacking:
        if role == "time" and role not in proposed.doubts:
            continue  # no column holds times: nothing to choose from, which a note tells
        if answers.get(f"role:{role}"):
            continue  # the column that was named cannot be it, which a note tells
        or_nobody = role == "person" and kind in ("events", "scores", "answers", "contacts")
        questions.append(asking.role(role, proposed.doubts.get(role) or usable, or_nobody=or_nobody))
    for role, rivals in proposed.doubts.items():
        if role not in proposed.lacking:
            questions.append(asking.role(role, rivals, optional=role == "value", suggested=rivals[0]))
    questions += [
        asking.scale(name, measure, others=proposed.alike.get(name, 0))
        for name, measure in proposed.scales.items()
    ]
    if proposed.lines:
        questions.append(asking.lines(proposed.lines))
    return questions


def _mapping(proposal: Proposal, reading: Reading, timezone: str) -> ColumnMapping:
    kind, options = proposal
    return ColumnMapping(kind=kind, options=options, timezone=timezone, reading=reading)


def _of_this_file(before: Reading, now: Reading) -> Reading:
    """The reading of this file: a remembered mapping was made for another, with other titles and totals."""
    return replace(now, header_rows=before.header_rows)
