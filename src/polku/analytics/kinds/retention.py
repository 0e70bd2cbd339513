"""Who comes back: cohorts by the calendar period of their first signal, and how many returned in each later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.translation import gettext_lazy

from polku.analytics import values
from polku.analytics.comparing import Share, other_side, range_of, share_changes
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.trend import INTERVALS
from polku.analytics.known import warn_of_unknown
from polku.analytics.parsing import parse_selector
from polku.analytics.ranges import is_finished, local_midnight, next_period
from polku.eventstore.behaviour import Cohort, RetentionQuestion
from polku.eventstore.port import Interval, Selector
from polku.statistics import benjamini_hochberg, wilson

USUAL_PERIODS = {"day": 15, "week": 9, "month": 13}
MOST_PERIODS = 400
MOST_CELLS = 60_000
"""Cohorts times periods: more than anybody reads, and few enough to answer at once."""


@dataclass(frozen=True)
class Seen:
    """Whether a period has begun by the newest signal, and whether all of it was seen."""

    begun: bool
    complete: bool


class Calendar:
    """How far each period was seen, by its first day."""

    def __init__(self, context: QueryContext, period: Interval) -> None:
        self._zone, self._newest = context.scope.timezone, context.state.data_as_of
        self._limits, self._period = (context.scope.start, context.scope.end), period
        self._seen: dict[date, Seen] = {}

    def from_on(self, start: date, periods: int) -> list[Seen]:
        """The period that begins on `start` and those after it."""
        found = []
        for _place in range(periods):
            if start not in self._seen:
                self._seen[start] = self._look(start)
            found.append(self._seen[start])
            start = next_period(start, self._period)
        return found

    def _look(self, start: date) -> Seen:
        begins, end = local_midnight(start, self._zone), self._limits[1]
        if self._newest is None or begins > self._newest or (end is not None and begins >= end):
            return Seen(begun=False, complete=False)
        return Seen(True, is_finished(start, self._period, self._zone, self._limits, self._newest))


def retention(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"cohorts": [{"start", "size", "returned", "shares", "ci", "complete"}], "overall": [{"size", "returned",
    "share", "ci"}], "period", "periods"}.

    A cohort are the units whose first signal (taken by `start`, or any event) lies in the period that begins on
    "start"; returned[k] of them had one (taken by `return`, or any event) in the k-th period after it, returned[0] is
    the size. Lists have `periods` entries. Shares and Wilson intervals are of the size, null where the period had not
    begun; the interval of the first is null, for it is the size by definition. `complete` is false where the range or
    the newest signal cuts the period. `overall` joins, for each k, the cohorts whose k-th period is complete.

    With `compare` also "compared": {"range", "overall", "changes": [{"period", "difference", "ci", "p_value",
    "p_adjusted", "clear"}]} for k from 1, corrected by Benjamini and Hochberg.
    """
    period = cast(Interval, values.choice(query.get("period", "week"), INTERVALS, field="period"))
    asked = RetentionQuestion(
        period=period,
        periods=values.whole(
            query.get("periods", USUAL_PERIODS[period]), least=1, most=MOST_PERIODS, field="periods"
        ),
        start=_selector(context, query, "start"),
        back=_selector(context, query, "return"),
        unit=context.unit,
    )
    _warn_of_range(context)
    found = context.store.retention(context.key, context.scope, asked)
    cohorts = _newest(context, found.cohorts, asked.periods)
    calendar = Calendar(context, period)
    totals = _totals(cohorts, calendar, asked.periods)
    answer: Answer = {
        "period": asked.period,
        "periods": asked.periods,
        "cohorts": [_row(cohort, calendar.from_on(cohort.start, asked.periods)) for cohort in cohorts],
        "overall": _overall(totals),
        "rows_scanned": found.scanned,
    }
    other = other_side(context)
    if other is not None:
        before = other.store.retention(other.key, other.scope, asked)
        earlier = _newest(other, before.cohorts, asked.periods)
        other_totals = _totals(earlier, Calendar(other, period), asked.periods)
        changes = share_changes(totals[1:], other_totals[1:], correct=benjamini_hochberg)
        answer["rows_scanned"] = found.scanned + before.scanned
        answer["compared"] = {
            "range": range_of(other.scope),
            "overall": _overall(other_totals),
            "changes": [
                {"period": place, **change} for place, change in enumerate(changes, 1) if change is not None
            ],
        }
    return answer


def _selector(context: QueryContext, query: Mapping[str, object], field: str) -> Selector | None:
    if field not in query:
        return None
    selector = parse_selector(context.workspace, query[field], field=field)
    warn_of_unknown(context, selectors=[selector])
    return selector


def _warn_of_range(context: QueryContext) -> None:
    first, start = context.state.first_time, context.scope.start
    if first is not None and start is not None and first < start:
        context.warnings.append(
            gettext_lazy(
                "Only signals of the range are read, so who came already before it counts as new in it."
            )
        )


def _newest(context: QueryContext, cohorts: Sequence[Cohort], periods: int) -> Sequence[Cohort]:
    most = MOST_CELLS // periods
    if len(cohorts) > most:
        context.warnings.append(gettext_lazy("The cohorts are too many to list; the newest are shown."))
    return cohorts[-most:]


def _row(cohort: Cohort, seen: Sequence[Seen]) -> dict[str, object]:
    size = cohort.returned[0]
    shares = [
        wilson(successes=back, n=size) if period.begun and size else None
        for back, period in zip(cohort.returned, seen, strict=True)
    ]
    return {
        "start": cohort.start.isoformat(),
        "size": size,
        "returned": list(cohort.returned),
        "shares": [share.value if share else None for share in shares],
        "ci": [None, *([share.low, share.high] if share else None for share in shares[1:])],
        "complete": [period.complete for period in seen],
    }


def _totals(cohorts: Sequence[Cohort], calendar: Calendar, periods: int) -> list[Share]:
    """By period (returned, size) of the cohorts for which it is complete."""
    totals = [(0, 0)] * periods
    for cohort in cohorts:
        for place, seen in enumerate(calendar.from_on(cohort.start, periods)):
            if seen.complete:
                returned, size = totals[place]
                totals[place] = (returned + cohort.returned[place], size + cohort.returned[0])
    return totals


def _overall(totals: Sequence[Share]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, (returned, size) in enumerate(totals):
        share = wilson(successes=returned, n=size) if size else None
        rows.append(
            {
                "size": size,
                "returned": returned,
                "share": share.value if share else None,
                "ci": [share.low, share.high] if share and place else None,
            }
        )
    return rows


register(
    Kind(
        name="retention",
        fields=("period", "periods", "start", "return", "compare"),
        run=retention,
        units=True,
        compares_segments=True,
    )
)
