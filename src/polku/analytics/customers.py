"""From orders to customers: how often each bought, when last, since when, and for how much.

Orders of one calendar day (in the workspace's zone) are one purchase. Orders without a time or a customer, and those in
a cancelled state, are none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


@dataclass(frozen=True)
class Purchases:
    """One row for each person and day with an order, by person, then day: `person`, `day` (since 1970), `value` of the
    day's orders (NaN where none tells it)."""

    person: Days
    day: Days
    value: Floats

    def until(self, day: int) -> Purchases:
        """Those of days up to `day`, itself included."""
        kept = self.day <= day
        return Purchases(self.person[kept], self.day[kept], self.value[kept])


@dataclass(frozen=True)
class Customers:
    """One row for each who bought, in days: `frequency` purchases after the first, `recency` from the first to the
    last, `age` from the first to the day that was asked; `mean_value` of the later purchases whose value is known and
    above 0, 0 where there is none. `person` are the store's numbers."""

    person: Days
    first: Days
    frequency: Floats
    recency: Floats
    age: Floats
    mean_value: Floats

    def __len__(self) -> int:
        return len(self.person)

    def of(self, kept: NDArray[np.bool_]) -> Customers:
        """Those of them who are `kept`."""
        return Customers(
            self.person[kept],
            self.first[kept],
            self.frequency[kept],
            self.recency[kept],
            self.age[kept],
            self.mean_value[kept],
        )

    @property
    def have_value(self) -> NDArray[np.bool_]:
        """Who bought again for something."""
        return np.asarray((self.frequency > 0) & (self.mean_value > 0))


def purchases(orders: pa.Table, *, timezone: str, cancelled: Collection[str]) -> Purchases:
    """From the columns `person`, `time` (UTC), `value`, `status` of `EventStore.orders`."""
    kept = pc.and_(pc.is_valid(orders["person"]), pc.is_valid(orders["time"]))
    if cancelled:
        states = pa.array(sorted(cancelled), pa.string())
        is_void = pc.fill_null(pc.is_in(orders["status"].cast(pa.string()), value_set=states), False)
        kept = pc.and_(kept, pc.invert(is_void))
    table = orders.filter(kept)
    days = local_days(table["time"], timezone)
    person = table["person"].to_numpy().astype(np.int64)
    value = table["value"].cast(pa.float64()).to_numpy(zero_copy_only=False)
    order = np.lexsort((days, person))
    person, days, value = person[order], days[order], value[order]
    if not len(person):
        return Purchases(person, days, value)
    starts = np.flatnonzero(np.append(True, (np.diff(person) != 0) | (np.diff(days) != 0)))
    sums = np.add.reduceat(np.nan_to_num(value), starts)
    known = np.add.reduceat((~np.isnan(value)).astype(np.int64), starts)
    return Purchases(person[starts], days[starts], np.where(known > 0, sums, np.nan))


def customers(bought: Purchases, *, until: int) -> Customers:
    """Everybody who bought up to the day `until`, by person."""
    seen = bought.until(until)
    starts = np.flatnonzero(np.append(True, np.diff(seen.person) != 0)) if len(seen.person) else seen.person
    counts = np.diff(np.append(starts, len(seen.person)))
    first, last = seen.day[starts], seen.day[starts + counts - 1]
    # The first purchase tells how somebody became a customer, the later ones what they are like.
    is_later = np.ones(len(seen.person), dtype=bool)
    is_later[starts] = False
    counted = is_later & (np.nan_to_num(seen.value) > 0)
    place = np.repeat(np.arange(len(starts)), counts)
    sums = np.bincount(place, weights=np.where(counted, seen.value, 0.0), minlength=len(starts))
    numbers = np.bincount(place, weights=counted, minlength=len(starts))
    return Customers(
        person=seen.person[starts],
        first=first,
        frequency=(counts - 1).astype(np.float64),
        recency=(last - first).astype(np.float64),
        age=(until - first).astype(np.float64),
        mean_value=np.divide(sums, numbers, out=np.zeros(len(starts)), where=numbers > 0),
    )


def local_days(times: pa.ChunkedArray, timezone: str) -> Days:
    """The calendar days (since 1970) of moments in UTC, in the zone."""
    moments = pc.assume_timezone(times.cast(pa.timestamp("us")), "UTC").cast(pa.timestamp("us", timezone))
    local = pc.local_timestamp(moments).cast(pa.date32()).cast(pa.int32())
    return local.to_numpy(zero_copy_only=False).astype(np.int64)


def day_of(moment: datetime, timezone: str) -> int:
    """The calendar day of a moment (naive UTC) in the zone, since 1970."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()
    return (local - datetime(1970, 1, 1).date()).days
