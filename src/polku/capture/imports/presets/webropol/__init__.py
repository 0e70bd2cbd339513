"""Webropol: responses as a sheet. Questions are numbered, or stand before their parts with a colon between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.capture.imports.presets.answers import propose_answers
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table
from polku.capture.imports.recognition.cells import is_date

_TIME = ("Vastausaika", "Vastattu", "Vastauksen aika", "Response time", "Answered", "Svarstid")
_EMAIL = (
    "Vastaajan sähköposti", "Sähköposti", "Sähköpostiosoite", "Respondent email", "Email", "E-mail", "E-post",
)  # fmt: skip
_OWN = (
    "Vastaajan numero", "Vastaaja", "Nro", "Respondent number", "Respondent", "Aloitusaika", "Start time", "Kieli",
    "Language", "IP-osoite", "IP address",
)  # fmt: skip
_QUESTION = re.compile(r"\d{1,3}[.)] .+|[^:]{3,}:[^:/].*", re.DOTALL)


def _fits(table: Table) -> bool:
    """The times are dates, and there are questions in its way of writing them."""
    times = table.cells(table.column(*_TIME))
    if not times or not all(is_date(cell) for cell in times):
        return False
    own = {*table.those(*_TIME), *table.those(*_EMAIL), *table.those(*_OWN)}
    questions = [column for column in table.columns if column not in own]
    asked = [column for column in questions if _QUESTION.fullmatch(column)]
    return len(asked) > 0 and len(asked) * 2 >= len(questions)


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column(*_EMAIL)
    return propose_answers(
        table,
        time=str(table.column(*_TIME)),
        about=(*table.those(*_TIME), *table.those(*_EMAIL), *table.those(*_OWN)),
        email=email if table.cells(email) else None,
    )


PRESET = Preset(
    key="webropol",
    name="Webropol",
    forms=(Form(signature=(_TIME,), propose=_propose, fits=_fits),),
)
