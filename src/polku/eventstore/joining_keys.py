"""Keys by which people of different sources could be made one: found in the data, joined only when somebody says so.

A key is a value that a person carries and by which another person is known: an e-mail address among the properties of
an order, the number of an order in a contact. Names, towns and addresses are never keys.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from polku.eventstore.port import HitRule

Carrier = Literal["person", "order", "signal", "named_order"]
KeySort = Literal["email", "phone", "loyalty", "customer", "order"]

_WORDS: Sequence[tuple[KeySort, re.Pattern[str]]] = (
    ("email", re.compile(r"e-?mail|s(ä|a)hk(ö|o)posti|epost")),
    ("phone", re.compile(r"phone|puhelin|mobile|gsm|matkapuhelin")),
    ("loyalty", re.compile(r"loyalty|kanta-?asiaka|bonus|member(ship)?[ _-]?(id|no|number)|j(ä|a)sennumero")),
    ("order", re.compile(r"(order|tilaus)[ _-]?(id|no|nro|num(ber|ero)|tunnus)|tilauksen numero")),
    ("customer", re.compile(r"(customer|client|user|asiakas)[ _-]?(id|no|nro|num(ber|ero)|tunnus)")),
)


@dataclass(frozen=True)
class JoiningKey:
    """Who carries the values: `person` and `order` in a property of theirs, `signal` in a property of the signals of
    `origin` and `kind` (a SignalKind), `named_order` by naming an order of somebody else (`property` is "")."""

    carrier: Carrier
    property: str = ""
    origin: str = ""
    kind: int = 0


@dataclass(frozen=True)
class KeyFound:
    """What a key would do; all are counts of people who carry a value.

    `joins`: it leads to exactly one other, and nobody else to that one; `already`: it is an id of their own or leads
    to themselves; `nobody`: nobody is known by it; `doubtful`: several carry it, it leads to several, or both have a
    customer's number of their own. Only `joins` are ever made one.
    """

    key: JoiningKey
    sort: KeySort
    carriers: int
    joins: int
    already: int
    nobody: int
    doubtful: int


@dataclass(frozen=True)
class KeyExample:
    """`alias` is an id of the one who carries `value`, `other` one of whom it leads to; `person` is the carrier."""

    person: int
    alias: str
    value: str
    other: str


class JoiningKeys(Protocol):
    """The part of the port about joining by keys."""

    def joining_keys(self, workspace: str) -> list[KeyFound]:
        """Keys that the data holds, those that would join the most first. Raises StoreError where it takes too long."""

    def joining_examples(self, workspace: str, key: JoiningKey, *, limit: int = 5) -> list[KeyExample]:
        """Some whom the key would join."""

    def join_by_key(
        self, workspace: str, key: JoiningKey, *, rules: Sequence[HitRule]
    ) -> tuple[int, datetime]:
        """Make one person of each two whom the key joins; how many were joined, and the moment that `part_again`
        takes. One transaction; a second time joins nobody."""

    def part_again(self, workspace: str, at: datetime, *, rules: Sequence[HitRule]) -> int:
        """Take back what `join_by_key` made at `at`; how many are their own again. One transaction. Unlike after
        `unmerge` the key may join them another time."""


def sort_of(property: str) -> KeySort | None:
    """What a property of that name would hold; None where it is no key."""
    name = property.casefold().rpartition(".")[2]
    return next((sort for sort, words in _WORDS if words.search(name)), None)
