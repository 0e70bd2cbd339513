"""Who is asked when, by what happened: the one place that decides it, for people who are really asked and for those
who would have been. Pure.

Something that a moment's trigger takes is an `Occasion`. `plan` says when its person is to be asked, or why not;
`decide` says when that time has come whether they are. Live, signals come from the event store and what is planned
waits in the relational one (looking.py, sending.py); `simulate` goes through the past with both in memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from zoneinfo import ZoneInfo

from polku.surveys.moments.hours import MINUTE, after_delay, at_decent_hour, is_decent
from polku.surveys.moments.limits import Asked, Limits, Refusal, refusal

LATEST = 3 * 24 * 60 * MINUTE
"""Who should have been asked longer ago than this is asked no more: it was told late, or the server stood still."""


class Outcome(StrEnum):
    """What became of an occasion. Each has one in the end; WAITING is not the end."""

    NOT_DRAWN = "not_drawn"  # outside the share
    UNREACHABLE = "unreachable"  # no e-mail address is known
    CANCELLED = "cancelled"  # the order was cancelled meanwhile
    TOO_LATE = "too_late"
    SUPERSEDED = "superseded"  # the same happened again before they were asked
    CLOSED = "closed"  # the survey was closed, or the moment switched off
    LIMIT_ANY = "limit_any"
    LIMIT_METRIC = "limit_metric"
    LIMIT_MOMENT = "limit_moment"
    WAITING = "waiting"
    ASKED = "asked"


REFUSED = {
    "any": Outcome.LIMIT_ANY,
    "metric": Outcome.LIMIT_METRIC,
    "moment": Outcome.LIMIT_MOMENT,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A moment as the engine wants it. `begins` (microseconds): what happened before is none of its business."""

    moment: int
    metrics: frozenset[str] = frozenset()
    delay_minutes: int = 0
    delay_months: int = 0
    share: float = 1.0
    not_within_days: int = 0
    hours_from: int = 0
    hours_to: int = 24
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happened to `person` (the event store's number) at `at` (microseconds, UTC).

    `known_as` is the id of theirs that was known first. What has the same `order` is one occurrence, drawn once.
    `is_cancelled`: the order is, as far as is known when this is looked at.
    """

    person: int
    known_as: str
    at: int
    arrival: int
    zone: ZoneInfo
    order: str | None = None
    is_reachable: bool = True
    is_cancelled: bool = False


def is_drawn(rule: Rule, occasion: Occasion, key: bytes) -> bool:
    """Whether the occasion is in the share: always the same for a person, a moment and an occurrence, and nothing that
    one could guess without `key`."""
    if rule.share >= 1:
        return True
    occurrence = f"o{occasion.order}" if occasion.order else f"t{occasion.at}"
    said = f"{rule.moment}\0{occasion.known_as}\0{occurrence}".encode()
    drawn = int.from_bytes(blake2b(said, digest_size=8, key=key).digest(), "big")
    return drawn < rule.share * 2.0**64


def plan(rule: Rule, occasion: Occasion, *, key: bytes, now: int | None = None) -> int | Outcome | None:
    """When to ask (microseconds); why not; or None where it is none of the moment's business.

    `now` is when it is looked at; without it nothing is too late.
    """
    if rule.begins is not None and occasion.at < rule.begins:
        return None
    if not is_drawn(rule, occasion, key):
        return Outcome.NOT_DRAWN
    if not occasion.is_reachable:
        return Outcome.UNREACHABLE
    if occasion.is_cancelled:
        return Outcome.CANCELLED
    due = after_delay(occasion.at, occasion.zone, minutes=rule.delay_minutes, months=rule.delay_months)
    due = at_decent_hour(due, occasion.zone, first=rule.hours_from, last=rule.hours_to)
    if now is None or due >= now:
        return due
    if due < now - LATEST:
        return Outcome.TOO_LATE
    return at_decent_hour(now, occasion.zone, first=rule.hours_from, last=rule.hours_to)


def postponed(rule: Rule, zone: ZoneInfo, now: int) -> int | None:
    """Where sending comes late and the hour is no longer decent: when it is next; None at a decent hour."""
    if is_decent(now, zone, first=rule.hours_from, last=rule.hours_to):
        return None
    return at_decent_hour(now, zone, first=rule.hours_from, last=rule.hours_to)


def decide(rule: Rule, limits: Limits, asked: Iterable[Asked], *, at: int) -> Refusal | None:
    """Whether a person who was `asked` before may be asked now; None asks them."""
    return refusal(limits, asked, metrics=rule.metrics, at=at, not_within_days=rule.not_within_days)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an occasion, and when (microseconds): of asking, of deciding, or of what happened."""

    rule: Rule
    occasion: Occasion
    outcome: Outcome
    at: int
    metric: str = ""


@dataclass(slots=True)
class _Planned:
    rule: Rule
    occasion: Occasion
    is_superseded: bool = False


def simulate(
    occasions: Iterable[tuple[Rule, Occasion]],
    *,
    limits: Limits,
    key: bytes,
    end: int,
    check: Callable[[], None] = lambda: None,
    cancelled: Mapping[str, int] | None = None,
) -> Iterator[Settled]:
    """Go through `occasions`, in order of time and then arrival, as if each had been looked at when it happened.

    What is due at `end` or later is WAITING. Of several things due at the same time the one planned first is decided
    first. `cancelled` says when orders were (microseconds). `check` is called now and then and may raise.
    """
    run = _Run(limits, cancelled or {})
    for number, (rule, occasion) in enumerate(occasions):
        if number % 1024 == 0:
            check()
        yield from run.until(occasion.at)
        planned = plan(rule, occasion, key=key)
        if isinstance(planned, Outcome):
            yield Settled(rule, occasion, planned, occasion.at)
        elif planned is not None:
            yield from run.wait(rule, occasion, planned)
    yield from run.until(end - 1)
    yield from run.rest()


class _Run:
    """What waits and who was asked, in memory."""

    def __init__(self, limits: Limits, cancelled: Mapping[str, int]) -> None:
        self._limits, self._cancelled = limits, cancelled
        self._queue: list[tuple[int, int, _Planned]] = []
        self._waiting: dict[tuple[int, int], _Planned] = {}
        self._asked: dict[int, list[Asked]] = {}
        self._number = 0

    def wait(self, rule: Rule, occasion: Occasion, due: int) -> Iterator[Settled]:
        """Only the newest of what waits for a person and a moment stays."""
        key = (rule.moment, occasion.person)
        if before := self._waiting.get(key):
            before.is_superseded = True
            yield Settled(rule, before.occasion, Outcome.SUPERSEDED, occasion.at)
        planned = self._waiting[key] = _Planned(rule, occasion)
        heapq.heappush(self._queue, (due, self._number, planned))
        self._number += 1

    def until(self, at: int) -> Iterator[Settled]:
        """Decide what is due up to `at`."""
        queue = self._queue
        while queue and queue[0][0] <= at:
            due, _number, planned = heapq.heappop(queue)
            if planned.is_superseded:
                continue
            rule, occasion = planned.rule, planned.occasion
            del self._waiting[rule.moment, occasion.person]
            yield self._decided(rule, occasion, due)

    def _decided(self, rule: Rule, occasion: Occasion, due: int) -> Settled:
        if occasion.order is not None and self._cancelled.get(occasion.order, due + 1) <= due:
            return Settled(rule, occasion, Outcome.CANCELLED, due)
        asked = self._asked.setdefault(occasion.person, [])
        if asked and (refused := decide(rule, self._limits, asked, at=due)):
            return Settled(rule, occasion, REFUSED[refused.why], due, refused.metric)
        asked.append(Asked(due, rule.metrics))
        return Settled(rule, occasion, Outcome.ASKED, due)

    def rest(self) -> Iterator[Settled]:
        """What waits at the end."""
        for due, _number, planned in sorted(self._queue, key=lambda each: each[:2]):
            if not planned.is_superseded:
                yield Settled(planned.rule, planned.occasion, Outcome.WAITING, due)
