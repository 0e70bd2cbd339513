"""What customers write. Material only; `wording` makes sentences of it."""

from __future__ import annotations

from collections.abc import Mapping

from polku.simulation.phrases import after_fi, buying_fi, contacts
from polku.simulation.phrases.answers_en import ENGLISH
from polku.simulation.phrases.answers_sv import SWEDISH

Phrases = Mapping[str, tuple[str, ...]]

FINNISH: Mapping[str, Phrases] = {
    "tuotesivu": buying_fi.TUOTESIVU,
    "neuvonta": buying_fi.NEUVONTA,
    "ostoskori": buying_fi.OSTOSKORI,
    "maksu": buying_fi.MAKSU,
    "seurantaviesti": after_fi.SEURANTAVIESTI,
    "toimitus": after_fi.TOIMITUS,
    "asiakaspalvelu": after_fi.ASIAKASPALVELU,
    "palautus": after_fi.PALAUTUS,
    "kuukausi": after_fi.KUUKAUSI,
    "kanta-asiakastiski": after_fi.KANTA_ASIAKASTISKI,
}
COMMENTS: tuple[Mapping[str, Phrases], ...] = (FINNISH, SWEDISH, ENGLISH)
"""By language as in `population.LANGUAGES`."""
CONTACTS: tuple[Phrases, ...] = (contacts.FINNISH, contacts.SWEDISH, contacts.ENGLISH)
GREETINGS, CLOSINGS = contacts.GREETINGS, contacts.CLOSINGS
