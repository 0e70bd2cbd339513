"""Paths, variants and funnels of a store on real logs whose numbers were computed by others."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime

import pytest

from polku.eventstore.behaviour import FunnelQuestion, PathQuestion, RetentionQuestion
from polku.eventstore.port import Scope, Selector
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import message_id, signal_table

__all__ = ["any_store"]
pytestmark = pytest.mark.contract

DAY = 86_400_000_000


def load(store, signals) -> None:
    """(who, name, time) by person and by order, in order of arrival; equal rows stay."""
    store.load_signals(
        KEY,
        signal_table(
            {"message_id": message_id(number + 1), "name": name, "time": time, "person": who, "order": who}
            for number, (who, name, time) in enumerate(signals)
        ),
        rules=[],
    )


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_tickets_of_a_help_desk(any_store, real_data):
    load(
        any_store,
        [
            (row["CaseID"], row["ActivityID"], datetime.fromisoformat(row["CompleteTimestamp"]))
            for row in read(real_data / "eventlogs/helpdesk.csv.gz")
        ],
    )
    for unit in ("person", "order"):
        found = any_store.variants(KEY, Scope(), PathQuestion(unit=unit, top=3))
        assert (found.distinct, found.units, found.scanned) == (154, 3804, 13710)
        assert (found.variants[0].path, found.variants[0].count) == (("1", "8", "6"), 2173)
        assert found.median is not None
        assert round(found.median / DAY, 4) == 3.9278
    paths = any_store.paths(KEY, Scope(), PathQuestion(top=1000, depth=2))
    assert (paths.units, paths.total) == (3804, 13710 - 3804)
    assert sum(each.count for each in paths.transitions) == paths.total
    assert sum(each.count for each in paths.starts) == sum(each.count for each in paths.ends) == 3804
    back = any_store.retention(KEY, Scope(), RetentionQuestion("month", 3))
    assert sum(cohort.returned[0] for cohort in back.cohorts) == 3804


STEPS = {
    "purchase": "order_purchase_timestamp",
    "approved": "order_approved_at",
    "carrier": "order_delivered_carrier_date",
    "delivered": "order_delivered_customer_date",
}


def test_orders_of_a_marketplace(any_store, real_data):
    signals = [
        (order["order_id"], name, datetime.fromisoformat(order[column]))
        for order in read(real_data / "olist/orders.csv.gz")
        for name, column in STEPS.items()
        if order[column]
    ]
    load(any_store, signals)
    steps = tuple(Selector(names=(name,)) for name in STEPS)
    for unit in ("person", "order"):
        found = any_store.funnel(KEY, Scope(), FunnelQuestion(steps, unit=unit))
        assert found.whole.counts == (8135, 7989, 6276, 5099)
        at_last = any_store.funnel_units(
            KEY, Scope(), FunnelQuestion(steps, unit=unit), step=4, outcome="dropped"
        )
        assert at_last.total == 6276 - 5099
    assert any_store.funnel(KEY, Scope(), FunnelQuestion(steps, "any")).whole.counts == (
        8135,
        7989,
        6353,
        5170,
    )
    followed = any_store.funnel(KEY, Scope(), FunnelQuestion((steps[0], steps[3]))).whole
    times = {name: {} for name in STEPS}
    for who, name, time in signals:
        times[name][who] = time
    waits = sorted(
        (time - times["purchase"][who]).total_seconds() * 1e6 for who, time in times["delivered"].items()
    )
    assert followed.counts == (8135, len(waits))
    assert followed.waits[1] is not None
    assert followed.waits[1][1] == (waits[2584] + waits[2585]) / 2  # of 5,170
