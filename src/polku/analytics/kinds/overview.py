"""A website at a glance: who came, from where, what they saw, and whether it led to anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import cast, get_args
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from polku.analytics import values
from polku.analytics.comparing import ENOUGH, other_side, range_of
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.ranges import is_finished, next_period
from polku.eventstore.port import Interval, Scope
from polku.eventstore.web import DIMENSIONS, LOAD_TIMES, Dimension, WebOverview, WebPoint, WebQuestion, WebRow
from polku.statistics import Estimate, holm, poisson_rate, rate_difference, two_proportions, wilson

INTERVALS: tuple[str, ...] = get_args(Interval)
SEARCHES = ("Products Searched", "Site Searched", "site_search", "search", "Search", "view_search_results")
"""Names of events that are a search of the site: our tracker's and Matomo's, then what other tools call it."""

MOST_PERIODS = 1_000
_DAYS_BY_DAY, _DAYS_BY_WEEK = 92, 2 * 366
_PER = 100.0


def overview(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """The figures of `_figures`, and with `compare` the same of the other side under "compared", with "changes":
    [{"figure", "difference", "ci", "p_value", "p_adjusted", "clear"}] of conversion, contacts and failed searches
    (Holm over the three).

    `only` {"channel" | "source" | "campaign" | "page" | "device" | "browser": value or null} keeps those visits.
    `interval` of the points is chosen by the range's length where it is left out.
    """
    question = WebQuestion(
        only=_only(query.get("only")),
        void=frozenset(context.workspace.cancelled_states),
        searches=SEARCHES,
        interval=_interval(context, query),
    )
    now = _ask(context, question)
    answer: Answer = {
        "interval": question.interval,
        **_figures(context, now, question.interval),
        "rows_scanned": now.scanned,
    }
    other = other_side(context)
    if other is not None:
        before = _ask(other, question)
        answer["compared"] = {
            "range": range_of(other.scope),
            **_figures(other, before, question.interval),
        }
        answer["changes"] = _changes(now, before)
    return answer


def _ask(context: QueryContext, question: WebQuestion) -> WebOverview:
    return context.store.web_overview(context.key, context.scope, question, version=context.state.version)


def _only(data: object) -> dict[Dimension, str | None]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise QueryError(_("“only” must be an object, such as {“channel”: “Email”}."), field="only")
    values.mapping(
        data, DIMENSIONS, field="only"
    )  # names what is unknown; null has a meaning of its own here
    return {
        cast(Dimension, name): None if value is None else values.text(value, field=f"only.{name}")
        for name, value in data.items()
    }


def _interval(context: QueryContext, query: Mapping[str, object]) -> Interval:
    if "interval" in query:
        return cast(Interval, values.choice(query["interval"], INTERVALS, field="interval"))
    start = context.scope.start or context.state.first_time
    end = context.scope.end or context.state.data_as_of
    days = 0 if start is None or end is None else (end - start) // timedelta(days=1)
    return "day" if days <= _DAYS_BY_DAY else "week" if days <= _DAYS_BY_WEEK else "month"


def _figures(context: QueryContext, found: WebOverview, interval: Interval) -> dict[str, object]:
    """{"visits", "visitors", "daily_visitors", "conversion" {"value", "ci", "count", "n"}, "orders", "revenue",
    "average_order", "contacts" {"per_100_orders", "ci", "count", "orders"}, "searches" {"count", "answered",
    "failed", "share", "ci", "terms" [{"query", "count", "failed"}]}, "points" [{"start", "visits", "visitors",
    "daily_visitors", "converted", "revenue", "complete"}], "channels", "sources", "campaigns", "pages",
    "devices", "browsers" (each {"distinct", "rows" [{"name", "visits", "conversion", "revenue"}]}), "load_times"
    [{"from", "to" (milliseconds), "conversion"}]}.

    Shares and rates are null where there is nothing to count them of.
    """
    rate = (
        poisson_rate(count=found.contacts, exposure=found.all_orders, per=_PER) if found.all_orders else None
    )
    failed = wilson(successes=found.failed, n=found.answered) if found.answered else None
    return {
        "visits": found.visits,
        "visitors": found.visitors,
        "daily_visitors": found.daily,
        "conversion": _share(found.converted, found.visits),
        "orders": found.orders,
        "revenue": found.revenue,
        "average_order": round(found.revenue / found.priced, 2) if found.priced else None,
        "contacts": {
            "per_100_orders": rate.value if rate else None,
            "ci": _ends(rate),
            "count": found.contacts,
            "orders": found.all_orders,
        },
        "searches": {
            "count": found.searches,
            "answered": found.answered,
            "failed": found.failed,
            "share": failed.value if failed else None,
            "ci": _ends(failed),
            "terms": [
                {"query": term.query, "count": term.searches, "failed": term.failed} for term in found.terms
            ],
        },
        "points": _points(context, found, interval),
        **{f"{name}s": _list(found, name) for name in DIMENSIONS},
        "load_times": [
            {"from": low, "to": high, "conversion": _share(converted, visits)}
            for low, high, (visits, converted) in zip(
                LOAD_TIMES, (*LOAD_TIMES[1:], None), found.loads, strict=True
            )
        ],
    }


def _share(count: int, n: int) -> dict[str, object]:
    share = wilson(successes=count, n=n) if n else None
    return {"value": share.value if share else None, "ci": _ends(share), "count": count, "n": n}


def _ends(estimate: Estimate | None) -> list[float] | None:
    return [estimate.low, estimate.high] if estimate else None


def _list(found: WebOverview, dimension: Dimension) -> dict[str, object]:
    def row(each: WebRow) -> dict[str, object]:
        return {
            "name": each.name,
            "visits": each.visits,
            "conversion": _share(each.converted, each.visits),
            "revenue": each.revenue,
        }

    return {"distinct": found.distinct[dimension], "rows": [row(each) for each in found.lists[dimension]]}


def _points(context: QueryContext, found: WebOverview, interval: Interval) -> list[dict[str, object]]:
    """Every period of the range; of all data those between the first and the last visit."""
    scope, newest = context.scope, context.state.data_as_of
    by_start = {point.start: point for point in found.points}
    points: list[dict[str, object]] = []
    for start in _starts(scope, found, interval):
        point = by_start.get(start) or WebPoint(start, 0, 0, 0, 0, 0.0)
        points.append(
            {
                "start": start.isoformat(),
                "visits": point.visits,
                "visitors": point.visitors,
                "daily_visitors": point.daily,
                "converted": point.converted,
                "revenue": point.revenue,
                "complete": is_finished(start, interval, scope.timezone, (scope.start, scope.end), newest),
            }
        )
    return points


def _starts(scope: Scope, found: WebOverview, interval: Interval) -> list[date]:
    if not found.points and (scope.start is None or scope.end is None):
        return []
    first = found.points[0].start if scope.start is None else _first_day(scope.start, scope, interval)
    last = (
        found.points[-1].start
        if scope.end is None
        else _first_day(scope.end - timedelta(microseconds=1), scope, interval)
    )
    starts = [first]
    while starts[-1] < last:
        if len(starts) == MOST_PERIODS:
            return [point.start for point in found.points]
        starts.append(next_period(starts[-1], interval))
    return starts


def _first_day(moment: datetime, scope: Scope, interval: Interval) -> date:
    day = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(scope.timezone)).date()
    if interval == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if interval == "week" else day


def _changes(now: WebOverview, before: WebOverview) -> list[dict[str, object]]:
    """Those of the three figures that both sides have; below 30 on a side nothing is called clear."""
    found: list[tuple[str, Estimate, bool]] = []
    if now.visits and before.visits:
        conversion = two_proportions(
            successes=(before.converted, now.converted), n=(before.visits, now.visits)
        )
        found.append(("conversion", conversion, min(now.visits, before.visits) >= ENOUGH))
    if now.all_orders and before.all_orders and now.contacts + before.contacts:
        contacts = rate_difference(
            counts=(before.contacts, now.contacts), exposures=(before.all_orders, now.all_orders), per=_PER
        )
        found.append(("contacts", contacts, min(now.all_orders, before.all_orders) >= ENOUGH))
    if now.answered and before.answered:
        failed = two_proportions(successes=(before.failed, now.failed), n=(before.answered, now.answered))
        found.append(("searches", failed, min(now.answered, before.answered) >= ENOUGH))
    tested = [estimate.p for _figure, estimate, is_enough in found if is_enough and estimate.p is not None]
    corrected = holm(p_values=tested)
    verdicts = iter(zip(tested, corrected.adjusted.tolist(), corrected.clear.tolist(), strict=True))
    changes = []
    for figure, estimate, is_enough in found:
        p, adjusted, clear = next(verdicts) if is_enough and estimate.p is not None else (None, None, False)
        changes.append(
            {
                "figure": figure,
                "difference": estimate.value,
                "ci": _ends(estimate),
                "p_value": p,
                "p_adjusted": adjusted,
                "clear": clear,
            }
        )
    return changes


register(Kind(name="overview", fields=("compare", "only", "interval"), run=overview, compares_segments=True))
