"""Lists that somebody sends a survey to: what stands in a table, and which column is what.

The room that reads imported files stands above this one and gives its reader when the program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_ROWS = 5_000
MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Table:
    """Rows hold a text for each column, empty where there is none; `lines` are their lines in the file."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    malformed: int = 0
    """Rows that could not be read."""


Reader = Callable[[bytes, str], Table]
"""Called with (content, the file's name). Raises ValidationError with a sentence."""

_readers: list[Reader] = []


def use_reader(reader: Reader) -> None:
    _readers[:] = [reader]


def read_table(content: bytes, name: str) -> Table:
    """Raises ValidationError for a file that is no table, or too large."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is too large: at most 2 MB, please."))
    table = _readers[0](content, name)
    if len(table.rows) > MOST_ROWS:
        raise ValidationError(_("At most %s people at once.") % MOST_ROWS)
    return table


@dataclass(frozen=True)
class Columns:
    """Places of columns, None where there is none. `traits` and `fields` by the name under which the survey knows
    them; `unused` are names of the rest."""

    email: int
    language: int | None = None
    order: int | None = None
    traits: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


_EMAIL = {"email", "emailaddress", "mail", "sähköposti", "sähköpostiosoite", "epost", "epostadress"}
_LANGUAGE = {"language", "lang", "locale", "kieli", "asiointikieli", "språk"}
_ORDER = {"order", "orderid", "ordernumber", "orderno", "tilaus", "tilausnumero", "tilausnro", "beställning"}
_NAMES = {
    "first_name": {"firstname", "givenname", "etunimi", "förnamn"},
    "last_name": {"lastname", "surname", "familyname", "sukunimi", "efternamn"},
    "name": {"name", "fullname", "nimi", "asiakkaannimi", "namn", "customername"},
}


def columns_of(table: Table, *, fields: Sequence[str], traits: Sequence[str]) -> Columns:
    """Which column is what: `fields` are the survey's hidden fields, `traits` those its texts tell. A column without a
    header's word for it is the addresses where most of its cells are some. Raises ValidationError without addresses."""
    letters = [_letters(name) for name in table.columns]
    email = next((place for place, name in enumerate(letters) if name in _EMAIL), None)
    if email is None:
        email = _most_addresses(table)
    if email is None:
        raise ValidationError(_("No column holds e-mail addresses. Name one “email”."))
    found = {"email": email}
    for what, words in (("language", _LANGUAGE), ("order", _ORDER)):
        place = next((place for place, name in enumerate(letters) if name in words), None)
        if place is not None:
            found[what] = place
    taken = set(found.values())
    of_fields = {
        name: place for name in fields if (place := _place(letters, {_letters(name)}, taken)) is not None
    }
    taken |= set(of_fields.values())
    of_traits = {}
    for name in dict.fromkeys([*traits, *_NAMES]):
        place = _place(letters, {_letters(name), *_NAMES.get(name, set())}, taken)
        if place is not None:
            of_traits[name] = place
            taken.add(place)
    unused = tuple(name for place, name in enumerate(table.columns) if place not in taken)
    return Columns(
        email=email,
        language=found.get("language"),
        order=found.get("order"),
        traits=of_traits,
        fields=of_fields,
        unused=unused,
    )


def _place(letters: Sequence[str], words: set[str], taken: set[int]) -> int | None:
    return next((place for place, name in enumerate(letters) if name in words and place not in taken), None)


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _most_addresses(table: Table) -> int | None:
    for place in range(len(table.columns)):
        cells = [row[place] for row in table.rows[:100] if row[place]]
        if cells and sum("@" in cell for cell in cells) > len(cells) / 2:
            return place
    return None
