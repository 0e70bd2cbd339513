"""What a person is called: by their name, else by the id that says most of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.eventstore.streams import IdKind

# As `_letters` writes them: files call the same thing “Asiakkaan nimi”, `customer_name` or `customerName`.
_WHOSE = re.compile(
    "asiakkaan|asiakas|tilaajan|ostajan|vastaajan|yhteyshenkilon|kayttajan|"
    "customers?|client|buyer|contact|requester|respondent"
)
_WHOLE = ("name", "fullname", "displayname", "nimi", "kokonimi")
_FIRST = ("firstname", "givenname", "etunimi")
_LAST = ("lastname", "familyname", "surname", "sukunimi")
_EMAIL = ("email", "sahkoposti")
_BY_WORTH = (IdKind.EMAIL, IdKind.USER, IdKind.FILE, IdKind.LOYALTY, IdKind.PHONE)
_LONGEST_DEVICE = 12
_PLAIN = str.maketrans("äöå", "aoa")


@dataclass(frozen=True)
class PersonName:
    """`text` is the headline, `email` the address known of the person ("" for none, or where it is the headline)."""

    text: str
    email: str = ""


def read_traits(traits: str | None) -> dict[str, Any]:
    """Traits as the store keeps them (JSON text); nothing where they cannot be read."""
    try:
        read = msgspec.json.decode(traits or "{}")
    except (msgspec.DecodeError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def name_person(
    traits: Mapping[str, Any], ids: Sequence[str], kinds: Sequence[str], order: str | None = None
) -> PersonName:
    """`ids` and `kinds` (IdKind) go together; `order` names a person who is known by nothing but an order."""
    email = email_of(traits, ids, kinds)
    name = _first(traits, _WHOLE) or " ".join(
        part for part in (_first(traits, _FIRST), _first(traits, _LAST)) if part
    )
    if name:
        return PersonName(name, email)
    for kind in _BY_WORTH:
        if kind is IdKind.EMAIL and email:
            return PersonName(email)
        if found := _of_kind(ids, kinds, kind):
            return PersonName(found, email)
    if ids:
        return PersonName(_("Visitor %s") % short_device(ids[0]))
    if order:
        return PersonName(_("Customer of order %s") % order)
    return PersonName(_("Unknown person"))


def email_of(traits: Mapping[str, Any], ids: Sequence[str], kinds: Sequence[str]) -> str:
    """Their e-mail address, as it was received; "" where none is known. Parameters as of `name_person`."""
    return _first(traits, _EMAIL) or _of_kind(ids, kinds, IdKind.EMAIL)


def short_device(alias: str) -> str:
    """The beginning of a device's long random id: enough to tell it from the others."""
    return alias if len(alias) <= _LONGEST_DEVICE else f"{alias[:_LONGEST_DEVICE]}…"


def kind_name(kind: str) -> str:
    """What sort of id it is, in a word."""
    return {
        IdKind.DEVICE.value: pgettext("id", "device"),
        IdKind.COOKIELESS.value: pgettext("id", "visit without cookies"),
        IdKind.USER.value: pgettext("id", "customer id"),
        IdKind.EMAIL.value: pgettext("id", "e-mail address"),
        IdKind.PHONE.value: pgettext("id", "phone number"),
        IdKind.LOYALTY.value: pgettext("id", "loyalty number"),
        IdKind.FILE.value: pgettext("id", "id from a file"),
    }.get(kind, kind)


def _first(traits: Mapping[str, Any], names: Sequence[str]) -> str:
    called = {_letters(key): value for key, value in traits.items()}
    for name in names:
        value = called.get(name)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return ""


def _letters(key: str) -> str:
    letters = "".join(c for c in key.casefold().translate(_PLAIN) if c.isalnum())
    whose = _WHOSE.match(letters)
    return letters[whose.end() :] if whose else letters


def _of_kind(ids: Sequence[str], kinds: Sequence[str], wanted: str) -> str:
    return next((alias for alias, kind in zip(ids, kinds, strict=True) if kind == wanted), "")
