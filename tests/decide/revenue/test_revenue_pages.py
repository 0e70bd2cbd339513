"""The pages of the revenue: what they say, for whom, and what they do with addresses that make no sense."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django_scopes import scope

from polku.accounts.domain import create_user, set_member
from polku.analytics.spend import Spend, save_spend
from polku.decide.money.domain import answer_money_questions
from tests.analytics.conftest import Shop

PERIOD = {"range": "custom", "from": "2026-03-01", "to": "2026-03-28"}


@pytest.fixture
def reader(client, workspace):
    """Somebody who may look, and reads English."""
    user = create_user(email="lukija@example.com", name="Lukija")
    set_member(workspace=workspace, user=user, role="viewer", actor=None)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def company(store, workspace):
    """February and March: as many people, and in March half as many again of the orders."""
    shop = Shop(store, workspace)
    for month, buyers in ((2, 80), (3, 120)):
        day = datetime(2026, month, 2, 12)
        shop.events(
            *(
                (
                    f"{month}-{n}",
                    "view",
                    day,
                    {"properties": {"traffic_channel": "Email" if n % 2 else "Direct"}},
                )
                for n in range(400)
            )
        )
        shop.orders(
            *(
                {
                    "order": f"{month}-{n}",
                    "person": f"{month}-{n}",
                    "time": day,
                    "value": 50.0 + n % 5,
                    "properties": {"kind": "new"},
                }
                for n in range(buyers)
            )
        )
    shop.answers("nps", (0, 10), ("later", 9, datetime(2026, 4, 2)))
    return workspace


def page(reader, workspace, path: str = "", *, status: int = 200, **asked: str) -> str:
    """The page's text, entities and no-break spaces as they are read."""
    answer = reader.get(f"/w/{workspace.slug}/numbers/revenue/{path}", asked)
    assert answer.status_code == status
    text = re.sub(r'<span class="number">(.*?)</span>', r"\1", answer.content.decode())
    return unescape(text).replace("\u00a0", " ")


def test_the_tree_is_shown_with_what_moved_it_and_any_address_is_answered(reader, company):
    text = page(reader, company, **PERIOD)
    assert '<p class="value">400</p>' in text
    assert '<p class="value">30.0%</p>' in text
    assert "25.7–34.7%" in text
    assert "clear change +10.0 pts" in text
    assert "no evidence of change" in text  # of the average order
    assert "There is no evidence that the average order changed" in text
    assert "The revenue went from €4.2k to €6.2k, +€2.1k." in text
    assert "waterfall" in text
    assert "Straight to the site" in text

    # Without a comparison nothing is said to have moved.
    text = page(reader, company, **PERIOD, compare="none", by="payment")
    assert "revenue-moved" not in text
    assert "Nothing that was received tells this: Payment method." in text

    # Any property tells it apart.
    text = page(reader, company, **PERIOD, by="person.town")
    assert "No property called “person.town” was received." in text
    assert '<option value="channel" selected>' in page(reader, company, **PERIOD, by="traffic_channel")
    text = page(reader, company, **PERIOD, by="order.kind")
    assert '<option value="order.kind" selected>' in text
    assert "Each part of the orders was open to all visitors" in text
    for asked in NONSENSE:
        for path in ("", "what-if/", "acquisition/"):
            page(reader, company, path, **asked)


NONSENSE = (
    {"range": "99999"},
    {"range": "custom", "from": "x", "to": "2026-03-28"},
    {"range": "custom", "from": "2026-03-28", "to": "2026-03-01"},
    {"segment": "nobody's"},
    {"by": "x" * 5_000},
    {"by": "\x00"},
    {"range": "all"},
    {"new_order": "many", "visitors": "1e400", "conversion": "\x00"},
)


def test_a_company_without_data_is_told_what_to_do(reader, store, workspace):
    assert "Nobody was seen in this period" in page(reader, workspace)
    assert "this is an example" in page(reader, workspace, "what-if/")
    assert "It is not known what was spent" in page(reader, workspace, "acquisition/")


def test_the_what_if_starts_at_what_was_measured_and_says_the_margin(reader, company):
    terms = {"margin": 0.5, "vat_included": False, "vat_rate": 0.0, "returned": 0.0, "contact_cost": 5.0}
    answer_money_questions(workspace=company, **terms, basis="accounts", cancelled_states=[], actor=None)
    text = page(reader, company, "what-if/", **PERIOD)
    assert 'value="400"' in text
    assert "400 × 30% × €52.00" in text
    changed = page(reader, company, "what-if/", **PERIOD, new_visitors="800")
    assert "The revenue would go from €6.2k to €12k, +€6.2k." in changed
    assert "Of the change, about +€3.1k is margin" in changed
    assert "Give a number" in page(reader, company, "what-if/", new_order="many")


def test_costs_are_shown_by_source(reader, company, store):
    Shop(store, company).signals(
        *(
            {
                "message_id": f"{n + 90_000:032x}",
                "kind": 1,
                "person": f"3-{n}",
                "name": "view",
                "time": datetime(2026, 3, 2, 11),
                "properties": {"traffic_source": "google"},
            }
            for n in range(200)
        )
    )
    with scope(workspace=company):
        rows = [
            Spend(date(2026, 3, 5), "Google", "", "", Decimal(240)),
            Spend(date(2026, 3, 5), "radio", "", "", Decimal(9)),
        ]
        save_spend(workspace=company, rows=rows)
    text = page(reader, company, "acquisition/", **PERIOD)
    assert "€2.00" in text  # 240 € for 120 new customers
    assert "No visit came from: radio." in text
    assert "Sources without spend" in text
    assert "–" in text


def test_beside_the_question_of_returns_stands_what_refunds_measure(owner_client, company, store):
    address = f"/w/{company.slug}/settings/money/"
    assert "Measured:" not in owner_client.get(address).content.decode()
    Shop(store, company).signals(
        {
            "message_id": f"{91_000:032x}",
            "kind": 1,
            "person": "2-0",
            "name": "Order Refunded",
            "time": datetime(2026, 4, 1),
            "order": "2-0",
            "value": 500.0,
        }
    )
    owner_client.cookies["django_language"] = "en"
    text = unescape(owner_client.get(address).content.decode()).replace("\u00a0", " ")
    # 50 € of 200 orders of 50–54 €: at most the whole order comes back.
    assert "Measured: of the last year’s sales 0.5% was refunded (€50.00 of 200 orders)." in text


def test_strangers_see_nothing(client, workspace):
    for path in ("", "what-if/", "acquisition/"):
        assert client.get(f"/w/{workspace.slug}/numbers/revenue/{path}").status_code in (302, 404)
