"""How a touchpoint went period by period, on the workspace's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from polku.analytics.ranges import is_finished, local_midnight, next_period
from polku.eventstore.port import Interval, Scope, SignalKind
from polku.journeys.live.answers import Score, score
from polku.journeys.live.times import local, microseconds, moment
from polku.journeys.live.walk import Walk


@dataclass(frozen=True)
class TrendPoint:
    """One period: `start` is its first day; people who reached the touchpoint in it; the answers given in it."""

    start: date
    finished: bool
    reached: int
    score: Score | None


def interval_of(walk: Walk, place: int) -> Interval:
    """Days for up to six weeks, then weeks, and months for more than two years."""
    rows = walk.rows(place)
    begin, end = walk.period.start, walk.period.end
    if len(rows):
        begin = int(walk.signals.time[rows].min()) if begin is None else begin
    end = walk.period.as_of if end is None else min(end, walk.period.as_of)
    days = (end - (end if begin is None else begin)) / 86_400_000_000
    return "day" if days <= 42 else "week" if days <= 731 else "month"


def trend(walk: Walk, place: int, scope: Scope, interval: Interval, metric: Score | None) -> list[TrendPoint]:
    """Every period of the range up to the newest signal, empty ones included. `metric` names the question."""
    signals, zone = walk.signals, walk.plan.timezone
    rows = walk.rows(place)
    if not len(rows) and walk.period.start is None:
        return []
    begin = int(signals.time[rows].min()) if walk.period.start is None else walk.period.start
    end = walk.period.as_of + 1 if walk.period.end is None else min(walk.period.end, walk.period.as_of + 1)
    days = [_period_start(local(begin, zone).date(), interval)]
    edges = [microseconds(local_midnight(days[0], zone))]
    while edges[-1] < end:
        days.append(next_period(days[-1], interval))
        edges.append(microseconds(local_midnight(days[-1], zone)))
    reached = walk.reach_rows(place)
    when = np.searchsorted(edges, signals.time[reached], side="right") - 1
    people = np.bincount(_distinct(when, signals.unit[reached]), minlength=len(days))
    answers = walk.rows(place, SignalKind.SCORE)
    words = signals.words
    if metric is not None:
        low, high = metric.scale
        same = np.array([name == metric.metric for name in words.name], dtype=bool)
        same &= (words.scale_low == low) & (words.scale_high == high) & ~np.isnan(words.score)
        answers = answers[np.append(same, False)[signals.said[answers]]]
    given = np.searchsorted(edges, signals.time[answers], side="right") - 1
    newest = moment(walk.period.as_of)
    points = []
    for number, day in enumerate(days[:-1]):
        made = None
        if metric is not None and (given == number).any():
            said, times = np.unique(signals.said[answers[given == number]], return_counts=True)
            counts = dict(zip(words.score[said].tolist(), times.tolist(), strict=True))
            made = score(metric.metric, metric.scale, counts)
        finished = is_finished(day, interval, zone, (scope.start, scope.end), newest)
        points.append(TrendPoint(day, finished, int(people[number]), made))
    return points


def _distinct(period: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The period of each distinct (period, unit)."""
    return np.unique(np.stack([period, unit]), axis=1)[0] if len(period) else period


def _period_start(day: date, interval: Interval) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day
