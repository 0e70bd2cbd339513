"""The kind of question behind the website's overview: its figures, filters and comparisons."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, run
from tests.analytics.conftest import english, shop

__all__ = ["english", "shop"]
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
FEBRUARY = {"from": "2026-02-01", "to": "2026-03-01"}


@pytest.fixture
def company(shop, workspace):
    """100 visits in each of two months, one a person; in March fewer of them order and more searches fail."""
    workspace.cancelled_states = ["cancelled"]
    workspace.save()
    events, orders, contacts = [], [], []
    for month, buyers, failed in (("02", 60, 10), ("03", 30, 40)):
        for n in range(100):
            time = f"2026-{month}-{1 + n % 28:02d}T12:{n % 60:02d}"
            about = {"traffic_channel": "Email" if n % 4 else "Direct", "device_type": "phone"}
            about |= {"load_time": str(500 + 40 * n), "query": "Tent", "results": "0" if n < failed else "2"}
            page = {"url": f"https://x.example/{n % 3}", "properties": about}
            events.append((f"{month}-{n}", "site_search", time, page))
            if n < buyers + 5:
                status = "cancelled" if n >= buyers else "sent"
                orders.append(
                    {
                        "order": f"{month}-{n}",
                        "person": f"{month}-{n}",
                        "time": time,
                        "value": 20.0,
                        "status": status,
                    }
                )
            if n < 12:
                contacts.append({"kind": 3, "name": "Missä", "person": f"{month}-{n}", "time": time})
    shop.events(*events)
    shop.orders(*orders)
    shop.signals(*contacts, {"kind": 3, "name": "Missä", "person": "nobody", "time": "2026-03-31T20:00"})
    return workspace


def test_the_figures_of_a_month(company):
    got = run(company, {"kind": "overview", "range": MARCH})
    assert (got["visits"], got["visitors"], got["daily_visitors"]) == (100, 100, 0)
    assert got["conversion"] == {
        "value": 0.3,
        "ci": [pytest.approx(0.2189, abs=1e-4), pytest.approx(0.3958, abs=1e-4)],
        "count": 30,
        "n": 100,
    }
    assert (got["orders"], got["revenue"], got["average_order"]) == (30, 600.0, 20.0)
    assert got["contacts"]["per_100_orders"] == pytest.approx(40)
    assert (got["contacts"]["count"], got["contacts"]["orders"]) == (12, 30)
    assert (got["searches"]["share"], got["searches"]["terms"]) == (
        0.4,
        [{"query": "tent", "count": 100, "failed": 40}],
    )
    assert [(row["name"], row["visits"]) for row in got["channels"]["rows"]] == [
        ("Email", 75),
        ("Direct", 25),
    ]
    assert [row["name"] for row in got["pages"]["rows"]] == ["/0", "/1", "/2"]
    assert [band["conversion"]["n"] for band in got["load_times"]] == [13, 25, 25, 37, 0]
    assert got["load_times"][-1] == {
        "from": 5000,
        "to": None,
        "conversion": {"value": None, "ci": None, "count": 0, "n": 0},
    }
    assert got["interval"] == "day"
    assert [point["start"] for point in got["points"]] == [f"2026-03-{day:02d}" for day in range(1, 31)]
    assert (got["points"][-1]["visits"], got["points"][-1]["complete"]) == (0, True)
    assert got["warnings"] == []
    assert "compared" not in got


def test_a_filter_keeps_visits_and_what_their_people_did(company):
    got = run(company, {"kind": "overview", "range": MARCH, "only": {"channel": "Direct", "page": "/0"}})
    assert got["visits"] == 9
    assert (got["contacts"]["count"], got["contacts"]["orders"]) == (1, 3)
    assert got["devices"] == {
        "distinct": 1,
        "rows": [
            {
                "name": "phone",
                "visits": 9,
                "conversion": {"value": 3 / 9, "ci": got["conversion"]["ci"], "count": 3, "n": 9},
                "revenue": 60.0,
            }
        ],
    }
    unknown = run(company, {"kind": "overview", "range": MARCH, "only": {"browser": None}})
    assert unknown["visits"] == 100
    nothing = run(company, {"kind": "overview", "range": MARCH, "only": {"source": "x"}})
    assert (nothing["visits"], nothing["conversion"]["value"], nothing["searches"]["share"]) == (
        0,
        None,
        None,
    )


def test_a_comparison_calls_clear_what_survives_correction(company):
    got = run(company, {"kind": "overview", "range": MARCH, "compare": FEBRUARY})
    assert (got["compared"]["visits"], got["compared"]["orders"]) == (100, 60)
    assert got["compared"]["range"] == {"from": "2026-01-31T22:00:00Z", "to": "2026-02-28T22:00:00Z"}
    changes = {change["figure"]: change for change in got["changes"]}
    assert list(changes) == ["conversion", "contacts", "searches"]
    assert changes["conversion"]["difference"] == pytest.approx(-0.3)
    assert changes["searches"]["difference"] == pytest.approx(0.3)
    assert [changes[figure]["clear"] for figure in changes] == [True, False, True]
    assert changes["contacts"]["p_adjusted"] == changes["contacts"]["p_value"]  # the largest of three
    assert changes["conversion"]["p_adjusted"] > changes["conversion"]["p_value"]


def test_little_is_compared_but_never_clear(company):
    few = {"kind": "overview", "only": {"channel": "Direct"}, "compare": FEBRUARY, "range": MARCH}
    assert [
        (change["figure"], change["clear"], change["p_value"]) for change in run(company, few)["changes"]
    ] == [
        ("conversion", False, None),
        ("contacts", False, None),
        ("searches", False, None),
    ]


@pytest.mark.parametrize(
    ("asked", "interval", "first"),
    [
        (None, "day", "2026-02-01"),
        ({"from": "2026-01-01", "to": "2026-12-31"}, "week", "2025-12-29"),
        ({"from": "2020-01-01", "to": "2026-12-31"}, "month", "2020-01-01"),
    ],
)
def test_long_ranges_have_long_periods(company, asked, interval, first):
    got = run(company, {"kind": "overview", "range": asked})
    assert (got["interval"], got["points"][0]["start"]) == (interval, first)
    assert sum(point["visits"] for point in got["points"]) == 200


def test_a_range_of_centuries_lists_only_what_holds_something(company):
    got = run(
        company, {"kind": "overview", "interval": "day", "range": {"from": "1900-01-01", "to": "2199-12-31"}}
    )
    assert len(got["points"]) == 56


@pytest.mark.parametrize(
    ("only", "field"),
    [
        ("Email", "only"),
        ({"chanel": "Email"}, "only.chanel"),
        ({"page": 7}, "only.page"),
        ({"page": ""}, "only.page"),
    ],
)
def test_what_makes_no_sense_is_named(company, only, field):
    with pytest.raises(QueryError) as found:
        run(company, {"kind": "overview", "only": only})
    assert found.value.field == field
