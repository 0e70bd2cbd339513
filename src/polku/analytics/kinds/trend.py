"""How much of something there was, period by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, variance
from typing import cast, get_args
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from polku.analytics import values
from polku.analytics.annotations import annotations_of
from polku.analytics.comparing import Mean, mean_change, other_side, range_of
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.known import warn_of_property, warn_of_unknown
from polku.analytics.parsing import parse_selector
from polku.analytics.ranges import is_finished, local_midnight, next_period
from polku.eventstore.port import Interval, Measure, Selector, SignalKind

INTERVALS: tuple[str, ...] = get_args(Interval)
MEASURES: tuple[str, ...] = get_args(Measure)
MOST_PERIODS = 5_000
MOST_SERIES = 10
ENOUGH_PERIODS = 7
"""Finished periods on a side from which on a difference is tested: a week has its own rhythm."""

Found = Iterable[tuple[datetime, float]]


def trend(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"points": [{"start", "value", "complete"}], "annotations": [{"on", "text", "kind"}]}: periods of the
    workspace's calendar from the first to the last that holds something, the empty ones between them with 0.

    `select` null is every event; `interval` is day by default and `measure` events. `complete` is false where
    the range cuts the period or the newest signal does not reach its end. `annotations` are those of the periods.

    With a breakdown also "series": [{"key", "points"}], the 10 values with most, over the same periods, and the rest
    together under null with "others": true. A value belongs to the signal: nothing is attributed.

    With `compare` also "compared": {"range", "points", "changes": [{"measure": "per_period", "now", "before",
    "difference", "ci", "p_value", "p_adjusted", "clear"}]}: the mean of the finished periods, Welch's test from 7
    such periods on each side on.
    """
    interval = cast(Interval, values.choice(query.get("interval", "day"), INTERVALS, field="interval"))
    measure = cast(Measure, values.choice(query.get("measure", "events"), MEASURES, field="measure"))
    selector = Selector(kinds=(SignalKind.EVENT,))
    if "select" in query:
        selector = parse_selector(context.workspace, query["select"], field="select")
        warn_of_unknown(context, selectors=[selector])
    found = _by_day(context.store.trend(context.key, context.scope, selector, interval, measure))
    periods = _periods(context, sorted(found), interval)
    answer: Answer = {
        "interval": interval,
        "measure": measure,
        "points": _points(context, periods, found, interval),
        "annotations": [
            note.as_json()
            for note in annotations_of(context.workspace)
            if periods and periods[0] <= note.on < next_period(periods[-1], interval)
        ],
    }
    if context.breakdown is not None:
        warn_of_property(context, context.breakdown.property)
        parts = context.store.trend_parts(
            context.key, context.scope, selector, interval, measure, context.breakdown.property, MOST_SERIES
        )
        answer["series"] = [
            {"key": part.key, "points": _points(context, periods, _by_day(part.points), interval)}
            | ({"others": True} if part.is_others else {})
            for part in parts
        ]
    other = other_side(context)
    if other is not None:
        before = _by_day(other.store.trend(other.key, other.scope, selector, interval, measure))
        answer["compared"] = {
            "range": range_of(other.scope),
            "points": _points(other, _periods(other, sorted(before), interval), before, interval),
            "changes": [_change(_finished(context, found, interval), _finished(other, before, interval))],
        }
    return answer


def _by_day(found: Found) -> dict[date, float]:
    return {start.date(): value for start, value in found}


def _points(
    context: QueryContext, periods: Sequence[date], found: Mapping[date, float], interval: Interval
) -> list[dict[str, object]]:
    limits = (context.scope.start, context.scope.end)
    zone, newest = context.scope.timezone, context.state.data_as_of
    return [
        {
            "start": start.isoformat(),
            "value": _plain(found.get(start, 0)),
            "complete": is_finished(start, interval, zone, limits, newest),
        }
        for start in periods
    ]


def _periods(context: QueryContext, filled: list[date], interval: Interval) -> list[date]:
    """The periods between the first and the last that hold something, these included."""
    if not filled:
        return []
    periods = [filled[0]]
    while periods[-1] < filled[-1]:
        if len(periods) == MOST_PERIODS:
            # One signal with a wrong year must not make a list of centuries.
            context.warnings.append(
                gettext_lazy("The periods are too many to list; those without anything are left out.")
            )
            return filled
        periods.append(next_period(periods[-1], interval))
    return periods


def _finished(context: QueryContext, found: Mapping[date, float], interval: Interval) -> list[float]:
    """The values of all finished periods of the range, those without anything at its ends included.

    What lies before the workspace's first signal is unknown rather than nothing, and left out."""
    newest, limits = context.state.data_as_of, (context.scope.start, context.scope.end)
    if newest is None or not (limits[0] or found):
        return []
    zone = ZoneInfo(context.scope.timezone)

    def day_of(moment: datetime) -> date:
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    first = start_of_period(day_of(limits[0]), interval) if limits[0] else min(found)
    end = min(newest, limits[1]) if limits[1] else newest
    listed: list[float] = []
    while first <= day_of(end) and len(listed) < MOST_PERIODS:
        if _begins_with_data(context, first) and is_finished(
            first, interval, context.scope.timezone, limits, newest
        ):
            listed.append(found.get(first, 0))
        first = next_period(first, interval)
    return listed


def _begins_with_data(context: QueryContext, start: date) -> bool:
    first = context.state.first_time
    return first is not None and local_midnight(start, context.scope.timezone) >= first


def start_of_period(day: date, interval: Interval) -> date:
    """The first day of the calendar period that holds `day`; weeks begin on Monday."""
    if interval == "day":
        return day
    return day - timedelta(days=day.weekday()) if interval == "week" else day.replace(day=1)


def _change(now: Sequence[float], before: Sequence[float]) -> dict[str, object]:
    sides = [
        Mean(fmean(side), variance(side) if len(side) > 1 else 0.0, len(side)) if side else None
        for side in (now, before)
    ]
    told: dict[str, object] = {
        "measure": "per_period",
        "now": sides[0].mean if sides[0] else None,
        "before": sides[1].mean if sides[1] else None,
    }
    if sides[0] is None or sides[1] is None:
        return told | {"difference": None, "ci": None, "p_value": None, "p_adjusted": None, "clear": False}
    return told | mean_change(sides[0], sides[1], enough=ENOUGH_PERIODS)


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The annotations, which anybody may write at any time."""
    return repr(annotations_of(context.workspace))


register(
    Kind(
        name="trend",
        fields=("select", "interval", "measure", "compare"),
        run=trend,
        breakdown=True,
        compares_segments=True,
        version=_version,
    )
)
