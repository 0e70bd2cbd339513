"""A touchpoint's figures in a window, of everybody or of a group of people, as the effect of an action needs them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.decide.acting.effects import Level
from polku.journeys.live import answers
from polku.journeys.live.numbers import MapNumbers, PointNumbers, numbers_of
from polku.journeys.live.plan import DAY, Plan
from polku.journeys.live.signals import Orders, Purchases, Signals
from polku.journeys.live.tallies import tally
from polku.journeys.live.times import local_day
from polku.journeys.live.walk import Period, Walk
from polku.statistics import Z95, Estimate

People = NDArray[np.int64]


class Counted:
    """The signals of one window and group, counted once for all figures that are asked for."""

    def __init__(
        self,
        signals: Signals,
        orders: Orders,
        purchases: Purchases,
        plan: Plan,
        period: Period,
        people: People | None,
    ) -> None:
        """`people`: of these only (ascending)."""
        mine = signals if people is None else signals.take(np.isin(signals.person, people))
        self.walk = Walk(mine, plan, period)
        self.numbers: MapNumbers = numbers_of(
            tally(self.walk, purchases), mine.words, orders, purchases, plan, period
        )

    def point(self, touchpoint: int) -> PointNumbers:
        return self.numbers.points[touchpoint]


def level(
    counted: Counted, touchpoint: int, metric: Mapping[str, Any], *, horizon: int | None = None
) -> Level | None:
    """The figure that `metric` names; None where nothing of it was seen. `horizon` (microseconds) is how long after
    coming *continued* is read: the same before and after."""
    point, figure = counted.point(touchpoint), metric.get("figure")
    if figure == "reached":
        return _reached(counted, touchpoint)
    if figure == "continued":
        made = (
            point.continued
            if horizon is None or point.continued is None
            else counted.numbers.continued(touchpoint, horizon)
        )
        return None if made is None else level_of(made.share)
    if figure == "say":
        return next((level_of(score.estimate) for score in point.say if _is(score, metric)), None)
    if figure == "feel":
        return None if point.feel is None else level_of(point.feel.estimate)
    if figure == "contact":
        if point.contact is None:
            return None
        rate = point.contact.rate
        error = 100 * math.sqrt(max(rate.n, 1)) / point.contact.reached
        return Level(rate.value, rate.low, rate.high, error, point.contact.reached)
    if figure == "buy" and point.buy is not None and point.reached:
        total, each = point.buy.total, 1 / point.reached
        error = (total.standard_error or 0.0) * each
        return Level(total.value * each, total.low * each, total.high * each, error, point.reached)
    return None


def shared_horizon(counted: list[Counted], touchpoint: int) -> int | None:
    """How long after coming *continued* can be read in all of them."""
    made = [each.point(touchpoint).continued for each in counted]
    return min((one.horizon for one in made if one is not None), default=None)


def feeling_source(counted: Counted, touchpoint: int) -> tuple[str, tuple[float, float]] | None:
    """The question that the feeling comes from; before and after are only compared where it is the same."""
    feel = counted.point(touchpoint).feel
    return None if feel is None else (feel.source, feel.scale)


def _is(score: answers.Score, metric: Mapping[str, Any]) -> bool:
    scale = metric.get("scale") or ()
    return score.metric == metric.get("metric") and list(score.scale) == [float(end) for end in scale]


def level_of(estimate: Estimate) -> Level:
    """Where all or nobody said the same, the standard error is 0 and promises too much: the interval's width holds."""
    width = (estimate.high - estimate.low) / (2 * Z95)
    error = max(estimate.standard_error or 0.0, width)
    return Level(estimate.value, estimate.low, estimate.high, error, estimate.n)


def _reached(counted: Counted, touchpoint: int) -> Level:
    walk = counted.walk
    place = next(at for at, point in enumerate(walk.plan.points) if point.id == touchpoint)
    period, zone = walk.period, walk.plan.timezone
    if period.start is None or period.end is None:
        raise ValueError("a number of people is of a window with a start and an end")
    begin = local_day(period.start, zone)
    days = max(7, round((period.end - period.start) / DAY))
    came = [local_day(int(time), zone) - begin for time in walk.signals.time[walk.first_reaches(place)]]
    return people_a_week(np.bincount(np.array(came, dtype=np.int64), minlength=days)[:days])


def people_a_week(daily: NDArray[np.int64]) -> Level:
    """The mean of whole weeks of people by day, from the first day on.

    Days differ by more than chance: the spread of the days around their weekday's mean widens the error where it is
    wider than that of independent comers. `daily` has shape (7 · weeks,).
    """
    weeks, count = len(daily) // 7, int(daily.sum())
    spread = 1.0
    if weeks > 1 and count:
        table = daily[: weeks * 7].reshape(weeks, 7).astype(float)
        mean = np.maximum(table.mean(axis=0), 1e-9)
        spread = max(1.0, float(((table - mean) ** 2 / mean).sum() / ((weeks - 1) * 7)))
    per_week = count / weeks
    error = math.sqrt(max(count, 1) * spread) / weeks
    return Level(per_week, max(0.0, per_week - Z95 * error), per_week + Z95 * error, error, count)
