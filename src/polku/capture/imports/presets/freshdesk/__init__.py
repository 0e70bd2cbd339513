"""Freshdesk: tickets as their list is exported, with the fields of their contacts."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table
from polku.capture.imports.presets.tickets import propose_tickets

_STEPS = {"Resolved time": "Ticket Solved", "Closed time": "Ticket Closed"}
_MORE = (
    "Status", "Priority", "Type", "Group", "Agent", "Tags", "Product", "Survey results", "Resolution status",
    "First response status", "Agent interactions", "Customer interactions",
)  # fmt: skip
_PERSON = ("Full name", "Work phone", "Mobile phone", "Company Name", "Language")


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column("Email")
    yield from propose_tickets(
        table,
        ticket=str(table.column("Ticket ID")),
        email=email,
        own=table.column("Contact ID"),
        time=str(table.column("Created time")),
        reasons=table.those("Category", "Type", "Group", "Tags"),
        subject=table.column("Subject"),
        channel=table.column("Source"),
        properties=table.those(*_MORE),
        steps=_STEPS,
    )
    if email:
        people = ImportOptions(person=email, properties=table.those(*_PERSON), skip_empty=True)
        yield Proposal("people", people)


PRESET = Preset(
    key="freshdesk",
    name="Freshdesk",
    forms=(
        Form(
            signature=(
                ("Ticket ID",),
                ("Status",),
                ("Source",),
                ("Created time",),
                ("Resolved time", "Closed time", "Due by Time"),
                ("Email", "Contact ID"),
            ),
            propose=_propose,
        ),
    ),
)
