"""Exports of known tools: their table as it is meant, and what their questions were measured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from polku.capture.imports.mapping import ColumnMapping, Question, Reading
from polku.capture.imports.presets import Match
from polku.capture.imports.recognition import asking
from polku.capture.imports.recognition.reading import Table
from polku.capture.imports.recognition.scales import parse


def as_known(table: Table, match: Match) -> Table:
    """The table with a name of its own for every column, and without the further rows of its header."""
    more = match.header_rows - 1
    return replace(
        table,
        reading=replace(table.reading, header_rows=match.header_rows),
        names=match.columns,
        rows=table.rows[more:],
        lines=table.lines[more:],
        size=None if table.size is None else table.size - more,
    )


def mappings_of(
    match: Match, reading: Reading, timezone: str, answers: Mapping[str, str]
) -> tuple[list[ColumnMapping], list[Question]]:
    """The imports of a known export, with the measures that were answered (`scale:COLUMN`), and the questions about
    those that neither the tool nor anybody has told."""
    mappings: list[ColumnMapping] = []
    questions: list[Question] = []
    for mapping, proposal in zip(match.mappings(reading, timezone), match.proposals, strict=True):
        column = mapping.options.score or ""
        if proposal.measure is not None:
            if given := parse(answers.get(f"scale:{column}", "")):
                metric, low, high = given
                options = replace(mapping.options, metric=metric, scale=(float(low), float(high)))
                mapping = replace(mapping, options=options)
            else:
                questions.append(asking.scale(column, proposal.measure))
        mappings.append(mapping)
    return mappings, questions
