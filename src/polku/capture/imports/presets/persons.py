"""Who it was, where a tool knows people by an id of its own and only some of them by their address."""

from __future__ import annotations

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Proposal
from polku.capture.imports.presets.table import Table

_MOSTLY = 0.5


def who(table: Table, email: str | None, own: str | None) -> tuple[str | None, Proposal | None]:
    """(the column that says who it was, the import that joins the tool's own ids to addresses).

    `own` must be unique in the world: another tool's customer 17 must not become this one's. The address is taken
    where everybody has one; else the own id, joined to the addresses there are; else the address of most. None where
    hardly anybody is known.
    """
    share = table.filled(email)
    if email and share == 1:
        return email, None
    if own:
        joins = ImportOptions(person=email, aliases=(own,), skip_empty=True)
        return own, Proposal("people", joins) if share else None
    return (email if share >= _MOSTLY else None), None
