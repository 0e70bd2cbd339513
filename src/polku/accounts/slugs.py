"""Short names for addresses: "Äänekosken Työkalu Oy" becomes aanekosken-tyokalu-oy."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.text import slugify

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L"}
)
_LONGEST = 60


def slug_of(name: str) -> str:
    """Letters a–z, digits and hyphens. Finnish ä, ö and å lose their dots, as in Finnish web addresses."""
    return slugify(name.translate(_LETTERS))[:_LONGEST].strip("-_") or "workspace"


def unique_slug(name: str, is_taken: Callable[[str], bool]) -> str:
    """`slug_of(name)`, with the first number from 2 on that makes it unique."""
    base = candidate = slug_of(name)
    number = 1
    while is_taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
