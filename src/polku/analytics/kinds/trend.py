"""How much of something there was, period by period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from django.utils.translation import gettext_lazy

from polku.analytics import values
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.known import warn_of_unknown
from polku.analytics.parsing import parse_selector
from polku.analytics.ranges import is_finished, next_period
from polku.eventstore.port import Interval, Measure, Selector, SignalKind

INTERVALS: tuple[str, ...] = get_args(Interval)
MEASURES: tuple[str, ...] = get_args(Measure)
MOST_PERIODS = 5_000


def trend(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"points": [{"start", "value", "complete"}]}: periods of the workspace's calendar from the first to the
    last that holds something, the empty ones between them with 0.

    `select` null is every event; `interval` is day by default and `measure` events. `complete` is false where
    the range cuts the period or the newest signal does not reach its end.
    """
    interval = cast(Interval, values.choice(query.get("interval", "day"), INTERVALS, field="interval"))
    measure = cast(Measure, values.choice(query.get("measure", "events"), MEASURES, field="measure"))
    selector = Selector(kinds=(SignalKind.EVENT,))
    if "select" in query:
        selector = parse_selector(context.workspace, query["select"], field="select")
        warn_of_unknown(context, selectors=[selector])
    found = context.store.trend(context.key, context.scope, selector, interval, measure)
    points = {start.date(): value for start, value in found}
    limits = (context.scope.start, context.scope.end)
    return {
        "interval": interval,
        "measure": measure,
        "points": [
            {
                "start": start.isoformat(),
                "value": _plain(points.get(start, 0)),
                "complete": is_finished(
                    start, interval, context.scope.timezone, limits, context.state.data_as_of
                ),
            }
            for start in _periods(context, sorted(points), interval)
        ],
    }


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


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


register(Kind(name="trend", fields=("select", "interval", "measure"), run=trend))
