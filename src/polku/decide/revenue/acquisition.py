"""What a visitor and a new customer cost, by source, where it is known what was spent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics.kinds.revenue import NO_VISITS
from polku.analytics.money import MoneyTerms, money_terms
from polku.analytics.periods import CUSTOM, Period
from polku.analytics.ranges import parse_range
from polku.analytics.sales import added, knows_refunds, margin_of, tree
from polku.analytics.spend import spend_by_source
from polku.eventstore.port import Scope
from polku.eventstore.registry import store
from polku.eventstore.sales import Sales, SalesQuestion
from polku.statistics import Estimate, poisson_rate

SOURCE = "traffic_source"
"""The property of visits that spend is matched with, letters' case aside."""


@dataclass(frozen=True)
class SourceCost:
    """Of one source, or of all. `spend` is in the workspace's currency, None where nothing was entered of the source.

    `visitors` are people whose first signal of the period that tells a source told this one, `customers` those of them
    whose first order ever lies in the period. `per_visitor` and `per_customer` are money, with the interval that the
    count leaves (Garwood's, turned over); None without spend or where nobody came. `first_order` is the mean value of
    those first orders and `first_margin` what is left of it, None before the questions about money were answered.
    """

    source: str | None
    spend: float | None
    visitors: int
    customers: int
    per_visitor: Estimate | None
    per_customer: Estimate | None
    first_order: Estimate | None
    first_margin: Estimate | None

    @property
    def pays_back(self) -> bool | None:
        """Whether the margin of the first order is above the cost of a new customer; None where that is not clear: the
        intervals overlap, or something is not known."""
        cost, margin = self.per_customer, self.first_margin
        if cost is None or margin is None or margin.n < 2:
            return None
        if margin.low > cost.high:
            return True
        return False if margin.high < cost.low else None


@dataclass(frozen=True)
class Acquisition:
    """`rows` by spend, the most first, then sources without; `total` of the sources on which something was spent, so
    that visitors who cost nothing do not make the others look cheap. `unmatched` are names of spend that no visit
    told."""

    rows: tuple[SourceCost, ...]
    total: SourceCost
    unmatched: tuple[str, ...]

    @property
    def has_spend(self) -> bool:
        return bool(self.total.spend)


def acquisition(workspace: Workspace, *, first: dt.date, last: dt.date) -> Acquisition:
    """The costs of the calendar days from `first` to `last`, both included. One read of the store and two of the
    database. Raises StoreError as every question does."""
    with scope(workspace=workspace):
        spend = spend_by_source(workspace, first, last + dt.timedelta(days=1))
    start, end = parse_range(Period(CUSTOM, first, last).range(workspace.timezone), workspace.timezone)
    question = SalesQuestion(
        void=frozenset(workspace.cancelled_states), unseen=NO_VISITS, breakdown=SOURCE, only_first=True
    )
    asked = Scope(start=start, end=end, timezone=workspace.timezone)
    answer = store().sales(workspace.key.hex, asked, question)
    return costs(
        spend,
        {part.key: part.sales for part in answer.parts if not part.is_others},
        money_terms(workspace),
        refunds_known=knows_refunds(answer.refunds_since, start, end),
    )


def costs(
    spend: Mapping[str, float],
    sales: Mapping[str | None, Sales],
    terms: MoneyTerms | None,
    *,
    refunds_known: bool = False,
) -> Acquisition:
    """Spend by source beside what visits and first orders tell by source. Where refunds are not known of the period,
    those few that came are not taken off, because the answered share is."""
    if not refunds_known:
        sales = {key: replace(each, revenue=each.revenue + each.refunded) for key, each in sales.items()}

    def cost(source: str | None, amount: float | None, of: Sales) -> SourceCost:
        return _cost(source, amount, of, terms, refunds_known)

    named = _by_name(spend)
    seen: dict[str, str | None] = {(key or "").casefold(): key for key in sales}
    rows = [cost(key, named.get((key or "").casefold(), (None, None))[1], sales[key]) for key in sales]
    missing = [name for folded, (name, _amount) in named.items() if folded not in seen]
    rows += [cost(name, named[name.casefold()][1], Sales()) for name in missing]
    rows.sort(key=lambda row: (-(row.spend or 0), -row.customers, -row.visitors, row.source or ""))
    paid = [sales[key] for folded, key in seen.items() if folded and folded in named]
    total = cost(None, sum(spend.values()), added(paid, shared=False))
    return Acquisition(tuple(rows), total, tuple(sorted(missing)))


def _by_name(spend: Mapping[str, float]) -> dict[str, tuple[str, float]]:
    """Names without regard to capital letters → (a name as it was written, the sum)."""
    found: dict[str, tuple[str, float]] = {}
    for name, amount in spend.items():
        known = found.get(name.casefold())
        found[name.casefold()] = (known[0] if known else name, amount + (known[1] if known else 0.0))
    return found


def _cost(
    source: str | None, spend: float | None, sales: Sales, terms: MoneyTerms | None, refunds_known: bool
) -> SourceCost:
    first = tree(sales).average_order
    return SourceCost(
        source=source,
        spend=spend,
        visitors=sales.visitors,
        customers=sales.buyers,
        per_visitor=_for_each(spend, sales.visitors),
        per_customer=_for_each(spend, sales.buyers),
        first_order=first,
        first_margin=_margin(first, terms, refunds_known),
    )


def _for_each(spend: float | None, count: int) -> Estimate | None:
    """What one cost, if as many as came might as well have been a few more or fewer."""
    if not spend or not count:
        return None
    rate = poisson_rate(count=count, exposure=1, per=1)
    return Estimate(
        value=spend / count,
        low=spend / rate.high,
        high=spend / rate.low,
        n=count,
        method="Garwood, inverted",
    )


def _margin(order: Estimate | None, terms: MoneyTerms | None, refunds_known: bool) -> Estimate | None:
    if order is None or terms is None:
        return None
    value, low, high = (
        margin_of(terms, each, refunds_known=refunds_known) for each in (order.value, order.low, order.high)
    )
    return Estimate(value=value, low=low, high=high, n=order.n, method=order.method)
