"""The order book: web, phone and till in one, with the state each order had when the window ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.simulation.catalogue import STORES
from polku.simulation.clock import Seconds, Window, day_of
from polku.simulation.fulfilment import Counter, Orders
from polku.simulation.population import Flags, Identity, Numbers, Population, Texts
from polku.simulation.rows import message_ids, person_ids
from polku.simulation.schema import ORDERS
from polku.simulation.shopping import Trips

_METHODS = np.array(["nouto myymälästä", "pakettiautomaatti", "kotiinkuljetus"], dtype=object)
_NO_DAY = -1


@dataclass(frozen=True)
class Ledger:
    """First the orders of `Orders` in their order, then what was bought at the till."""

    ids: Texts
    person: Numbers
    time: Seconds
    value: NDArray[np.float64]
    status: Texts
    promised: Numbers  # −1: no promise
    delivered: Numbers  # −1: not yet
    channel: Texts
    device: Numbers  # −1: not bought on the web
    properties: Texts
    shown: Flags


def open_ledger(trips: Trips, orders: Orders, counter: Counter, window: Window, began: Numbers) -> Ledger:
    """All orders of the world; `shown` are those of trips in the window placed before its end."""
    till = np.flatnonzero(counter.bought)
    time = np.concatenate([orders.time, counter.time[till] + 120])
    person = np.concatenate([orders.person, counter.person[till]])
    trip = np.concatenate([orders.trip, counter.trip[till]])
    end = window.end
    arrived = ~orders.cancelled & (orders.arrives < end)
    status = np.select(
        [
            orders.cancelled & (orders.cancel_time < end),
            orders.returned & (orders.return_received < end),
            arrived,
            ~orders.cancelled & (orders.tracking_time < end),
        ],
        ["cancelled", "returned", "delivered", "shipped"],
        "processing",
    ).astype(object)
    bought = np.full(len(till), "delivered", dtype=object)
    handed_over = day_of(counter.time[till])
    device = trips.order_device[orders.trip]
    channel = np.where(orders.by_phone, "phone", np.where(device == 1, "web", "mobile")).astype(object)
    store = np.array([f'{{"store":"{name}"}}' for name in STORES], dtype=object)
    method = np.array([f'{{"delivery":"{name}"}}' for name in _METHODS], dtype=object)
    rank = np.empty(len(time), dtype=np.int64)
    rank[np.argsort(time, kind="stable")] = np.arange(len(time))
    return Ledger(
        ids=np.array([f"T{500_000 + 3 * number}" for number in rank.tolist()], dtype=object),
        person=person,
        time=time,
        value=np.concatenate([orders.value, counter.value[till]]),
        status=np.concatenate([status, bought]),
        promised=np.concatenate([orders.promised, np.full(len(till), _NO_DAY)]),
        delivered=np.concatenate([np.where(arrived, day_of(orders.arrives), _NO_DAY), handed_over]),
        channel=np.concatenate([channel, np.full(len(till), "store", dtype=object)]),
        device=np.concatenate([np.where(orders.by_phone, -1, device), np.full(len(till), -1)]),
        properties=np.concatenate([method[orders.method], store[counter.store[till]]]),
        shown=(time < end) & (began[trip] >= window.first_day),
    )


def orders_table(ledger: Ledger, *, window: Window, people: Population, rng: np.random.Generator) -> pa.Table:
    """The orders shown, in order of time, as a table of `ORDERS`."""
    at = np.flatnonzero(ledger.shown)
    at = at[np.argsort(ledger.time[at], kind="stable")]
    return pa.table(
        [
            message_ids(rng, len(at)),
            pa.array(ledger.ids[at], type=pa.string()),
            person_ids(people, ledger.person[at], np.full(len(at), Identity.CUSTOMER)),
            pa.array(window.to_utc(ledger.time[at])),
            pa.array(ledger.value[at]),
            pa.array(ledger.status[at], type=pa.string()),
            _days(window, ledger.promised[at]),
            _days(window, ledger.delivered[at]),
            pa.array(ledger.channel[at], type=pa.string()),
            pa.nulls(len(at), pa.string()),
            pa.array(ledger.properties[at], type=pa.string()),
        ],
        schema=ORDERS,
    )


def _days(window: Window, days: Numbers) -> pa.Array:
    return pa.array(window.to_dates(days), mask=days == _NO_DAY, type=pa.date32())
