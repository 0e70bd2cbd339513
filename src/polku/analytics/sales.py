"""Revenue as a tree: visitors × orders per visitor × average order, its uncertainty, and what moved it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from polku.analytics.money import MoneyTerms
from polku.eventstore.sales import Sales
from polku.statistics import Z95, Estimate, orders_per_visitor, revenue, two_proportions, welch
from polku.statistics.revenue import split_change

Floats = NDArray[np.float64]
FACTORS = ("visitors", "conversion", "average_order")
DRAWS = 2_000


@dataclass(frozen=True)
class Tree:
    """Of whoever is meant. `sales` are the counts it was made of; of nobody there is no conversion, of no order no
    average. An average of a single order has no interval."""

    sales: Sales
    conversion: Estimate | None
    average_order: Estimate | None
    revenue: Estimate | None

    @property
    def value(self) -> float:
        return self.sales.revenue


def tree(sales: Sales) -> Tree:
    """The factors with their intervals; their product is the revenue to the cent."""
    conversion = average = whole = None
    if sales.visitors:
        conversion = orders_per_visitor(
            visitors=sales.visitors, orders=sales.orders, squares=sales.repeat_squares
        )
    if sales.orders:
        average = _average(sales)
    if conversion is not None:
        whole = revenue(
            visitors=sales.visitors,
            conversion=conversion,
            average_order=average if average is not None else 0.0,
        )
    return Tree(sales, conversion, average, whole)


def document(found: Tree) -> dict[str, object]:
    """{"visitors", "conversion", "average_order", "revenue", "ci" and "n" of these, "orders", "buyers", "refunds"
    {"orders", "amount"}}. Visitors are counted, not estimated, so they have no interval; that of the revenue is what
    as many visitors may bring."""
    sales = found.sales
    return {
        "visitors": sales.visitors,
        "conversion": found.conversion.value if found.conversion else None,
        "average_order": found.average_order.value if found.average_order else None,
        "revenue": sales.revenue,
        "ci": {
            "visitors": None,
            "conversion": _ends(found.conversion),
            "average_order": _ends(found.average_order) if sales.orders > 1 else None,
            "revenue": _ends(found.revenue) if sales.orders > 1 else None,
        },
        "n": {
            "visitors": sales.visitors,
            "conversion": sales.visitors,
            "average_order": sales.orders,
            "revenue": sales.orders,
        },
        "orders": sales.orders,
        "buyers": sales.buyers,
        "refunds": {"orders": sales.refunds, "amount": sales.refunded},
    }


def change(now: Tree, before: Tree) -> dict[str, object]:
    """{"visitors", "conversion", "average_order", "total", "ci"}: how much of the revenue's change each factor made, in
    money, by Shapley; the three sum to the total. "ci" is of each, from draws of conversion and average order."""
    parts = split_change(*_known(now, before))
    total = now.value - before.value
    first, second = _draws(before, seed=0), _draws(now, seed=1)
    drawn = split_change(first, second)
    ends = {name: _percentiles(part) for name, part in zip(FACTORS, drawn, strict=True)}
    ends["total"] = _percentiles(np.prod(second, axis=0) - np.prod(first, axis=0))
    is_unsure = min(now.sales.orders, before.sales.orders) > 1
    return {
        **{name: float(part) for name, part in zip(FACTORS, parts, strict=True)},
        "total": total,
        "ci": {name: each if is_unsure else None for name, each in ends.items()},
    }


def split_by_part(
    now: Tree, before: Tree, parts: Sequence[tuple[Tree, Tree]], *, shared: bool
) -> list[dict[str, float]]:
    """Of each part (now, before) {"visitors", "mix", "conversion", "average_order", "total"}: the change of its revenue
    by what moved it.

    A part's revenue is all visitors × its share of them × its conversion × its average order: "visitors" is what came
    of there being more or fewer in all, "mix" of another share of them being in this part. All numbers of all parts sum
    to the whole change. With `shared` visitors (parts of orders) each part has all of them, and nothing is mix.
    """
    found = []
    for after, earlier in parts:
        known_before, known_now = _known(after, earlier)
        sides: list[tuple[float, ...]] = []
        for whole, part, known in ((before, earlier, known_before), (now, after, known_now)):
            people = whole.sales.visitors
            share = 1.0 if shared else part.sales.visitors / people if people else 0.0
            sides.append((float(people), share, known[1], known[2]))
        if not shared:
            sides = _shares_known(sides[0], sides[1])
        split = split_change(*sides)
        names = ("visitors", "mix", "conversion", "average_order")
        found.append(
            {**dict(zip(names, map(float, split), strict=True)), "total": after.value - earlier.value}
        )
    return found


def conversion_change(now: Sales, before: Sales) -> Estimate | None:
    """The difference of the two conversions: Newcombe's, or where people ordered more than once, Welch's."""
    if not now.visitors or not before.visitors:
        return None
    if now.orders == now.repeat_squares and before.orders == before.repeat_squares:
        return two_proportions(successes=(before.orders, now.orders), n=(before.visitors, now.visitors))
    if min(now.visitors, before.visitors) < 2:
        return None
    return welch(
        mean=(before.orders / before.visitors, now.orders / now.visitors),
        variance=(
            _variance(before.orders, before.repeat_squares, before.visitors),
            _variance(now.orders, now.repeat_squares, now.visitors),
        ),
        n=(before.visitors, now.visitors),
    )


def order_change(now: Sales, before: Sales) -> Estimate | None:
    """The difference of the two average orders (Welch)."""
    if min(now.orders, before.orders) < 2:
        return None
    return welch(
        mean=(before.revenue / before.orders, now.revenue / now.orders),
        variance=(
            _variance(before.revenue, before.order_squares, before.orders),
            _variance(now.revenue, now.order_squares, now.orders),
        ),
        n=(before.orders, now.orders),
    )


def knows_refunds(since: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    """Whether refunds are known of most of a range, the oldest order that was ever refunded being of `since`."""
    if since is None or start is None or end is None:
        return False
    return since <= start + (end - start) / 2


def margin_of(terms: MoneyTerms, value: float, *, refunds_known: bool) -> float:
    """What is left of the value of orders. What comes back is taken off once: where refunds are known they are off
    `value` already (decision 47), else it is the whole value of the orders, and the answered share comes off."""
    return terms.sales_without_vat(value) * terms.margin if refunds_known else terms.margin_of(value)


def added(some: Sequence[Sales], *, shared: bool) -> Sales:
    """Parts as one; with `shared` visitors these are the same people."""
    if not some:
        return Sales()
    sums = {field.name: sum(getattr(each, field.name) for each in some) for field in fields(Sales)}
    if shared:
        sums |= {name: max(getattr(each, name) for each in some) for name in ("visitors", "daily")}
    return Sales(**{**sums, "revenue": round(sums["revenue"], 2), "refunded": round(sums["refunded"], 2)})


def _average(sales: Sales) -> Estimate:
    mean = sales.revenue / sales.orders
    error = 0.0
    if sales.orders > 1:
        error = math.sqrt(_variance(sales.revenue, sales.order_squares, sales.orders) / sales.orders)
    return Estimate(
        value=mean,
        low=max(0.0, mean - Z95 * error),
        high=mean + Z95 * error,
        n=sales.orders,
        method="mean",
        standard_error=error,
    )


def _variance(total: float, squares: float, n: int) -> float:
    return max(0.0, (squares - total * total / n) / (n - 1)) if n > 1 else 0.0


def _ends(estimate: Estimate | None) -> list[float] | None:
    return [estimate.low, estimate.high] if estimate else None


def _known(now: Tree, before: Tree) -> tuple[list[float], list[float]]:
    """(before, now) as factors. Where a side has nobody, or nobody who bought, nothing is known of its conversion or
    average order: it then counts as having been as on the other side, and what is new was made by there being people,
    or orders, at all."""
    sides = []
    for own, other in ((before, now), (now, before)):
        conversion = own.conversion or other.conversion
        average = own.average_order or other.average_order
        sides.append(
            [
                float(own.sales.visitors),
                conversion.value if conversion else 0.0,
                average.value if average else 0.0,
            ]
        )
    return sides[0], sides[1]


def _shares_known(first: Sequence[float], second: Sequence[float]) -> list[tuple[float, ...]]:
    """Where there was nobody at all on a side, each part's share of them counts as on the other."""
    sides = [list(first), list(second)]
    for own, other in ((0, 1), (1, 0)):
        if not sides[own][0]:
            sides[own][1] = sides[other][1]
    return [tuple(side) for side in sides]


def _draws(found: Tree, *, seed: int) -> list[Floats]:
    """Visitors as counted, and draws of what conversion and average order may really be: of gammas with their mean and
    standard error, which are never below zero."""
    chance = np.random.default_rng(seed)
    drawn: list[Floats] = [np.full(DRAWS, float(found.sales.visitors))]
    for estimate in (found.conversion, found.average_order):
        drawn.append(_gamma(estimate, chance))
    return drawn


def _gamma(estimate: Estimate | None, chance: np.random.Generator) -> Floats:
    if estimate is None or not estimate.value:
        return np.zeros(DRAWS)
    error = estimate.standard_error or 0.0
    if not error:
        return np.full(DRAWS, estimate.value)
    shape = (estimate.value / error) ** 2
    return np.asarray(chance.gamma(shape, estimate.value / shape, DRAWS))


def _percentiles(draws: Floats) -> list[float]:
    low, high = np.percentile(draws, [2.5, 97.5])
    return [float(low), float(high)]
