"""Google Forms: responses as a sheet or CSV. Nothing is its own but the first column and the way questions are put."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.presets.answers import propose_answers
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table
from polku.capture.imports.recognition.cells import is_date

_TIME = ("Timestamp", "Aikaleima", "Tidstämpel")
_EMAIL = (
    "Email Address", "Email address", "Email", "Sähköpostiosoite", "Sähköposti", "E-postadress", "Username",
    "Käyttäjänimi",
)  # fmt: skip
_SCORE = ("Score", "Pisteet", "Total score")


def _fits(table: Table) -> bool:
    """The times stand first, and most other columns are questions rather than names of fields."""
    time = table.column(*_TIME)
    if time is None or table.columns[0] != time or not table.cells(time):
        return False
    if not all(is_date(cell) for cell in table.cells(time)):
        return False
    own = {time, *table.those(*_EMAIL), *table.those(*_SCORE)}
    questions = [column for column in table.columns if column not in own]
    asked = [column for column in questions if column.endswith("?") or len(column.split()) > 2]
    return len(asked) > 0 and len(asked) * 2 >= len(questions)


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column(*_EMAIL)
    return propose_answers(
        table,
        time=str(table.column(*_TIME)),
        about=(table.column(*_TIME), *table.those(*_EMAIL), *table.those(*_SCORE)),
        email=email if any("@" in cell for cell in table.cells(email)) else None,
    )


PRESET = Preset(
    key="google_forms",
    name="Google Forms",
    forms=(Form(signature=(_TIME,), propose=_propose, fits=_fits),),
)
