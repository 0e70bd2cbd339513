"""Questions about what was sold: who was seen, who ordered, for how much. Part of the store's port.

*Seen* is who has an order in the scope, or an event that is the person's own doing: one with a page's address, or one
that is about no order (a parcel on its way, or a refund, is not a visit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from polku.eventstore.port import Scope

REFUND = "Order Refunded"
"""The event that an order was paid back, wholly or in part: `order`, and in `value` how much, above 0."""


@dataclass(frozen=True)
class SalesQuestion:
    """Orders in one of the states `void` count for nothing, and events named in `unseen` are no visit. Refunds that
    came before `refunded_until` (naive UTC; None: all) lessen the order they belong to, at most to nothing.

    `breakdown` tells parts apart. A property of the order divides the orders, and every part has all the people seen.
    Any other divides people, who have their value from the "first" or the "last" of their signals in the scope
    that has one, and take their orders with them. `most` parts are told, the others as one. With `only_first` of each
    person no order counts but the first one ever.
    """

    void: frozenset[str] = frozenset()
    unseen: Sequence[str] = ()
    refunded_until: datetime | None = None
    breakdown: str | None = None
    attribution: Literal["first", "last"] = "first"
    most: int = 1_000
    only_first: bool = False


@dataclass(frozen=True)
class Sales:
    """Of everybody, or of one part.

    `visitors` are people seen; those known for a day only, by an id without cookies, stand in `daily` instead, but for
    who ordered. `buyers` of them have `orders` with a known value, of the sum `revenue` when `refunded` was taken off,
    which `refunds` of the orders had. `order_squares` is the sum of the squared values, `repeat_squares` that of each
    buyer's squared number of orders: what variances need.
    """

    visitors: int = 0
    daily: int = 0
    buyers: int = 0
    orders: int = 0
    repeat_squares: int = 0
    revenue: float = 0.0
    order_squares: float = 0.0
    refunds: int = 0
    refunded: float = 0.0


@dataclass(frozen=True)
class SalesPart:
    """`key` is None where the value is not known; `is_others`: all that are not among the `most`."""

    key: str | None
    sales: Sales
    is_others: bool = False


@dataclass(frozen=True)
class SalesAnswer:
    """`parts` by revenue, then visitors, the most first. `unpriced` orders have no value, or one below 0, and are
    nowhere else. `refunds_since` is the time of the oldest order that was ever refunded: of earlier ones it is not
    known what came back."""

    total: Sales
    parts: tuple[SalesPart, ...] = ()
    unpriced: int = 0
    refunds_since: datetime | None = None


@dataclass(frozen=True)
class Refunded:
    """What came back: `refunded` of the `sold` value of `orders` orders, `refunds` of which had a refund."""

    orders: int
    refunds: int
    sold: float
    refunded: float


class SalesQuestions(Protocol):
    """The part of the port that questions about revenue ask."""

    def sales(self, workspace: str, scope: Scope, question: SalesQuestion) -> SalesAnswer:
        """Raises QuestionTooSlow as every question does."""

    def refunded(self, workspace: str, scope: Scope, question: SalesQuestion) -> Refunded | None:
        """What came back of the scope's orders since the oldest order with a refund; None where there is none at all.
        Of `question`, `void` and `refunded_until` count."""
