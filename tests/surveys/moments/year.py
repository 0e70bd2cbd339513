"""A year of a busy shop for the trigger engine, and a count of what it did that shares no line with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from polku.surveys.moments.engine import Occasion, Outcome, Rule, Settled

DAY = 86_400_000_000
BEGIN = int(datetime(2025, 6, 1).timestamp()) * 1_000_000
END = BEGIN + 365 * DAY
KEY = b"a key of the tests"
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Helsinki",
        "Europe/Stockholm",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    )
]
LIMITS = {"": 14, "nps": 90, "csat": 30}
RULES = [
    Rule(moment=1, metrics=frozenset({"nps"}), delay_months=1, share=0.3, hours_from=9, hours_to=20),
    Rule(moment=2, metrics=frozenset({"csat"}), delay_minutes=120, share=0.5, hours_from=9, hours_to=20),
    Rule(
        moment=3, metrics=frozenset({"ces"}), delay_minutes=5, not_within_days=60, hours_from=8, hours_to=21
    ),
    Rule(moment=4, metrics=frozenset({"csat", "nps"}), delay_minutes=3 * 1440, share=0.8, not_within_days=7),
    Rule(moment=5, metrics=frozenset(), delay_minutes=0, share=0.05, hours_from=10, hours_to=12),
]


@dataclass(frozen=True)
class Year:
    """What happened, in order of time: arrays of one length, `rule` is a place in RULES."""

    people: int
    at: np.ndarray
    person: np.ndarray
    rule: np.ndarray
    is_reachable: np.ndarray
    cancelled: dict[str, int]

    def occasions(self) -> Iterator[tuple[Rule, Occasion]]:
        columns = (each.tolist() for each in (self.at, self.person, self.rule))
        for arrival, (at, person, rule) in enumerate(zip(*columns, strict=True)):
            yield (
                RULES[rule],
                Occasion(
                    person=person,
                    known_as=f"p{person}",
                    at=at,
                    arrival=arrival,
                    zone=ZONES[person % len(ZONES)],
                    order=f"o{arrival}" if arrival % 3 == 0 else None,
                    is_reachable=bool(self.is_reachable[person]),
                ),
            )


def year(people: int, *, seed: int = 1) -> Year:
    """About fifteen occasions a person and year; few people have many, days and hours repeat, some at the very same
    microsecond."""
    random = np.random.default_rng(seed)
    many = people * 15
    person = (people * random.random(many) ** 1.7).astype(np.int64)
    at = BEGIN + random.integers(0, 365 * 24 * 60, many) * 60_000_000  # whole minutes: ties
    order = np.argsort(at, kind="stable")
    numbers = np.arange(0, many, 3)
    gone = numbers[random.random(len(numbers)) < 0.05]
    happened = at[order]
    return Year(
        people=people,
        at=happened,
        person=person[order],
        rule=random.integers(0, len(RULES), many)[order],
        is_reachable=random.random(people) < 0.9,
        cancelled={f"o{n}": int(happened[n] + random.integers(0, 40 * DAY)) for n in gone.tolist()},
    )


def broken_promises(world: Year, settled: list[Settled]) -> dict[str, int]:
    """How often each promise was broken, counted anew from who was asked when; all of it should be 0."""
    asked = [one for one in settled if one.outcome == Outcome.ASKED]
    person = np.array([one.occasion.person for one in asked])
    at = np.array([one.at for one in asked])
    rule = np.array([one.rule.moment for one in asked]) - 1
    happened = np.array([one.occasion.at for one in asked])
    broken = {
        "too often at all": _too_close(person, at, np.full(len(at), LIMITS[""])),
        "unreachable": int((~world.is_reachable[person]).sum()),
        "before it happened": int((at < happened).sum()),
        "in the middle of the night": sum(not _is_day(one) for one in asked),
        "of a cancelled order": sum(
            one.occasion.order in world.cancelled and world.cancelled[one.occasion.order] <= one.at
            for one in asked
        ),
        "the same occasion twice": len(asked)
        - len({(one.occasion.arrival, one.rule.moment) for one in asked}),
        "not every occasion has one end": abs(len(settled) - len(world.at)),
    }
    for metric in ("nps", "csat"):
        measured = np.array([metric in each.metrics for each in RULES])[rule]
        days = np.full(int(measured.sum()), LIMITS[metric])
        broken[f"{metric} too often"] = _too_close(person[measured], at[measured], days)
    own = np.array([each.not_within_days for each in RULES])[rule]
    broken["against the moment's own days"] = _too_close(person, at, own)
    return broken


def refused_without_need(settled: list[Settled]) -> int:
    """Refusals by a limit after which no ask lies so near: the opposite fault."""
    asks: dict[int, list[Settled]] = {}
    wrong = 0
    for one in settled:
        if one.outcome == Outcome.ASKED:
            asks.setdefault(one.occasion.person, []).append(one)
        days = {
            Outcome.LIMIT_ANY: LIMITS[""],
            Outcome.LIMIT_METRIC: LIMITS.get(one.metric, 0),
            Outcome.LIMIT_MOMENT: one.rule.not_within_days,
        }.get(one.outcome)
        if days is not None:
            near = [
                each
                for each in asks.get(one.occasion.person, [])
                if one.at - each.at < days * DAY
                and (one.outcome != Outcome.LIMIT_METRIC or one.metric in each.rule.metrics)
            ]
            wrong += not near
    return wrong


def _too_close(person: np.ndarray, at: np.ndarray, days: np.ndarray) -> int:
    """Asks of the same person that come within `days` after their ask before."""
    order = np.lexsort((at, person))
    person, at, days = person[order], at[order], days[order]
    same = person[1:] == person[:-1]
    return int((same & (at[1:] - at[:-1] < days[1:] * DAY)).sum())


def _is_day(one: Settled) -> bool:
    zone = ZONES[one.occasion.person % len(ZONES)]
    hour = datetime.fromtimestamp(one.at / 1e6, zone).hour
    return one.rule.hours_from <= hour < one.rule.hours_to
