"""Funnels over a real store: units, windows, orders, breakdowns and real orders."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from statistics import median

import pytest

from polku.analytics import resolvers, run
from polku.eventstore.port import SignalKind
from polku.statistics import wilson

STEPS = [{"event": "visit"}, {"event": "basket"}, {"event": "pay"}]


@pytest.fixture
def people(shop):
    shop.events(
        ("ada", "visit", "2026-03-02T08:00", {"channel": "web"}),
        ("ada", "basket", "2026-03-02T08:10", {"channel": "web"}),
        ("ada", "pay", "2026-03-02T08:20", {"channel": "app", "value": 50}),
        ("bo", "visit", "2026-03-02T09:00", {"channel": "app"}),
        ("bo", "help", "2026-03-02T09:05"),
        ("bo", "basket", "2026-03-02T09:30", {"channel": "app"}),
        ("bo", "visit", "2026-03-05T09:00", {"channel": "web"}),
        ("bo", "pay", "2026-03-09T09:00", {"channel": "web"}),
        ("cai", "basket", "2026-03-02T10:00"),
        ("cai", "visit", "2026-03-02T10:00", {"channel": "web"}),
        ("dee", "pay", "2026-03-02T10:00"),
    )
    return shop


def counts(answer) -> list[int]:
    return [step["count"] for step in answer["steps"]]


def test_steps_with_shares_intervals_and_waiting_times(people, workspace):
    got = run(workspace, {"kind": "funnel", "steps": STEPS})
    assert counts(got) == [3, 3, 2]
    first, second, third = got["steps"]
    assert first == {
        "name": "visit",
        "count": 3,
        "from_previous": None,
        "from_first": 1,
        "ci": None,
        "median_seconds": None,
        "quartiles_seconds": None,
    }
    assert (second["from_previous"], second["from_first"], second["median_seconds"]) == (1, 1, 600)
    share = wilson(successes=2, n=3)
    assert (third["from_previous"], third["ci"]) == (share.value, [share.low, share.high])
    waits = [600, 7 * 86_400 - 1_800]
    assert third["median_seconds"] == sum(waits) / 2
    assert third["quartiles_seconds"] == [
        waits[0] + (waits[1] - waits[0]) * share for share in (0.25, 0.5, 0.75)
    ]
    assert got["ties"] == 2 / 10  # cai's visit and basket; the call for help is none of the steps' signals
    assert got["breakdown"] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"window": "P1D"}, [3, 3, 1]),
        ({"window": "P7D"}, [3, 3, 2]),  # the boundary itself counts
        ({"window": "PT604799S"}, [3, 3, 1]),
        ({"window": "PT9M"}, [3, 1, 0]),
        ({"order": "strict"}, [3, 2, 1]),
        ({"order": "any"}, [4, 3, 2]),
        ({"order": "any", "window": "P1D"}, [4, 3, 1]),
        ({"range": {"from": "2026-03-03"}}, [1, 0, 0]),
        ({"range": {"to": "2026-03-09"}}, [3, 3, 1]),
        ({"where": [{"property": "channel", "op": "eq", "value": "app"}]}, [1, 1, 0]),
        ({"steps": [{"event": ["visit", "help"]}, {"event": ["visit", "help"]}]}, [3, 1]),
        ({"exclude": [{"event": "help"}]}, [3, 2, 1]),
        ({"exclude": [{"event": "help", "between": [2, 3]}]}, [3, 3, 2]),
        ({"exclude": [{"event": "visit", "between": [2, 3]}]}, [3, 3, 1]),
        ({"exclude": [{"where": [{"property": "channel", "op": "eq", "value": "none"}]}]}, [3, 3, 2]),
        ({"steps": [{"event": "pay", "where": [{"property": "value", "op": "gt", "value": 40}]}]}, [1]),
    ],
)
def test_options(people, workspace, options, expected):
    assert counts(run(workspace, {"kind": "funnel", "steps": STEPS, **options})) == expected


def test_shares_of_nobody_are_null(people, workspace):
    got = run(
        workspace, {"kind": "funnel", "steps": [{"event": "help"}, {"event": "visit"}, {"event": "help"}]}
    )
    assert counts(got) == [1, 1, 0]
    none = run(workspace, {"kind": "funnel", "steps": [{"event": "x"}, {"event": "visit"}]})
    assert [(step["from_previous"], step["from_first"], step["ci"]) for step in none["steps"]] == [
        (None, None, None)
    ] * 2


def test_a_breakdown_counts_each_unit_where_its_first_or_last_step_one_signal_was(people, workspace):
    query = {"kind": "funnel", "steps": STEPS, "breakdown": {"property": "channel"}}
    got = run(workspace, query)
    assert [(row["key"], counts(row)) for row in got["breakdown"]] == [("web", [2, 2, 1]), ("app", [1, 1, 1])]
    query["breakdown"]["attribution"] = "last"
    got = run(workspace, query)
    assert [(row["key"], counts(row)) for row in got["breakdown"]] == [("web", [3, 3, 2])]


def test_a_breakdown_into_too_many_keys_puts_the_rest_together(shop, workspace):
    shop.events(
        *(
            (f"p{n}", "visit", "2026-03-02T08:00", {"properties": {"page": f"page {n % 60}"}})
            for n in range(110)
        ),
        ("none", "visit", "2026-03-02T08:00"),
    )
    got = run(workspace, {"kind": "funnel", "steps": [{"event": "visit"}], "breakdown": {"property": "page"}})
    assert len(got["breakdown"]) == 51
    assert sum(counts(row)[0] for row in got["breakdown"]) == 111
    rest = got["breakdown"][-1]
    assert (rest["key"], rest["others"], counts(rest)) == (None, True, [11])


def test_sessions_and_orders_as_units(shop, workspace):
    shop.orders({"order": "o1", "person": "ada"}, {"order": "o2", "person": "ada"})
    shop.events(
        ("ada", "visit", "2026-03-02T08:00", {"order": "o1"}),
        ("ada", "pay", "2026-03-02T08:20", {"order": "o2"}),
        ("ada", "visit", "2026-03-02T10:00", {"order": "o2"}),
        ("ada", "pay", "2026-03-02T12:00", {"order": "o1"}),
        ("ada", "visit", "2026-03-03T12:00"),
    )
    steps = [{"event": "visit"}, {"event": "pay"}]
    assert counts(run(workspace, {"kind": "funnel", "steps": steps})) == [1, 1]
    assert counts(run(workspace, {"kind": "funnel", "steps": steps, "unit": "session"})) == [3, 1]
    assert counts(run(workspace, {"kind": "funnel", "steps": steps, "unit": "order"})) == [2, 1]


def test_touchpoints_as_steps_by_number_and_name(people, workspace):
    people.bind(11, "basket")
    people.bind(12, "pay")
    people.store.rebuild_hits(people.key, [11, 12], people.rules)

    class Point:
        def __init__(self, id: int, name: str) -> None:
            self.id, self.name = id, name

    points = [Point(11, "Basket page"), Point(12, "Payment")]
    before = resolvers._touchpoints
    try:
        resolvers.register_touchpoint(
            lambda _, ref: next((p for p in points if ref in (p.id, p.name)), None),
            lambda _: [p.name for p in points],
        )
        steps = [{"event": "visit"}, {"touchpoint": 11}, {"touchpoint": "Payment"}]
        got = run(workspace, {"kind": "funnel", "steps": steps})
    finally:
        resolvers._touchpoints = before
    assert counts(got) == [3, 3, 2]
    assert [step["name"] for step in got["steps"]] == ["visit", "Basket page", "Payment"]


def test_steps_of_any_kind_by_their_conditions(people, workspace):
    people.signals(
        {"kind": SignalKind.CONTACT, "name": "return", "person": "ada", "time": datetime(2026, 3, 4)},
    )
    where = [{"property": "reason", "op": "eq", "value": "return"}]
    got = run(workspace, {"kind": "funnel", "steps": [{"event": "pay"}, {"where": where}]})
    assert counts(got) == [3, 1]
    assert got["steps"][1]["name"] == "reason eq return"


# ---- real orders, one signal per time column, as a wide import makes them --------------------------------------

WIDE = {
    "purchase": "order_purchase_timestamp",
    "approved": "order_approved_at",
    "carrier": "order_delivered_carrier_date",
    "delivered": "order_delivered_customer_date",
}


def load_olist(shop, real_data, *, turned: bool) -> list[dict[str, str]]:
    with gzip.open(real_data / "olist/orders.csv.gz", "rt", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    if turned:
        orders.reverse()
    shop.events(
        *(
            (None, event, order[column], {"order": order["order_id"]})
            for order in orders
            for event, column in (list(WIDE.items())[::-1] if turned else WIDE.items())
            if order[column]
        )
    )
    return orders


@pytest.mark.parametrize("turned", [False, True])
def test_olist_orders(shop, workspace, real_data, turned):
    orders = load_olist(shop, real_data, turned=turned)
    query = {"kind": "funnel", "steps": [{"event": event} for event in WIDE], "unit": "order"}
    assert counts(run(workspace, query)) == [8135, 7989, 6276, 5099]
    assert counts(run(workspace, {**query, "order": "any"})) == [8135, 7989, 6353, 5170]
    alone = [counts(run(workspace, {**query, "steps": [step]}))[0] for step in query["steps"]]
    assert alone == [8135, 7989, 6353, 5170]
    trend = run(workspace, {"kind": "trend", "select": {"event": "purchase"}, "interval": "month"})
    assert sum(point["value"] for point in trend["points"]) == 8135
    whole = run(workspace, {**query, "steps": [{"event": "purchase"}, {"event": "delivered"}]})
    waits = [
        (
            datetime.fromisoformat(order[WIDE["delivered"]]) - datetime.fromisoformat(order[WIDE["purchase"]])
        ).total_seconds()
        for order in orders
        if order[WIDE["delivered"]]
    ]
    assert (counts(whole)[1], whole["steps"][1]["median_seconds"]) == (5170, median(waits))
