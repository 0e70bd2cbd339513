"""Revenue as visitors × conversion × average order, and what moved it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from polku.statistics.estimate import Estimate
from polku.statistics.proportions import wilson

Triple = tuple[float, float, float]
"""(visitors, conversion 0–1, average order in money)."""


def revenue(
    *, visitors: float, conversion: float, average_order: float | Estimate, confidence: float = 0.95
) -> Estimate:
    """Visitors × conversion × average order, in the unit of the average order.

    `conversion` is a share 0–1. The interval carries the uncertainty of the conversion (Wilson, the visitors being its
    trials) and, where `average_order` is an Estimate, of the average order: the relative half-widths of the two, above
    and below, are combined as of independent factors. `n` is the visitors. ValueError for negative or infinite input,
    a conversion above 1, or no visitors.
    """
    visitors, conversion, order = _checked(
        (
            visitors,
            conversion,
            average_order.value if isinstance(average_order, Estimate) else average_order,
        )
    )
    if visitors < 1:
        raise ValueError("there are no visitors: n must be at least 1")
    buyers = visitors * conversion
    value = buyers * order
    share = _share(buyers, visitors, confidence)
    below, above = conversion - share.low, share.high - conversion
    order_below = order_above = 0.0
    if isinstance(average_order, Estimate):
        order_below, order_above = order - average_order.low, average_order.high - order
    return Estimate(
        value=value,
        low=max(0.0, value - visitors * math.hypot(below * order, order_below * conversion)),
        high=value + visitors * math.hypot(above * order, order_above * conversion),
        n=int(visitors),
        method="product",
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
    parts = [0.0, 0.0, 0.0]
    orders = list(itertools.permutations(range(3)))
    for order in orders:
        now = list(first)
        for factor in order:
            value = math.prod(now)
            now[factor] = second[factor]
            parts[factor] += math.prod(now) - value
    visitors, conversion, average_order = (part / len(orders) for part in parts)
    return RevenueChange(visitors, conversion, average_order, math.prod(second) - math.prod(first))


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
