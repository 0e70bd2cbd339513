"""SurveyMonkey: all individual responses. The questions stand in the first row of the header, their parts in the
second."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.presets.answers import propose_answers
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table

_OWN = (
    "Respondent ID", "Collector ID", "Start Date", "End Date", "Date Created", "Date Modified", "IP Address",
    "Email Address", "First Name", "Last Name", "Custom Data 1",
)  # fmt: skip


def _has_two_rows(table: Table) -> bool:
    """The second row of the header names no respondent."""
    respondent = table.columns.index(str(table.column("Respondent ID")))
    return bool(table.rows) and not (len(table.rows[0]) > respondent and table.rows[0][respondent].strip())


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column("Email Address")
    return propose_answers(
        table,
        time=str(table.column("End Date", "Date Modified", "Start Date", "Date Created")),
        about=table.those(*_OWN),
        response=table.column("Respondent ID"),
        email=email if table.cells(email) else None,
        properties=table.those("Custom Data 1", "Collector ID"),
    )


PRESET = Preset(
    key="surveymonkey",
    name="SurveyMonkey",
    forms=(
        Form(
            signature=(("Respondent ID",), ("Collector ID",), ("Start Date", "Date Created")),
            propose=_propose,
            has_two_rows=_has_two_rows,
        ),
    ),
)
