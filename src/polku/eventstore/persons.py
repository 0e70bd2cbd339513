"""People one by one: who they are, what they did, who was made one with whom, and how well sources join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from polku.eventstore.joining_keys import JoiningKeys

if TYPE_CHECKING:
    from polku.eventstore.port import HitRule, Scope, SignalKind


@dataclass(frozen=True)
class Identity:
    """One id of a person. `is_shared`: several people used this device, so it joins nobody any more."""

    identity: int
    alias: str
    kind: str
    is_shared: bool
    signals: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class Merge:
    """Two people who became one: `alias` and `other` are the ids whose link joined them, `survivor` and `absorbed`
    the people's numbers."""

    merge: int
    at: datetime
    reason: str
    alias: str
    other: str
    undone_at: datetime | None
    survivor: int = 0
    absorbed: int = 0


@dataclass(frozen=True)
class RefusedLink:
    """A link that was not made: reasons `two_users`, `shared_device`, `too_many`, `placeholder`, `kept_apart`."""

    reason: str
    alias: str
    other: str
    count: int
    last: datetime


@dataclass(frozen=True)
class JoinRate:
    """How well the signals of one source and kind join; all are counts of signals but `people`.

    `known`: their person has an id other than a device; `ordered`: they name an order that the store knows more of
    than its number, or their person has one; `elsewhere`: their person has signals of another source too (in
    simulated data, and in what came before sources were kept, the kinds stand for the sources); `joined`: ordered
    or elsewhere, for orders elsewhere. `numbered` name an order, `lost` one of which nothing but the number is
    known. `bridged`: their person has an e-mail address and another id that is no device. `ids` counts them by the
    kind of id they came with: a device beside another id counts as well, and `none` came by an order's number alone.
    """

    origin: str
    kind: int
    signals: int
    people: int
    known: int
    ordered: int
    elsewhere: int
    joined: int = 0
    numbered: int = 0
    lost: int = 0
    bridged: int = 0
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """One person in sum.

    `is_known`: by an id other than a device. `signals` counts by kind (a SignalKind); `visits` are those of the
    timeline in which an event came from a page or a device.
    `orders` are (state or None, how many, their value together), those without a time included;
    `newest_order` is a number of one, for a person who is known by nothing else.
    """

    person: int
    is_known: bool
    traits: str | None
    signals: Mapping[int, int]
    visits: int
    first_seen: datetime | None
    last_seen: datetime | None
    origins: tuple[str, ...]
    orders: tuple[tuple[str | None, int, float], ...]
    newest_order: str | None = None


class PeopleOneByOne(JoiningKeys, Protocol):
    """The part of the port that pages of customers ask."""

    def find_people(
        self,
        workspace: str,
        *,
        search: str = "",
        is_known: bool | None = None,
        limit: int = 50,
        offset: int = 0,
        scope: Scope | None = None,
    ) -> pa.Table:
        """People by an id, an order's number or a trait that holds `search`, the last seen first, those never seen
        last: `person`, `ids` (list of text), `kinds` (list of text), `is_known` (by an id other than a device),
        `traits`, `signals`, `orders` (how many), `order` (the newest one's number), `origins` (list of text),
        `first_seen`, `last_seen`. With `is_known` only those who are, or are not; with `scope` only
        those in its segment."""

    def profile(self, workspace: str, person: int) -> Profile | None: ...
    def timeline(
        self,
        workspace: str,
        person: int,
        *,
        kinds: Sequence[SignalKind] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> pa.Table:
        """All signals of a person (or those of `kinds`), newest first: `arrival`, `time`, `kind`, `name`, `url`,
        `channel`, `value`, `score`, `scale_low`, `scale_high`, `text`, `properties`, `origin`, `order` (id),
        `order_status`, `alias` (by which id it came), `device` (alias), `visit` (number of the visit, newest 1),
        `touchpoints` (list of numbers). A visit ends by 30 minutes without any signal; one that the signals
        name is their own."""

    def identities(self, workspace: str, person: int) -> list[Identity]:
        """The person's ids, and shared devices that some of their signals came from; those seen last first."""

    def person_now(self, workspace: str, person: int) -> int | None:
        """Who a person is by now, after merges; None where there is nobody of that number."""

    def merges(self, workspace: str, person: int) -> list[Merge]:
        """The merges that made the person who they are, newest first, also of those absorbed; undone ones too."""

    def leaving(self, workspace: str, merge: int) -> list[str]:
        """The ids that would go with the one who is back if the merge were taken back now; raises as `unmerge`."""

    def unmerge(self, workspace: str, merge: int, *, rules: Sequence[HitRule]) -> int:
        """Take a merge back and keep the two apart; the number of the person who is back. Raises StoreError where
        it was undone already or never made."""

    def refused_links(self, workspace: str, *, limit: int = 100) -> list[RefusedLink]:
        """Newest first."""

    def join_rates(self, workspace: str, scope: Scope) -> list[JoinRate]:
        """By source and kind, most signals first; a source that was not kept is an empty text."""

    def unjoined(
        self, workspace: str, scope: Scope, origin: str, kind: SignalKind, *, limit: int = 20
    ) -> pa.Table:
        """Newest signals that `JoinRate.joined` leaves out, one a person: `arrival`, `time`, `name`, `alias`,
        `alias_kind`, `order` (its number), `channel`, `value`, `score`, `text`, `url`, `properties`, `person`."""
