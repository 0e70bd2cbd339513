"""Which statements that two ids are one person are believed: rules over counts, with no database.

Every id begins as a person of its own. A link joins the persons of its two ids, the one with the smaller number (the
older) taking in the other, unless a rule refuses it; then the reason says which. What is refused once stays refused:
people only ever come to have more ids here. So a link's first occurrence decides about its repeats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from polku.eventstore.streams import IdKind, LinkReason

Refusal = Literal["two_users", "shared_device", "too_many", "kept_apart", "placeholder"]

MOST_DEVICES = 50
MOST_USERS = 5
MOST_NAMES = 20
"""Of e-mail addresses, phone and loyalty numbers together. A person has fewer; a junk id seems to have thousands."""


@dataclass
class Ids:
    """How many ids of each sort a person has. A file's ids may be of any sort and count for none."""

    users: int = 0
    devices: int = 0
    names: int = 0

    def add(self, kind: IdKind) -> None:
        if kind is IdKind.USER:
            self.users += 1
        elif kind is IdKind.DEVICE:
            self.devices += 1
        elif kind is not IdKind.FILE:
            self.names += 1

    def take_in(self, other: Ids) -> None:
        self.users += other.users
        self.devices += other.devices
        self.names += other.names


@dataclass(frozen=True, slots=True)
class Link:
    """`alias` and `other` stand for ids, by any number; `position` is how many events came before it."""

    position: int
    alias: int
    other: int
    reason: LinkReason


@dataclass(frozen=True, slots=True)
class Merger:
    survivor: int
    absorbed: int
    link: Link


@dataclass
class Linking:
    """Persons by number while links are told to them one after another.

    `person` and `kind` are by id. `apart` are pairs of persons that somebody separated. Results: `mergers` in order;
    `shared`, by device the position from which several people use it.
    """

    person: list[int]
    kind: list[IdKind]
    counts: dict[int, Ids]
    apart: Iterable[tuple[int, int]] = ()
    mergers: list[Merger] = field(default_factory=list)
    shared: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._taken_in_by: dict[int, int] = {}
        self._apart: dict[int, set[int]] = {}
        for one, other in self.apart:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def now(self, person: int) -> int:
        """Who the person has become."""
        taken_in_by = self._taken_in_by
        root = person
        while root in taken_in_by:
            root = taken_in_by[root]
        while person != root:
            taken_in_by[person], person = root, taken_in_by[person]
        return root

    def hear(self, link: Link) -> Refusal | None:
        """Believe the link, or say why not."""
        one, other = self.now(self.person[link.alias]), self.now(self.person[link.other])
        if link.alias in self.shared or link.other in self.shared:
            return "shared_device"
        if one == other:
            return None
        if other in self._apart.get(one, ()):
            return "kept_apart"
        refusal = self._refusal(link, self.counts[one], self.counts[other])
        if refusal is None:
            self._join(min(one, other), max(one, other), link)
        return refusal

    def _refusal(self, link: Link, one: Ids, other: Ids) -> Refusal | None:
        kinds = {self.kind[link.alias], self.kind[link.other]}
        if one.users and other.users:
            if kinds == {IdKind.DEVICE, IdKind.USER}:
                device = link.alias if self.kind[link.alias] is IdKind.DEVICE else link.other
                self.shared[device] = link.position
                return "shared_device"
            if link.reason is not LinkReason.ALIAS or IdKind.DEVICE in kinds:
                return "two_users"
            if one.users + other.users > MOST_USERS:
                return "too_many"
        if one.devices and other.devices and one.devices + other.devices > MOST_DEVICES:
            return "too_many"
        if one.names and other.names and one.names + other.names > MOST_NAMES:
            return "too_many"
        return None

    def _join(self, survivor: int, absorbed: int, link: Link) -> None:
        self._taken_in_by[absorbed] = survivor
        self.counts[survivor].take_in(self.counts[absorbed])
        self.mergers.append(Merger(survivor, absorbed, link))
        if apart := self._apart.pop(absorbed, None):
            for person in apart:
                self._apart[person].discard(absorbed)
                self._apart[person].add(survivor)
            self._apart.setdefault(survivor, set()).update(apart)
