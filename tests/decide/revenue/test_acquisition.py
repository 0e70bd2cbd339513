"""What visitors and new customers cost, by source."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django_scopes import scope

from polku.analytics.money import MoneyTerms
from polku.analytics.spend import Spend, save_spend
from polku.decide.revenue.acquisition import acquisition, costs
from polku.eventstore.sales import Sales
from tests.analytics.conftest import Shop

MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
TERMS = MoneyTerms(
    margin=0.5,
    vat_included=True,
    vat_rate=0.25,
    returned=0.1,
    contact_cost=5,
    is_estimate=False,
    answered_on=date(2026, 1, 1),
    answered_by="",
)


def sold(visitors: int, customers: int, value: float) -> Sales:
    """First orders of `value` each, give or take one."""
    return Sales(
        visitors=visitors,
        buyers=customers,
        orders=customers,
        repeat_squares=customers,
        revenue=value * customers,
        order_squares=customers * (value**2 + 1),
    )


def test_costs_come_with_the_interval_of_their_count():
    found = costs(
        {"Google": 1_000.0, "news": 50.0}, {"google": sold(500, 100, 80.0), None: sold(9, 1, 20)}, TERMS
    )
    assert [(row.source, row.spend) for row in found.rows] == [
        ("google", 1_000.0),
        ("news", 50.0),
        (None, None),
    ]
    google = found.rows[0]
    assert (google.per_visitor.value, google.per_customer.value) == (2.0, 10.0)
    # Garwood of 100: 81.36–121.63
    assert (round(google.per_customer.low, 2), round(google.per_customer.high, 2)) == (8.22, 12.29)
    assert google.first_order.value == 80
    assert google.first_margin.value == pytest.approx(80 / 1.25 * 0.9 * 0.5)
    assert google.pays_back is True
    assert found.unmatched == ("news",)
    assert (found.total.spend, found.total.visitors, found.total.customers) == (1_050.0, 500, 100)
    assert found.rows[1].per_visitor is None


@pytest.mark.parametrize(("spend", "pays_back"), [(1_000.0, True), (2_900.0, None), (9_000.0, False)])
def test_whether_it_pays_back_is_said_only_where_it_is_clear(spend, pays_back):
    found = costs({"ads": spend}, {"ads": sold(500, 100, 80.0)}, TERMS)
    assert found.total.pays_back is pays_back
    assert costs({"ads": spend}, {"ads": sold(500, 100, 80.0)}, None).total.pays_back is None


def test_known_refunds_take_the_place_of_the_answered_share():
    sales = {"ads": Sales(10, 0, 2, 2, 2, 90.0, 4_100.0, 1, 10.0)}
    before = costs({"ads": 5.0}, sales, TERMS, refunds_known=False).total
    after = costs({"ads": 5.0}, sales, TERMS, refunds_known=True).total
    assert before.first_margin.value == pytest.approx(50 / 1.25 * 0.9 * 0.5)
    assert after.first_margin.value == pytest.approx(45 / 1.25 * 0.5)


def test_a_new_customer_is_who_never_ordered_before(store, workspace):
    shop = Shop(store, workspace)
    shop.events(
        *(
            (person, "visit", datetime(2026, 3, 3), {"properties": {"traffic_source": source}})
            for person, source in (("a", "ads"), ("b", "ads"), ("c", "mail"), ("d", "ads"))
        )
    )
    shop.orders(
        {"order": "1", "person": "a", "time": datetime(2026, 2, 2), "value": 10.0},
        {"order": "2", "person": "a", "time": datetime(2026, 3, 4), "value": 10.0},
        {"order": "3", "person": "b", "time": datetime(2026, 3, 4), "value": 30.0},
        {"order": "4", "person": "b", "time": datetime(2026, 3, 9), "value": 70.0},
    )
    spent = [
        Spend(date(2026, 3, 31), "Ads", "cpc", "", Decimal(6)),
        Spend(date(2026, 4, 1), "Ads", "cpc", "", Decimal(100)),
    ]
    with scope(workspace=workspace):
        save_spend(workspace=workspace, rows=spent)
    found = acquisition(workspace, **MARCH)
    ads = found.rows[0]
    assert (ads.source, ads.spend, ads.visitors, ads.customers) == ("ads", 6.0, 3, 1)
    assert (ads.per_visitor.value, ads.per_customer.value, ads.first_order.value) == (2.0, 6.0, 30.0)
    assert [(row.source, row.spend) for row in found.rows[1:]] == [("mail", None)]


def test_without_spend_there_are_no_costs(store, workspace):
    found = acquisition(workspace, **MARCH)
    assert (found.has_spend, found.rows, found.total.per_customer) == (False, (), None)
