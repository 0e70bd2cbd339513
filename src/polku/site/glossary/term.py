"""One word of the glossary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"


@dataclass(frozen=True)
class Term:
    """`name`, `short` and `more` are lazy texts in the reader's language.

    `short` is one or two sentences, for the help beside the word; `more` goes on from there on the glossary page.
    `see` are keys of terms nearby. `key` is English, in small letters, and stands in addresses.
    """

    key: str
    name: Any
    short: Any
    more: Any = ""
    see: tuple[str, ...] = ()

    @property
    def sorted_by(self) -> tuple[tuple[int, str], ...]:
        """By the Finnish alphabet, which is the English one with å, ä and ö after z; signs and digits come first."""
        return tuple((_ALPHABET.find(letter), letter) for letter in str(self.name).casefold())
