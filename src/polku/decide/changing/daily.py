"""The figures of a map day by day, as sums that can be added: for small trends, and for watching.

Each observation belongs to one day of the workspace's calendar and is known soon after: "continued" is whether
somebody who came on the day reached a later stage within a week (`SOON`), where the map waits for the whole window.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.analytics.kinds.score import rule_of
from polku.analytics.ranges import local_midnight
from polku.eventstore.port import SignalKind
from polku.journeys.live.plan import DAY
from polku.journeys.live.signals import NO_DAY, Orders
from polku.journeys.live.times import microseconds
from polku.journeys.live.walk import Rows, Walk

SOON = 7
"""Days within which somebody must have gone on to count as having continued here."""
MARGIN = 45
"""Days before the first one that a walk must hold, so that orders delivered in it are known to have been here."""

_FROM = {"share_of_4_to_5": 4, "share_of_6_to_7": 6, "share_of_5_to_7": 5}
"""Answers from which on a share counts them, by the name of its rule."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Key:
    """Which figure of which touchpoint; `metric` and `scale` name a score."""

    touchpoint: int
    figure: str
    metric: str = ""
    scale: tuple[float, float] | None = None


@dataclass(frozen=True)
class Daily:
    """By day: `n` observations, their `total` and the sum of their `squares`, in the figure's own unit (contacts per
    person). `lag` is how many days it takes until a day is wholly known; those not known yet hold nothing."""

    n: Floats
    total: Floats
    squares: Floats
    lag: int = 0


def is_share(figure: str, metric: str = "", scale: tuple[float, float] | None = None) -> bool:
    """Whether observations are 0 or 1, or counts of rare things."""
    if figure != "say":
        return figure in ("continued", "contact", "promise")
    rule = rule_of(metric, scale)
    return rule is not None and rule.name in _FROM


def daily(
    walk: Walk, orders: Orders, first: dt.date, last: dt.date, *, only: Collection[int] | None = None
) -> dict[Key, Daily]:
    """Every figure of the front-stage touchpoints (of those with the numbers `only`) from day `first` to `last`.

    `walk` must begin `MARGIN` days before `first`.
    """
    zone = walk.plan.timezone
    count = (last - first).days + 1
    edges = np.array(
        [microseconds(local_midnight(first + dt.timedelta(days=each), zone)) for each in range(count + 1)]
    )
    found: dict[Key, Daily] = {}
    for place, point in enumerate(walk.plan.points):
        if point.backstage or not point.bound or (only is not None and point.id not in only):
            continue
        rows = walk.rows(place)
        day = np.searchsorted(edges, walk.signals.time[rows], side="right") - 1
        inside = (day >= 0) & (day < count)
        rows_in, day_in = rows[inside], day[inside]
        people_rows, people_day = _people(walk, rows_in, day_in)
        people = np.bincount(people_day, minlength=count).astype(float)
        found[Key(point.id, "reached")] = Daily(np.ones(count), people, np.square(people))
        if walk.plan.has_later(point.stage):
            found[Key(point.id, "continued")] = _continued(walk, people_rows, people_day, edges)
        if point.takes_contacts:
            found[Key(point.id, "contact")] = _contacts(walk, rows_in, day_in, people)
        for key, made in _scores(walk, point.id, rows_in, day_in, count).items():
            found[key] = made
        if point.delivers:
            found[Key(point.id, "promise")] = _promises(walk, rows, orders, first, count)
    return found


def _people(walk: Walk, rows: Rows, day: Rows) -> tuple[Rows, Rows]:
    """The first row of each person's each day among rows that mean reaching the touchpoint."""
    reaching = walk.reaches[rows]
    rows, day = rows[reaching], day[reaching]
    unit = walk.signals.unit[rows]
    is_first = np.ones(len(rows), dtype=bool)
    is_first[1:] = (np.diff(unit) != 0) | (np.diff(day) != 0)
    return rows[is_first], day[is_first]


def _continued(walk: Walk, rows: Rows, day: Rows, edges: NDArray[np.int64]) -> Daily:
    count = len(edges) - 1
    soon = min(SOON * DAY, walk.plan.window)
    waited, observed = walk.waits(rows)
    went_on = observed & (waited <= soon)
    known = edges[1:] + soon <= walk.period.as_of + 1
    n = (np.bincount(day, minlength=count) * known).astype(float)
    total = (np.bincount(day[went_on], minlength=count) * known).astype(float)
    return Daily(n, total, total, lag=-(-soon // DAY))


def _contacts(walk: Walk, rows: Rows, day: Rows, people: Floats) -> Daily:
    """Contacts per person who came on the day; the squares are those of a Poisson law."""
    is_contact = walk.signals.kind[rows] == SignalKind.CONTACT
    contacts = np.bincount(day[is_contact], minlength=len(people)).astype(float) * (people > 0)
    squares = contacts + np.square(contacts) / np.maximum(people, 1)
    return Daily(people, contacts, squares)


def _scores(walk: Walk, touchpoint: int, rows: Rows, day: Rows, count: int) -> dict[Key, Daily]:
    signals, words = walk.signals, walk.signals.words
    answered = (signals.kind[rows] == SignalKind.SCORE) & (signals.said[rows] >= 0)
    said, day = signals.said[rows[answered]], day[answered]
    names: dict[tuple[str, float, float], list[int]] = {}
    for word in np.unique(said).tolist():
        low, high = float(words.scale_low[word]), float(words.scale_high[word])
        if high > low and not np.isnan(words.score[word]):
            names.setdefault((words.name[word], low, high), []).append(word)
    found = {}
    for (metric, low, high), of_metric in names.items():
        worth = np.zeros(len(words))
        for word in of_metric:
            worth[word] = value_of(metric, (low, high), float(words.score[word]))
        mine = np.isin(said, of_metric)
        values = worth[said[mine]]
        found[Key(touchpoint, "say", metric, (low, high))] = Daily(
            np.bincount(day[mine], minlength=count).astype(float),
            np.bincount(day[mine], weights=values, minlength=count).astype(float),
            np.bincount(day[mine], weights=np.square(values), minlength=count).astype(float),
        )
    return found


def _promises(walk: Walk, rows: Rows, orders: Orders, first: dt.date, count: int) -> Daily:
    """By the day of delivery, so that nothing waits for orders that are still on their way."""
    carried = walk.signals.order[rows]
    numbers = np.unique(carried[carried >= 0])
    at = np.searchsorted(orders.id, numbers)
    known = at[np.append(orders.id, -1)[at] == numbers]
    known = known[(orders.promised[known] != NO_DAY) & (orders.delivered[known] != NO_DAY)]
    begin = (first - dt.date(1970, 1, 1)).days
    day = orders.delivered[known].astype(np.int64) - begin
    inside = (day >= 0) & (day < count)
    known, day = known[inside], day[inside]
    kept = orders.delivered[known] <= orders.promised[known]
    n = np.bincount(day, minlength=count).astype(float)
    total = np.bincount(day[kept], minlength=count).astype(float)
    return Daily(n, total, total)


def value_of(metric: str, scale: tuple[float, float], answer: float) -> float:
    """What an answer adds to the metric's figure, which is the mean of these over all answers."""
    rule = rule_of(metric, scale)
    name = rule.name if rule else "mean"
    if name == "promoters_minus_detractors":
        return 100.0 * ((answer >= 9) - (answer <= 6))
    if name == "mean_of_faces":
        return (answer - 1) / 3 * 100
    return float(answer >= _FROM[name]) if name in _FROM else answer
