"""Typeform: responses. Its times are in UTC and say so in the header."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.presets.answers import propose_answers
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table

_OWN = (
    "#", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags", "Ending", "Response Type",
    "score",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    return propose_answers(
        table,
        time=str(table.column("Submit Date (UTC)")),
        about=table.those(*_OWN),
        response=table.column("#"),
        properties=table.those("Response Type", "Ending"),
        timezone="UTC",
    )


PRESET = Preset(
    key="typeform",
    name="Typeform",
    forms=(Form(signature=(("#",), ("Start Date (UTC)",), ("Submit Date (UTC)",)), propose=_propose),),
)
