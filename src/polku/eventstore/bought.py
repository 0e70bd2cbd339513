"""Customers by their purchases. Part of the store's port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa

TIMES, DAYS_AGO, SUM = "bought_times", "bought_days_ago", "bought_for"
PROPERTIES = (TIMES, DAYS_AGO, SUM)
"""Properties of people in a segment's rule that are counted from their orders: the number of purchases (days with an
order), the days from the last one to the end of the range (without an end, to the newest signal), and the sum."""


class BuyersOneByOne(Protocol):
    def orders_of(self, workspace: str, people: Sequence[int]) -> pa.Table:
        """The orders of these people, those without a time included: `person`, `time` (or null), `value`, `status`,
        in order of people and times."""
