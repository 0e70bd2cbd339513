"""HubSpot: contacts, and when they became what they are."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.steps import wide
from polku.capture.imports.presets.table import Table

_STEPS = {
    "Create Date": "Contact Created",
    "Became a Lead Date": "Became Lead",
    "Became an Opportunity Date": "Became Opportunity",
    "Became a Customer Date": "Became Customer",
}
_PERSON = (
    "First Name", "Last Name", "Phone Number", "Mobile Phone Number", "Lifecycle Stage", "Lead Status", "City",
    "Postal Code", "Country/Region", "Company Name", "Associated Company", "Job Title", "Original Source",
    "Original Traffic Source", "Contact owner", "Preferred language", "Record ID",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    email = str(table.column("Email"))
    yield Proposal("people", ImportOptions(person=email, properties=table.those(*_PERSON), skip_empty=True))
    steps = wide(table, _STEPS)
    if steps:
        yield Proposal(
            "events", ImportOptions(person=email, id=table.those("Record ID"), wide=steps, skip_empty=True)
        )


PRESET = Preset(
    key="hubspot",
    name="HubSpot",
    forms=(
        Form(
            signature=(
                ("Record ID", "Contact ID"),
                ("Email",),
                ("First Name",),
                ("Contact owner", "Lead Status", "Lifecycle Stage", "Marketing contact status"),
            ),
            propose=_propose,
        ),
    ),
)
