"""What came in, in the order in which it did: for those who act on signals soon after they came. Part of the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from polku.eventstore.port import Selector

ARRIVED = pa.schema(
    [
        pa.field("arrival", pa.int64(), nullable=False),
        pa.field("selectors", pa.int64(), nullable=False),  # bit k is set where selector k takes the signal
        pa.field("time", pa.timestamp("us"), nullable=False),  # UTC
        pa.field("kind", pa.uint8(), nullable=False),  # SignalKind
        pa.field("name", pa.string(), nullable=False),
        pa.field("person", pa.int64(), nullable=False),
        pa.field("order", pa.string()),  # the order's id
        pa.field("channel", pa.string()),
        pa.field("ids", pa.list_(pa.string()), nullable=False),  # all ids of the person, the oldest first
        pa.field("kinds", pa.list_(pa.string()), nullable=False),  # IdKind of each
        pa.field("traits", pa.string()),  # of the person, as one JSON object
    ]
)
"""Signals with whom they are of, as the store knows them at the moment of asking."""

MOST_SELECTORS = 62
MOST_LOOKED_AT = 500_000
"""Arrivals that one question goes through, so that it never takes long."""


@dataclass(frozen=True)
class SignalsAfter:
    """Rows of ARRIVED in order of arrival, and `last`: the arrival number up to which it was looked.

    Where `last` is less than the newest arrival there may be more: ask again with `after=last`.
    """

    rows: pa.Table
    last: int


class Arrivals(Protocol):
    """Arrival numbers grow with each signal and are never given again. An order has one signal, which keeps its
    number when later rows tell the order anew."""

    def newest_arrival(self, workspace: str) -> int:
        """The highest number that was given to a signal so far; 0 before the first."""

    def signals_after(
        self, workspace: str, *, after: int, selectors: Sequence[Selector], limit: int = 10_000
    ) -> SignalsAfter:
        """What arrived after number `after` and any of the selectors takes, at most `limit` rows, and looking at no
        more than MOST_LOOKED_AT arrivals. Without selectors there are no rows. Of a person that was merged since the
        signals are the survivor's. Raises StoreError for more than MOST_SELECTORS."""

    def signals_between(
        self,
        workspace: str,
        *,
        start: datetime | None,
        end: datetime | None,
        selectors: Sequence[Selector],
        limit: int,
    ) -> pa.Table:
        """Rows of ARRIVED whose time is from `start` on and before `end` (naive UTC) and that any of the selectors
        takes, by time, then arrival; the first `limit` of them. Raises StoreError as `signals_after`."""
