"""What customers will bring: purchases to come, their value, and whether the model foretold what it had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from polku.analytics import values
from polku.analytics.base_picture import alive_rows, cell_rows, group_rows, rhythm_row, tenth_rows
from polku.analytics.context import QueryContext
from polku.analytics.customers import Purchases, customers, purchases
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.money import money_terms
from polku.analytics.purchase_fit import ENOUGH, fitted_purchases, fitted_spending, last_day
from polku.analytics.rfm import groups_of, rhythm_of
from polku.statistics import (
    PurchaseModel,
    SpendingModel,
    customer_lifetime_value,
    fit_bgnbd,
    wilson,
)

MOST_DAYS = 10 * 366
_YEAR, _DISCOUNT = 365, 0.1
_MONTH = 365.25 / 12
_CORRELATED = 0.3
_DRAWS_TOLD = 300
_MOST_PURCHASES = 7
"""In the check the customers with so many or more stand together."""


@dataclass(frozen=True)
class _Terms:
    days: int
    margin: float
    discount: float
    check_from: int | None = None


def clv(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"model", "customers", "repeat" {"value", "ci", "count", "n"}, "alive", "horizon_days", "margin", "discount",
    "total", "total_ci", "mean", "ci", "since" (the first purchase), "until", "hold_out"}.

    Customers are the people with an order in the range; purchases to come are counted from `until`, its last day with
    data. "mean" is of each customer, with its interval "ci", "total" of all. Where too few came back, or no model fits,
    "model", "alive" and the money are null and a warning says why. "hold_out" fits the time before the day `check_from`
    (left out: the first two thirds) anew and sets what that expects of the rest beside what happened: {"from",
    "customers", "predicted", "actual", "rows" [{"purchases", "customers", "predicted", "actual"}]}, null where it
    cannot.

    How the base looks, by recency, frequency and money (`analytics.rfm`): "rhythm" {"soon", "late", "many", "gaps",
    "rows", "columns"}, "groups" [{"group", "customers", "share", "purchases", "days_ago", "spent", "purchase_value",
    "alive", "mean", "ci", "total"}], "cells" [{"row", "column", "customers", "value"}], "tenths" [{"customers", "from",
    "to", "share"}] of customers by value, "alive_tenths" [{"from", "to", "customers"}] of those who came back.
    "uncertainty" holds the covariances of the logarithms of (r, alpha, a, b) and (p, q, v), and parameters drawn where
    those do not tell it: "purchases", "spending", "purchase_draws", "spending_draws" (null, or a list).
    """
    terms = _terms(context, query)
    table = context.store.orders(context.key, context.scope)
    bought = purchases(table, timezone=context.scope.timezone, cancelled=context.workspace.cancelled_states)
    until = last_day(context, bought)
    found = customers(bought, until=until)
    again = int((found.frequency > 0).sum())
    rhythm = rhythm_of(bought, found)
    group = groups_of(found, rhythm)
    answer: Answer = {
        "model": None,
        "customers": len(found),
        "repeat": _share(again, len(found)),
        "alive": None,
        "horizon_days": terms.days,
        "margin": terms.margin,
        "discount": terms.discount,
        "total": None,
        "total_ci": None,
        "mean": None,
        "ci": None,
        "since": _iso(int(bought.day.min())) if len(bought.day) else None,
        "until": _iso(until),
        "hold_out": None,
        "rhythm": rhythm_row(rhythm),
        "groups": group_rows(bought, found, group, None, None),
        "cells": cell_rows(found, rhythm, None),
        "tenths": [],
        "alive_tenths": [],
        "uncertainty": None,
        "rows_scanned": table.num_rows,
    }
    spending = fitted_spending(context, found)
    told = fitted_purchases(context, found) if spending else None
    if spending is None or told is None:
        return answer
    value = customer_lifetime_value(
        purchases=told,
        spending=spending,
        frequency=found.frequency,
        recency=found.recency,
        age=found.age,
        # Who bought again for nothing that is known counts as one of whom nothing is known.
        mean_value=np.where(found.have_value, found.mean_value, spending.population_mean),
        margin=terms.margin,
        discount=terms.discount,
        months=max(1, round(terms.days / _MONTH)),
        month_length=terms.days / max(1, round(terms.days / _MONTH)),
        parts=group,
    )
    alive = np.asarray(
        told.probability_alive(frequency=found.frequency, recency=found.recency, age=found.age)
    )
    answer.update(
        model=_model(told, spending),
        alive=float(alive.mean()),
        total=value.total.value,
        total_ci=[value.total.low, value.total.high],
        mean=value.mean.value,
        ci=[value.mean.low, value.mean.high],
        hold_out=_hold_out(bought, until, terms.check_from),
        groups=group_rows(bought, found, group, value, alive),
        cells=cell_rows(found, rhythm, value.each),
        tenths=tenth_rows(value.each),
        alive_tenths=alive_rows(alive, found),
        uncertainty={
            "purchases": told.covariance.tolist(),
            "spending": spending.covariance.tolist(),
            "purchase_draws": _draws(told.sample),
            "spending_draws": _draws(spending.sample),
        },
    )
    if abs(spending.correlation) > _CORRELATED:
        context.warnings.append(
            format_lazy(
                gettext_lazy(
                    "Those who buy often buy for more or less than others (correlation {correlation}); "
                    "the model takes these for independent, so single values are off."
                ),
                correlation=f"{spending.correlation:.2f}",
            )
        )
    return answer


def _terms(context: QueryContext, query: Mapping[str, object]) -> _Terms:
    days = values.whole(query.get("horizon_days", _YEAR), least=1, most=MOST_DAYS, field="horizon_days")
    discount = _number(query.get("discount", _DISCOUNT), most=10, field="discount")
    check_from = _day_number(query["check_from"]) if "check_from" in query else None
    if "margin" in query:
        return _Terms(days, _number(query["margin"], most=1, field="margin"), discount, check_from)
    answered = money_terms(context.workspace)
    if answered is None:
        raise QueryError(
            _("Say the margin (0–1), or answer the four questions about money first."), field="margin"
        )
    # Of an order's sum as it is told: without VAT, what comes back and costs.
    return _Terms(days, answered.margin_of(1.0), discount, check_from)


def _day_number(data: object) -> int:
    """A calendar day (YYYY-MM-DD), since 1970."""
    try:
        return (date.fromisoformat(data if isinstance(data, str) else "") - date(1970, 1, 1)).days
    except ValueError:
        raise QueryError(
            _("“%(field)s” must be a date or a time in ISO 8601, such as 2026-03-01, not “%(value)s”.")
            % {"field": "check_from", "value": values.shown(data)},
            field="check_from",
        ) from None


def _number(data: object, *, most: float, field: str) -> float:
    if isinstance(data, (int, float)) and not isinstance(data, bool) and 0 <= data <= most:
        return float(data)
    raise QueryError(
        _("“%(field)s” must be a number from 0 to %(most)s, not “%(value)s”.")
        % {"field": field, "most": f"{most:g}", "value": values.shown(data)},
        field=field,
    )


def _model(told: PurchaseModel, spending: SpendingModel) -> dict[str, object]:
    return {
        "r": told.r,
        "alpha": told.alpha,
        "a": told.a,
        "b": told.b,
        "log_likelihood": told.log_likelihood,
        "p": spending.p,
        "q": spending.q,
        "v": spending.v,
        "correlation": spending.correlation,
    }


def _draws(sample: NDArray[np.float64] | None) -> list[list[float]] | None:
    """Some of the parameters drawn, enough for the outlook of one customer."""
    return None if sample is None else [[float(f"{one:.6g}") for one in row] for row in sample[:_DRAWS_TOLD]]


def _hold_out(bought: Purchases, until: int, check_from: int | None) -> dict[str, object] | None:
    """What the time before a day (two thirds of all) tells of the rest, beside what happened."""
    first = int(bought.day.min())
    cut = first + (until - first) * 2 // 3 if check_from is None else check_from - 1
    seen = customers(bought, until=cut)
    if (seen.frequency > 0).sum() < ENOUGH or cut >= until:
        return None
    try:
        model = fit_bgnbd(frequency=seen.frequency, recency=seen.recency, age=seen.age)
    except ValueError:
        return None
    expected = np.asarray(
        model.expected_purchases(t=until - cut, frequency=seen.frequency, recency=seen.recency, age=seen.age)
    )
    later = bought.person[bought.day > cut]
    happened = np.searchsorted(later, seen.person, side="right") - np.searchsorted(later, seen.person)
    rows = []
    for number in range(_MOST_PURCHASES + 1):
        is_last = number == _MOST_PURCHASES
        chosen = seen.frequency >= number if is_last else seen.frequency == number
        if chosen.any():
            rows.append(
                {
                    "purchases": f"{number}+" if is_last else str(number),
                    "customers": int(chosen.sum()),
                    "predicted": float(expected[chosen].sum()),
                    "actual": int(happened[chosen].sum()),
                }
            )
    return {
        "from": _iso(cut + 1),
        "customers": len(seen),
        "predicted": float(expected.sum()),
        "actual": int(happened.sum()),
        "rows": rows,
    }


def _share(count: int, n: int) -> dict[str, object]:
    share = wilson(successes=count, n=n) if n else None
    return {
        "value": share.value if share else None,
        "ci": [share.low, share.high] if share else None,
        "count": count,
        "n": n,
    }


def _iso(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The cancelled states and the answers about money."""
    return repr((sorted(context.workspace.cancelled_states), money_terms(context.workspace)))


register(
    Kind(name="clv", fields=("horizon_days", "margin", "discount", "check_from"), run=clv, version=_version)
)
