"""The revenue as a tree, by part, and what moved it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from polku import analytics
from polku.analytics.errors import QueryError
from polku.analytics.kinds.revenue import MOST
from polku.analytics.sales import added, split_by_part, tree
from polku.decide.money.domain import answer_money_questions
from polku.eventstore.port import PERSON_KIND, SIGNAL_BATCH
from polku.eventstore.sales import Sales
from polku.statistics import revenue_change, wilson

FEBRUARY = {"from": "2026-02-01", "to": "2026-03-01"}
MARCH = {"from": "2026-03-01", "to": "2026-03-29"}
"""As many days."""


def afterwards(shop) -> None:
    """Something later, so that March is over and February is compared whole."""
    shop.answers("nps", (0, 10), ("somebody", 9, datetime(2026, 4, 2)))


def classic(shop, *, scale: int = 1) -> None:
    """February: 10,000 visitors, 2 %, 120 €; March: 12,500, 3 %, 125 €. `scale` is what visitors are divided by."""
    afterwards(shop)
    for month, people, buyers, price in ((2, 10_000, 200, 120.0), (3, 12_500, 375, 125.0)):
        people, buyers = people // scale, buyers // scale
        first = datetime(2026, month, 1, 12)
        shop.events(
            *(
                (
                    f"{month}-{n}",
                    "view",
                    first + timedelta(minutes=n % 9_000),
                    {"properties": {"device": "ab"[n % 2]}},
                )
                for n in range(people)
            )
        )
        shop.orders(
            *(
                {
                    "order": f"{month}-{n}",
                    "person": f"{month}-{n}",
                    "time": first + timedelta(minutes=n % 9_000 + 1),
                    "value": price,
                    "properties": {"method": "card" if n % 4 else "bank"},
                }
                for n in range(buyers)
            )
        )


def ask(workspace, **more):
    return analytics.run(workspace, {"kind": "revenue", **more})


def test_the_classic_example_to_the_cent(shop, workspace):
    classic(shop)
    answer = ask(workspace, range=MARCH, compare=FEBRUARY)
    assert [answer[name] for name in ("visitors", "conversion", "average_order", "revenue")] == [
        12_500,
        0.03,
        125.0,
        46_875.0,
    ]
    share = wilson(successes=375, n=12_500)
    assert answer["ci"]["conversion"] == [share.low, share.high]
    assert answer["n"] == {"visitors": 12_500, "conversion": 12_500, "average_order": 375, "revenue": 375}
    assert answer["compared"]["revenue"] == 24_000.0
    change = answer["change"]
    assert [round(change[name], 2) for name in ("visitors", "conversion", "average_order", "total")] == [
        7666.67,
        13791.67,
        1416.67,
        22875.0,
    ]
    assert change["visitors"] + change["conversion"] + change["average_order"] == pytest.approx(
        22_875, abs=1e-6
    )
    low, high = change["ci"]["total"]
    assert low < 22_875 < high
    assert [(each["figure"], each["clear"]) for each in answer["changes"]] == [
        ("conversion", True),
        ("average_order", True),
    ]
    assert (answer["vat"], answer["margin"]) == (None, None)


@pytest.mark.parametrize("property", ["device", "order.method"])
def test_parts_sum_to_the_whole_and_so_does_what_moved_them(shop, workspace, property):
    classic(shop, scale=25)
    answer = ask(workspace, range=MARCH, compare=FEBRUARY, breakdown={"property": property})
    parts = answer["breakdown"]
    assert len(parts) == 2
    assert sum(part["revenue"] for part in parts) == answer["revenue"]
    assert sum(part["orders"] for part in parts) == answer["orders"]
    if property == "device":
        assert sum(part["visitors"] for part in parts) == answer["visitors"]
    else:  # every method was open to all the visitors
        assert [part["visitors"] for part in parts] == [answer["visitors"]] * 2
        assert sum(part["conversion"] for part in parts) == pytest.approx(answer["conversion"])
        assert answer["split"]["mix"] == 0
    for part in parts:
        assert part["visitors"] * part["conversion"] * part["average_order"] == pytest.approx(part["revenue"])
        assert sum(
            part["change"][name] for name in ("visitors", "mix", "conversion", "average_order")
        ) == pytest.approx(part["change"]["total"])
        assert part["change"]["total"] == pytest.approx(part["revenue"] - part["compared"]["revenue"])
    moved = sum(
        part["change"][name] for part in parts for name in ("visitors", "mix", "conversion", "average_order")
    )
    assert round(moved, 2) == round(answer["change"]["total"], 2) == round(answer["split"]["total"], 2)


def test_another_mix_of_the_same_channels_is_named_as_such(shop, workspace):
    """Each channel converts as before, at the same price; only more of the poor one came."""
    afterwards(shop)
    for month, rich, poor in ((2, 400, 400), (3, 200, 600)):
        first = datetime(2026, month, 2)
        rows = [("rich", n, rich) for n in range(rich)] + [("poor", n, poor) for n in range(poor)]
        shop.events(
            *(
                (f"{month}{name}{n}", "view", first, {"properties": {"source": name}})
                for name, n, _all in rows
            )
        )
        bought = [(name, n) for name, n, all in rows if n < all * (0.2 if name == "rich" else 0.05)]
        shop.orders(
            *(
                {"order": f"{month}{name}{n}", "person": f"{month}{name}{n}", "time": first, "value": 50.0}
                for name, n in bought
            )
        )
    answer = ask(workspace, range=MARCH, compare=FEBRUARY, breakdown={"property": "source"})
    split = answer["split"]
    assert (split["visitors"], split["conversion"], split["average_order"]) == pytest.approx(
        (0, 0, 0), abs=1e-9
    )
    assert split["mix"] == pytest.approx(answer["change"]["total"]) == pytest.approx(-1500)
    assert answer["change"]["conversion"] == pytest.approx(-1500)  # which the whole alone would tell


def test_refunds_are_taken_off_once(shop, workspace):
    moment = datetime(2026, 3, 2)
    shop.events(*((f"p{n}", "view", moment) for n in range(100)))
    shop.orders(*({"order": f"o{n}", "person": f"p{n}", "time": moment, "value": 100.0} for n in range(10)))
    terms = {"margin": 0.5, "vat_included": True, "vat_rate": 0.25, "returned": 0.1, "contact_cost": 5.0}
    answer_money_questions(workspace=workspace, **terms, basis="accounts", cancelled_states=[], actor=None)
    before = ask(workspace, range=MARCH)
    assert (before["revenue"], before["margin"], before["returned"]) == (
        1000.0,
        pytest.approx(1000 / 1.25 * 0.9 * 0.5),
        "answer",
    )
    assert before["vat"] == {"included": True, "rate": 0.25}
    shop.events(("p0", "Order Refunded", datetime(2026, 3, 5), {"order": "o0", "value": 400.0}))
    after = ask(workspace, range=MARCH)
    assert (after["revenue"], after["refunds"]) == (900.0, {"orders": 1, "amount": 100.0})
    assert (after["margin"], after["returned"]) == (pytest.approx(900 / 1.25 * 0.5), "refunds")
    assert after["visitors"] * after["conversion"] * after["average_order"] == pytest.approx(900)


def test_refunds_of_two_ranges_are_seen_at_the_same_age(shop, workspace):
    """In both months an order comes back after three weeks; in March these weeks are not over yet."""
    for month in (2, 3):
        shop.orders({"order": f"o{month}", "person": "p", "time": datetime(2026, month, 12), "value": 80.0})
    shop.events(("p", "Order Refunded", datetime(2026, 3, 5), {"order": "o2", "value": 80.0}))
    shop.events(("q", "view", datetime(2026, 3, 20)))
    answer = ask(workspace, range=MARCH, compare=FEBRUARY)
    assert (answer["revenue"], answer["compared"]["revenue"]) == (80.0, 80.0)
    assert ask(workspace, range=FEBRUARY)["revenue"] == 0.0
    some_day = ask(workspace, range={"from": "9990-01-01"}, compare=FEBRUARY)
    assert (some_day["revenue"], some_day["compared"]["revenue"]) == (0.0, 80.0)


def test_visitors_without_cookies_count_within_a_day_only(shop, workspace):
    rows = [
        {
            "message_id": f"{n:032x}",
            "kind": 1,
            "name": "view",
            "time": datetime(2026, 3, 2 + n % 2),
            "person": f"c{n}",
            "person_kind": "cookieless",
        }
        for n in range(6)
    ]
    shop.store.load_signals(
        shop.key, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH.append(PERSON_KIND)), rules=[]
    )
    shop.orders({"order": "o", "person": "known", "time": datetime(2026, 3, 2, 12), "value": 10.0})
    over_days = ask(workspace, range=MARCH)
    assert (over_days["visitors"], over_days["daily_visitors"], over_days["conversion"]) == (1, 6, 1.0)
    assert any("without cookies" in warning for warning in over_days["warnings"])
    day = ask(workspace, range={"from": "2026-03-02", "to": "2026-03-03"})
    assert (day["visitors"], day["daily_visitors"]) == (4, 0)


def test_people_who_order_more_often_than_once(shop, workspace):
    """More orders than visitors are no error: the conversion is orders per visitor."""
    for month, times in ((2, 2), (3, 3)):
        shop.orders(
            *(
                {
                    "order": f"{month}-{n}-{k}",
                    "person": f"p{n}",
                    "time": datetime(2026, month, 3 + k),
                    "value": 10.0 + n % 7,
                }
                for n in range(40)
                for k in range(times - n % 2)
            )
        )
    answer = ask(workspace, range=MARCH, compare=FEBRUARY)
    assert (answer["visitors"], answer["orders"], answer["conversion"]) == (40, 100, 2.5)
    low, high = answer["ci"]["conversion"]
    assert low < 2.5 < high
    change = answer["change"]
    assert change["visitors"] + change["conversion"] + change["average_order"] == pytest.approx(
        change["total"]
    )
    assert answer["changes"][0]["clear"] is True
    assert any("Nobody is known but those who ordered" in warning for warning in answer["warnings"])


def test_without_data_there_is_no_tree(workspace, store):
    answer = ask(workspace, compare=FEBRUARY, breakdown={"property": "device"})
    assert (answer["visitors"], answer["conversion"], answer["revenue"], answer["breakdown"]) == (
        0,
        None,
        0.0,
        [],
    )
    assert (answer["change"]["total"], answer["split"]["total"]) == (0.0, 0)


def test_a_new_shop_owes_its_revenue_to_there_being_visitors(shop, workspace):
    classic(shop, scale=100)
    answer = ask(workspace, range=FEBRUARY, compare={"from": "2026-01-01", "to": "2026-01-29"})
    assert (answer["change"]["visitors"], answer["change"]["total"]) == (240.0, 240.0)


def test_small_parts_are_told_as_one(shop, workspace):
    people = MOST + 20
    shop.events(
        *(
            (f"p{n}", "view", datetime(2026, 3, 2), {"properties": {"page": f"page{n}"}})
            for n in range(people)
        )
    )
    shop.orders(
        *(
            {"order": f"o{n}", "person": f"p{n}", "time": datetime(2026, 3, 3), "value": 1.0 + n}
            for n in range(people)
        )
    )
    parts = ask(workspace, breakdown={"property": "page"})["breakdown"]
    assert (len(parts), parts[0]["key"], parts[-1]["others"]) == (MOST + 1, f"page{people - 1}", True)
    assert sum(part["revenue"] for part in parts) == sum(range(1, people + 1))


def test_an_unknown_field_is_named(workspace, store):
    with pytest.raises(QueryError, match="compare"):
        ask(workspace, comparison=FEBRUARY)


def test_any_split_sums_to_the_change():
    """Random parts, some of which are new, gone or without orders."""
    chance = random.Random(3)

    def some():
        orders = chance.choice([0, 1, 5])
        visitors = chance.choice([0, orders, orders + 7]) if orders == 0 else orders + chance.choice([0, 9])
        value = round(orders * chance.uniform(1, 90), 2)
        return Sales(
            visitors=visitors,
            buyers=orders,
            orders=orders,
            repeat_squares=orders,
            revenue=value,
            order_squares=value**2,
        )

    for _ in range(300):
        sides = [[some() for _ in range(3)] for _ in range(2)]
        now, before = (tree(added(side, shared=False)) for side in sides)
        pairs = [(tree(a), tree(b)) for a, b in zip(*sides, strict=True)]
        split = split_by_part(now, before, pairs, shared=False)
        names = ("visitors", "mix", "conversion", "average_order")
        total = sum(each[name] for each in split for name in names)
        assert total == pytest.approx(now.value - before.value, abs=1e-6)


def test_one_part_alone_is_split_as_the_whole():
    sides = [
        Sales(visitors=v, buyers=n, orders=n, repeat_squares=n, revenue=r, order_squares=r * r / n)
        for v, n, r in ((100, 10, 700.0), (140, 9, 810.0))
    ]
    before, now = map(tree, sides)
    (split,) = split_by_part(now, before, [(now, before)], shared=False)
    expected = revenue_change(before=(100, 0.1, 70), after=(140, 9 / 140, 90))
    assert split == pytest.approx(
        {
            "visitors": expected.visitors,
            "mix": 0.0,
            "conversion": expected.conversion,
            "average_order": expected.average_order,
            "total": 110.0,
        }
    )
