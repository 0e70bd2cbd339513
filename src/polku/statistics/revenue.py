"""Revenue as visitors × conversion × average order, and what moved it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from polku.statistics.checks import whole, z_of
from polku.statistics.estimate import Estimate
from polku.statistics.proportions import wilson

Triple = tuple[float, float, float]
"""(visitors, conversion 0–1, average order in money)."""

Factor = TypeVar("Factor", float, NDArray[np.float64])


def revenue(
    *,
    visitors: float,
    conversion: float | Estimate,
    average_order: float | Estimate,
    confidence: float = 0.95,
) -> Estimate:
    """Visitors × conversion × average order, in the unit of the average order.

    `conversion` is a share 0–1. The interval carries the uncertainty of the conversion (Wilson, the visitors being its
    trials, or its own where it is an Estimate, as `orders_per_visitor` makes, which may exceed 1) and, where
    `average_order` is an Estimate, of the average order: the relative half-widths of the two, above and below, are
    combined as of independent factors. `n` is the visitors. ValueError for negative or infinite input, a conversion
    above 1 that is no Estimate, or no visitors.
    """
    per_visitor = conversion.value if isinstance(conversion, Estimate) else conversion
    visitors, _share_of_visitors, order = _checked(
        (
            visitors,
            min(per_visitor, 1.0) if isinstance(conversion, Estimate) else per_visitor,
            average_order.value if isinstance(average_order, Estimate) else average_order,
        )
    )
    if visitors < 1:
        raise ValueError("there are no visitors: n must be at least 1")
    buyers = visitors * per_visitor
    value = buyers * order
    share = conversion if isinstance(conversion, Estimate) else _share(buyers, visitors, confidence)
    below, above = per_visitor - share.low, share.high - per_visitor
    order_below = order_above = 0.0
    if isinstance(average_order, Estimate):
        order_below, order_above = order - average_order.low, average_order.high - order
    return Estimate(
        value=value,
        low=max(0.0, value - visitors * math.hypot(below * order, order_below * per_visitor)),
        high=value + visitors * math.hypot(above * order, order_above * per_visitor),
        n=int(visitors),
        method="product",
    )


def orders_per_visitor(
    *, visitors: int, orders: int, squares: int | None = None, confidence: float = 0.95
) -> Estimate:
    """Orders for each visitor: the conversion that, times visitors and average order, is the revenue.

    `squares` is the sum over visitors of their squared number of orders; None says that nobody ordered twice. Without
    repeats it is a share with Wilson's interval. With repeats orders come in clusters, and the interval is that of the
    mean of the visitors' numbers on the log scale, value · exp(±z·s/(value·√n)); the value may exceed 1. ValueError for
    no visitors, more orders than visitors without `squares`, or squares that no numbers of orders have.
    """
    whole("visitors", visitors, least=1)
    whole("orders", orders)
    if squares is None or squares == orders:
        return wilson(successes=orders, n=visitors, confidence=confidence)
    if squares < orders or squares * visitors < orders * orders:
        raise ValueError(f"no {visitors} visitors with {orders} orders have squares of {squares}")
    mean = orders / visitors
    error = math.sqrt(max(squares / visitors - mean * mean, 0.0) / visitors)
    factor = math.exp(z_of(confidence) * error / mean)
    return Estimate(
        value=mean,
        low=mean / factor,
        high=mean * factor,
        n=visitors,
        method="log-mean",
        standard_error=error,
    )


@dataclass(frozen=True)
class RevenueChange:
    """How much of a change each factor made, in money; the parts sum to `total`."""

    visitors: float
    conversion: float
    average_order: float
    total: float


def revenue_change(*, before: Sequence[float], after: Sequence[float]) -> RevenueChange:
    """The change of revenue, shared out among its factors by Shapley: each gets the mean of what changing it adds over
    all orders in which the three may be changed.

    `before` and `after` are (visitors, conversion, average order). ValueError as in `revenue`, but for visitors, who
    may be none.

    Source: Shapley, L. S. (1953), "A value for n-person games", Contributions to the Theory of Games II, 307–317.
    """
    if len(before) != 3 or len(after) != 3:
        raise ValueError("before and after must be (visitors, conversion, average order)")
    first, second = _checked(tuple(before)), _checked(tuple(after))
    visitors, conversion, average_order = (float(part) for part in split_change(first, second))
    return RevenueChange(visitors, conversion, average_order, math.prod(second) - math.prod(first))


def split_change(before: Sequence[Factor], after: Sequence[Factor]) -> list[Factor]:
    """The change of a product of any factors, shared out among them by Shapley. The factors may be arrays of one
    length, whose changes are then split each for itself; the parts sum to the change."""
    orders = list(itertools.permutations(range(len(before))))
    parts: list[Factor] = [0.0 * factor for factor in before]
    for order in orders:
        now = list(before)
        for factor in order:
            value = math.prod(now)
            now[factor] = after[factor]
            parts[factor] = parts[factor] + (math.prod(now) - value) / len(orders)
    return parts


def _checked(triple: tuple[float, ...]) -> Triple:
    visitors, conversion, order = (float(value) for value in triple)
    for name, value in (("visitors", visitors), ("conversion", conversion), ("average_order", order)):
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name} must be a finite number of at least 0, not {value!r}")
    if conversion > 1:
        raise ValueError(f"conversion is a share and must not exceed 1, not {conversion!r}")
    return visitors, conversion, order


def _share(buyers: float, visitors: float, confidence: float) -> Estimate:
    """Wilson for numbers that a product made, and which are whole but for rounding."""
    n = max(1, round(visitors))
    return wilson(successes=min(n, round(buyers)), n=n, confidence=confidence)
