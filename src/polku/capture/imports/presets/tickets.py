"""What help desks have in common: one row per ticket, whose reason is one of a few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.persons import who
from polku.capture.imports.presets.preset import Proposal
from polku.capture.imports.presets.steps import wide
from polku.capture.imports.presets.table import Table

_NEARLY_ALWAYS = 0.9
_MOSTLY = 0.5


def propose_tickets(
    table: Table,
    *,
    ticket: str,
    email: str | None,
    own: str | None,
    time: str,
    reasons: Sequence[str],
    subject: str | None,
    channel: str | None,
    properties: Sequence[str],
    steps: Mapping[str, str],
) -> Iterator[Proposal]:
    """The contacts, and what became of them; nothing where nobody is known. `own` is the tool's own id of who asked,
    `reasons` are the columns that may tell the reason, the best first."""
    person, joins = who(table, email, own)
    if person is None:
        return
    reason = _reason(table, reasons, subject)
    # Two help desks may both have a ticket 17, but not of the same moment.
    row = (ticket, time)
    yield Proposal(
        "contacts",
        ImportOptions(
            person=person,
            time=time,
            reason=reason,
            text=subject if subject != reason else None,
            channel=channel,
            id=row,
            properties=tuple(name for name in properties if name not in (reason, channel, subject, person)),
        ),
    )
    happened = wide(table, steps)
    if happened:
        yield Proposal("events", ImportOptions(person=person, id=row, wide=happened))
    if joins:
        yield joins


def _reason(table: Table, reasons: Sequence[str], subject: str | None) -> str | None:
    """The best column that is nearly always filled; else the one filled most often; else the subject: a contact
    without a reason could not be taken in."""
    filled = {name: table.filled(name) for name in reasons}
    for name, share in filled.items():
        if share >= _NEARLY_ALWAYS:
            return name
    fullest = max(filled, key=lambda name: filled[name], default=None)
    return fullest if fullest and filled[fullest] >= _MOSTLY else subject or fullest
