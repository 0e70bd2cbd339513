"""What the revenue would be with other visitors, conversion or average order: arithmetic that keeps what is unsure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polku.decide.revenue.moved import FACTORS
from polku.statistics import Estimate, revenue, wilson
from polku.statistics.revenue import split_change

EXAMPLE = (10_000.0, 0.02, 120.0)
"""Where one starts as long as nothing was received."""


@dataclass(frozen=True)
class Factors:
    """`conversion` is orders per visitor, `average_order` money."""

    visitors: float
    conversion: float
    average_order: float

    @property
    def values(self) -> tuple[float, float, float]:
        return self.visitors, self.conversion, self.average_order


@dataclass(frozen=True)
class Present:
    """What is measured: the factors, what is unsure of conversion and average order (shares of them, below and above),
    the number of orders they rest on, and what of the revenue is margin (None: not answered)."""

    factors: Factors
    conversion: tuple[float, float] | None
    average_order: tuple[float, float] | None
    orders: int
    margin: float | None


@dataclass(frozen=True)
class WhatIf:
    """`before` and `after` are revenues with their intervals; `change` is as `sales.change` has it. What is unsure of
    today's conversion and average order is as unsure of the changed ones, as a share. `knows_orders` is False where it
    is not known how much orders differ from each other: the interval then holds the conversion only."""

    before: Estimate
    after: Estimate
    change: Mapping[str, Any]
    knows_orders: bool


def present_of(answer: Mapping[str, Any], margin: float | None) -> Present | None:
    """What an answer of the kind `revenue` says of today; None where nothing was sold to anybody. `margin` is the share
    that is left of an order's value where the answer itself has none."""
    if not answer["visitors"] or not answer["orders"] or not answer["revenue"]:
        return None
    factors = Factors(float(answer["visitors"]), answer["conversion"], answer["average_order"])
    share = margin if answer["margin"] is None else answer["margin"] / answer["revenue"]
    return Present(
        factors,
        _arms(answer["ci"]["conversion"], factors.conversion),
        _arms(answer["ci"]["average_order"], factors.average_order),
        answer["orders"],
        share,
    )


def what_if(today: Factors, changed: Factors, present: Present | None) -> WhatIf:
    """`today` may be what was measured (`present`) or what somebody wrote. No visitors make no revenue."""
    conversion = _unsure_conversion(today, present)
    order = _unsure_order(today, present)
    before = _revenue(today, conversion, order)
    after = _revenue(changed, conversion, order)
    parts = split_change(today.values, changed.values)
    # Both sides are unsure of the same shares, so each part is of as much of itself as the whole.
    low, high = (before.low / before.value, before.high / before.value) if before.value else (1.0, 1.0)
    amounts = dict(zip(FACTORS, parts, strict=True)) | {"total": after.value - before.value}
    ends = {name: sorted((amount * low, amount * high)) for name, amount in amounts.items()}
    return WhatIf(before, after, {**amounts, "ci": ends}, order is not None)


def _unsure_conversion(today: Factors, present: Present | None) -> tuple[float, float]:
    if present is not None and present.conversion is not None and _is_same(today, present):
        return present.conversion
    visitors = max(1, round(today.visitors))
    share = wilson(successes=min(visitors, round(today.visitors * today.conversion)), n=visitors)
    return _arms([share.low, share.high], share.value) or (0.0, 0.0)


def _unsure_order(today: Factors, present: Present | None) -> tuple[float, float] | None:
    """Orders differ from each other as they do by what was measured; of more of them the mean is surer."""
    if present is None or present.average_order is None:
        return None
    if _is_same(today, present):
        return present.average_order
    orders = max(1.0, today.visitors * today.conversion)
    closer = math.sqrt(present.orders / orders)
    below, above = present.average_order
    return min(1.0, below * closer), above * closer


def _is_same(today: Factors, present: Present) -> bool:
    return today == present.factors


def _arms(ends: list[float] | None, value: float) -> tuple[float, float] | None:
    """How far an interval reaches below and above its value, as shares of it."""
    if ends is None or not value:
        return None
    return (value - ends[0]) / value, (ends[1] - value) / value


def _revenue(
    factors: Factors, conversion: tuple[float, float], order: tuple[float, float] | None
) -> Estimate:
    if factors.visitors < 1:
        return Estimate(value=0.0, low=0.0, high=0.0, n=0, method="product")
    return revenue(
        visitors=factors.visitors,
        conversion=_estimate(factors.conversion, conversion, int(factors.visitors)),
        average_order=_estimate(factors.average_order, order, 1) if order else factors.average_order,
    )


def _estimate(value: float, arms: tuple[float, float], n: int) -> Estimate:
    return Estimate(
        value=value, low=value * (1 - arms[0]), high=value * (1 + arms[1]), n=n, method="as today"
    )
