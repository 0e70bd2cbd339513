"""Zendesk: tickets with who asked. A list that has only their names is not taken: two people may share a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table
from polku.capture.imports.presets.tickets import propose_tickets
from polku.capture.imports.recognition.words import weight

_OWN_FIELD = re.compile(r"(.+) \[list\]", re.IGNORECASE)
_STEPS = {"Solved at": "Ticket Solved"}
_MORE = (
    "Status", "Priority", "Group", "Assignee", "Ticket type", "Tags", "Satisfaction Score", "Reopens", "Replies",
    "Requester", "Organization", "First reply time in minutes", "Full resolution time in minutes",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    return propose_tickets(
        table,
        ticket=str(table.column("Id", "Ticket ID")),
        email=table.column("Requester email"),
        own=table.column("Requester id"),
        time=str(table.column("Created at")),
        reasons=(*_own_reasons(table), *table.those("Ticket type", "Group", "Tags")),
        subject=table.column("Subject"),
        channel=table.column("Via"),
        properties=table.those(*_MORE),
        steps=_STEPS,
    )


def _own_reasons(table: Table) -> list[str]:
    """The company's own fields of choices, those first whose name says that they are reasons."""
    own = [column for column in table.columns if _OWN_FIELD.fullmatch(column)]
    return sorted(own, key=lambda column: -weight(column.rpartition(" [")[0], "reason"))


PRESET = Preset(
    key="zendesk",
    name="Zendesk",
    forms=(
        Form(
            signature=(
                ("Id", "Ticket ID"),
                ("Requester email", "Requester id"),
                ("Status",),
                ("Via",),
                ("Created at",),
                ("Updated at", "Solved at"),
            ),
            propose=_propose,
        ),
    ),
)
