"""The funnel kernel on real orders, whose known answers were computed by others."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from polku.eventstore.kernels import NOT_REACHED, funnel_units
from polku.eventstore.port import SequenceRows

COLUMNS = [
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
]


@pytest.fixture(scope="module")
def olist(real_data) -> SequenceRows:
    """Each order's times as signals, in order."""
    with gzip.open(real_data / "olist/orders.csv.gz", "rt", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    start = datetime(1970, 1, 1)
    signals = sorted(
        (number, (datetime.fromisoformat(order[column]) - start).total_seconds() * 1e6, 1 << step)
        for number, order in enumerate(orders)
        for step, column in enumerate(COLUMNS)
        if order[column]
    )
    unit, time, mask = (np.array(column).astype(np.int64) for column in zip(*signals, strict=True))
    return SequenceRows(unit=unit, time=time, mask=mask)


def counts(rows: SequenceRows, **options) -> list[int]:
    furthest = funnel_units(rows, **{"steps": 4, "window": None, "order": "ordered", **options}).furthest
    return [int((furthest > step).sum()) for step in range(4)]


def test_ordered_per_order(olist):
    assert counts(olist) == [8135, 7989, 6276, 5099]


def test_in_any_order_every_time_counts(olist):
    assert counts(olist, order="any") == [8135, 7989, 6353, 5170]


def test_the_reversed_file_gives_the_same(olist):
    """Signals of one instant may arrive in either order."""
    order = np.lexsort((-np.arange(olist.unit.size), olist.time, olist.unit))
    turned = SequenceRows(unit=olist.unit[order], time=olist.time[order], mask=olist.mask[order])
    for way in ("ordered", "strict", "any"):
        ours, theirs = (funnel_units(rows, steps=4, window=None, order=way) for rows in (olist, turned))
        assert ours.times.tolist() == theirs.times.tolist()


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_window_by_plain_loops(olist, days):
    """With one signal per step and order a chain is simply the times that do not descend."""
    window = days * 86_400_000_000
    reached = [0, 0, 0, 0]
    times = np.full((8135, 4), NOT_REACHED)
    times[olist.unit, np.log2(olist.mask).astype(int)] = olist.time
    for row in times.tolist():
        reached[0] += 1
        for step, (before, after) in enumerate(pairwise(row), 1):
            if after == NOT_REACHED or after < before or after - row[0] > window:
                break
            reached[step] += 1
    assert counts(olist, window=window) == reached
