"""How many customers are lost: of those with a contract, counted; of those who buy, by what their purchases tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.utils import timezone as clock
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from polku.analytics import values
from polku.analytics.context import Breakdown, QueryContext
from polku.analytics.contracts import NEVER, Stays, stays
from polku.analytics.customers import Customers, customers, day_of, purchases
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.purchase_fit import fitted_purchases, last_day
from polku.analytics.ranges import is_finished, next_period
from polku.eventstore.port import Selector, SignalKind
from polku.statistics import PurchaseModel, kaplan_meier, share_alive, wilson

MODES = ("contractual", "purchase")
USUAL_MONTHS = (1.0, 3.0, 6.0, 12.0, 24.0, 36.0, 48.0, 60.0)
MOST_ASKED = 60
MOST_PARTS = 20
_MOST_MONTHS = 120
_MOST_STEPS = 200
"""Calendar months that are told, and steps of a curve."""
_DRAWS_OF_A_PART = 200

Row = dict[str, object]


def churn(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"mode", "value", "ci", …}: the share (0–1) of customers who are lost, null where nothing tells it.

    Contractual: {"lost", "at_start", "months" [{"start", "at_start", "lost", "begun", "value", "ci", "complete"}],
    "monthly" {"value", "ci", "lost", "at_start"}, "tenure", "customers", "active", "until", "breakdown"}. `value` is
    those lost in the range among those active at its start, with Wilson interval; null without a range that begins.
    "monthly" joins the complete months. "tenure" {"n", "ended", "median", "survival" [{"months", "value", "ci",
    "at_risk"}], "curve" [{"months", "value", "ci"}]} is Kaplan–Meier, with Greenwood interval, over all stays up to
    the end of the range.

    Purchase: {"customers", "once", "alive", "until", "breakdown"}: 1 − the mean probability of being a customer still.
    `breakdown` has {"key", "customers", "value", "ci"} and, contractual, "lost", "at_start", "tenure".
    """
    mode = values.choice(query.get("mode"), MODES, field="mode")
    if mode == "contractual":
        return _contractual(context, _asked_months(query))
    if "months" in query:
        raise QueryError(_("Months of tenure can be asked of contracts only."), field="months")
    return _purchase(context)


# ---- customers with a contract ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    """The days that are asked about: from `start` (None: from the beginning) to `until`, its last day."""

    start: int | None
    until: int


def _contractual(context: QueryContext, months: tuple[float, ...]) -> Answer:
    split_by = context.breakdown.property if context.breakdown else None
    span = _span(context)
    # What began before the range counts in it.
    whole = replace(context.scope, start=None, end=None)
    found = stays(context.store, context.key, whole, split_by=split_by).seen_until(span.until)
    told = _by_month(found, span, context)
    complete = [row for row in told if row.is_complete]
    answer: Answer = {
        "mode": "contractual",
        **_lost(found, span),
        "months": [row.shown() for row in told],
        "monthly": _share(sum(row.lost for row in complete), sum(row.at_start for row in complete)),
        "customers": len(np.unique(found.person)),
        "active": len(np.unique(found.person[found.ends == NEVER])),
        "until": _iso(span.until),
        "tenure": _tenure(found, span.until, months),
    }
    if split_by is not None:
        answer["breakdown"] = [
            {
                "key": key,
                "customers": len(np.unique(part.person)),
                **_lost(part, span),
                "tenure": _tenure(part, span.until, months),
            }
            for key, part in ((key, found.of(found.key == key)) for key in _largest(found.key))
        ]
    _warn_of_contracts(context, found, span, answer)
    return answer


def _span(context: QueryContext) -> _Span:
    zone, end = context.scope.timezone, context.scope.end
    now = clock.now().astimezone(UTC).replace(tzinfo=None)
    # A contract for a fixed time is known to end on a day to come: until then its customer is one.
    until = day_of(min(context.state.data_as_of or now, now), zone)
    if end is not None:
        until = min(until, day_of(end - timedelta(microseconds=1), zone))
    return _Span(day_of(context.scope.start, zone) if context.scope.start is not None else None, until)


def _lost(found: Stays, span: _Span) -> Row:
    if span.start is None:
        return {"value": None, "ci": None, "lost": None, "at_start": None}
    active = found.active_at(span.start)
    return _share(int((active & (found.ends <= span.until)).sum()), int(active.sum()))


@dataclass(frozen=True)
class _Month:
    start: date
    at_start: int
    lost: int
    begun: int
    is_complete: bool

    def shown(self) -> Row:
        share = _share(self.lost, self.at_start)
        return {
            "start": self.start.isoformat(),
            **share,
            "begun": self.begun,
            "complete": self.is_complete,
        }


def _by_month(found: Stays, span: _Span, context: QueryContext) -> list[_Month]:
    """The newest calendar months of the span, in order."""
    if not len(found):
        return []
    first = _date(max(int(found.begins.min()), span.start or 0)).replace(day=1)
    limits = (context.scope.start, context.scope.end)
    told, start = [], first
    while _number(start) <= span.until:
        after = next_period(start, "month")
        begin, end = _number(start), _number(after)
        active = found.active_at(begin)
        told.append(
            _Month(
                start=start,
                at_start=int(active.sum()),
                lost=int((active & (found.ends < end)).sum()),
                begun=int(((found.begins >= begin) & (found.begins < end)).sum()),
                is_complete=is_finished(
                    start, "month", context.scope.timezone, limits, context.state.data_as_of
                ),
            )
        )
        start = after
    return told[-_MOST_MONTHS:]


def _tenure(found: Stays, until: int, asked: tuple[float, ...]) -> Row | None:
    if not len(found):
        return None
    durations, has_ended = found.months(until=until)
    fitted = kaplan_meier(durations=durations, observed=has_ended)
    longest = float(durations.max())
    survival = []
    for months in asked or [each for each in USUAL_MONTHS if each <= longest]:
        at = fitted.survival(months) if months <= longest else None
        survival.append(
            {
                "months": months,
                "value": at.value if at else None,
                "ci": [at.low, at.high] if at else None,
                "at_risk": int((durations >= months).sum()),
            }
        )
    half = np.flatnonzero(fitted.curve <= 0.5)
    places = np.unique(np.linspace(0, len(fitted.times) - 1, _MOST_STEPS).round().astype(int))
    steps = [float(time) for time in fitted.times[places]] if len(fitted.times) else []
    curve = [(0.0, fitted.survival(0.0))] if not steps or steps[0] > 0 else []
    curve += [(time, fitted.survival(time)) for time in steps]
    if curve[-1][0] < longest:
        curve.append((longest, fitted.survival(longest)))
    return {
        "n": fitted.n,
        "ended": fitted.n - fitted.censored,
        "median": float(fitted.times[half[0]]) if len(half) else None,
        "survival": survival,
        "curve": [{"months": time, "value": at.value, "ci": [at.low, at.high]} for time, at in curve],
    }


def _warn_of_contracts(context: QueryContext, found: Stays, span: _Span, answer: Answer) -> None:
    if not len(found):
        context.warnings.append(
            gettext_lazy("No contracts have come: import them with their start and end to see who leaves.")
        )
    elif span.start is None:
        context.warnings.append(
            gettext_lazy("Give a range: churn is those lost in it among those active at its start.")
        )
    elif answer["value"] is None:
        context.warnings.append(
            gettext_lazy("Nobody had a contract when the range began, so no share of them is lost in it.")
        )
    if found.unopened:
        context.warnings.append(
            format_lazy(
                gettext_lazy("{number} contracts end that never began in the data; they count for nothing."),
                number=found.unopened,
            )
        )


def _asked_months(query: Mapping[str, object]) -> tuple[float, ...]:
    if "months" not in query:
        return ()
    asked = []
    for place, each in enumerate(values.sequence(query["months"], field="months", most=MOST_ASKED)):
        if isinstance(each, bool) or not isinstance(each, (int, float)) or not 0 <= each <= 1_200:
            raise QueryError(
                _("“%(field)s” must be a number from 0 to %(most)s, not “%(value)s”.")
                % {"field": f"months[{place}]", "most": "1200", "value": values.shown(each)},
                field=f"months[{place}]",
            )
        asked.append(float(each))
    return tuple(asked)


# ---- customers who buy -----------------------------------------------------------------------------------------


def _purchase(context: QueryContext) -> Answer:
    table = context.store.orders(context.key, context.scope)
    bought = purchases(table, timezone=context.scope.timezone, cancelled=context.workspace.cancelled_states)
    until = last_day(context, bought)
    found = customers(bought, until=until)
    model = fitted_purchases(context, found) if len(found) else None
    answer: Answer = {
        "mode": "purchase",
        **_gone(model, found),
        "customers": len(found),
        "once": int((found.frequency == 0).sum()),
        "until": _iso(until) if len(found) else None,
        "rows_scanned": table.num_rows,
    }
    if context.breakdown is not None:
        keys = _keys_of(context, found, context.breakdown)
        answer["breakdown"] = [
            {"key": key, "customers": len(part), **_gone(model, part, draws=_DRAWS_OF_A_PART)}
            for key, part in ((key, found.of(keys == key)) for key in _largest(keys))
        ]
    return answer


def _gone(model: PurchaseModel | None, found: Customers, *, draws: int | None = None) -> Row:
    if model is None or not len(found):
        return {"value": None, "ci": None, "alive": None}
    told = share_alive(
        purchases=model,
        frequency=found.frequency,
        recency=found.recency,
        age=found.age,
        **({"draws": draws} if draws else {}),
    )
    return {"value": 1 - told.value, "ci": [1 - told.high, 1 - told.low], "alive": told.value}


def _keys_of(context: QueryContext, found: Customers, split: Breakdown) -> NDArray[np.object_]:
    """What each customer's first (or last) order has as the property that the answer is split by."""
    rows = context.store.sequences(
        context.key,
        context.scope,
        [Selector(kinds=(SignalKind.ORDER,))],
        unit="person",
        others=False,
        breakdown=split.property,
    )
    if split.attribution == "first":
        places = np.searchsorted(rows.unit, found.person, side="left")
    else:
        places = np.searchsorted(rows.unit, found.person, side="right") - 1
    return rows.key[places]


# ---- both ------------------------------------------------------------------------------------------------------


def _largest(keys: NDArray[np.object_]) -> list[object]:
    """The commonest values, at most so many as are told apart; equal ones by name."""
    counted = Counter(keys.tolist())
    return sorted(counted, key=lambda key: (-counted[key], str(key)))[:MOST_PARTS]


def _share(lost: int, n: int) -> Row:
    share = wilson(successes=lost, n=n) if n else None
    return {
        "value": share.value if share else None,
        "ci": [share.low, share.high] if share else None,
        "lost": lost,
        "at_start": n,
    }


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _iso(day: int) -> str:
    return _date(day).isoformat()


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The cancelled states, and the day: contracts end as it comes."""
    today = datetime.now(tz=UTC).date().isoformat() if query.get("mode") == "contractual" else ""
    return repr((sorted(context.workspace.cancelled_states), today))


register(Kind(name="churn", fields=("mode", "months"), run=churn, breakdown=True, version=_version))
