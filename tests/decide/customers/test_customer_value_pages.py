"""The page of customers' value: it never waits for a fit, says what is known and what is not, and opens people."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django_scopes import scope

from polku.analytics.spend import Spend, save_spend
from polku.decide.customers.acquired import worth_of_new
from polku.decide.customers.choosing import USUAL, Choice, read_choice
from polku.decide.customers.keeping import JOB, count_customers, kept_customers
from polku.decide.customers.single import models_of
from polku.decide.models import KeptCustomers
from polku.eventstore import cancelling
from polku.eventstore.port import SIGNAL_BATCH
from polku.jobs.models import Job
from polku.jobs.queue import work_off
from polku.people.models import Segment
from polku.statistics import Estimate
from tests.decide.customers.conftest import load_shop, table

PAGE = "/w/testikauppa/numbers/customers/"
ADS = '{"traffic_source":"ads"}'


def words_of(response):
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_asks_for_a_count_and_does_not_wait(owner_client, shop):
    response = owner_client.get(PAGE)
    assert response.status_code == 200
    assert "is-wide" in response.content.decode()
    assert Job.objects.filter(kind=JOB, workspace_id=shop.pk, payload={"choice": "12/10"}).count() == 1
    owner_client.get(PAGE)
    assert Job.objects.filter(kind=JOB).count() == 1  # one is enough
    assert "HX-Refresh" not in owner_client.get(f"{PAGE}counted/").headers
    assert work_off() == 1
    assert owner_client.get(f"{PAGE}counted/").headers["HX-Refresh"] == "true"
    with scope(workspace=shop):
        kept = KeptCustomers.objects.get()
    assert kept.document["clv"]["customers"] == 500
    assert not kept.document["has_margin"]
    said = words_of(owner_client.get(PAGE))
    assert "500 asiakasta on ostanut" in said or "500" in said


def test_what_is_kept_serves_until_something_changes(store, answered, owner):
    first = count_customers(answered, USUAL)
    kept = kept_customers(answered, USUAL)
    assert kept.is_newest
    assert kept.document == first | {"clv": kept.document["clv"]}
    # New data: the old document is shown, and a newer one is asked for only after a pause.
    rows = [{"kind": 1, "name": "view", "person": "p1", "time": kept.counted_at.replace(tzinfo=None)}]
    store.load_signals(answered.key.hex, table(SIGNAL_BATCH, rows), rules=[])
    later = kept_customers(answered, USUAL)
    assert (later.document is not None, later.is_newest) == (True, False)
    assert not Job.objects.filter(kind=JOB).exists()
    # A store that gives up takes nothing away.
    with cancelling.asking(seconds=0):
        assert count_customers(answered, USUAL)["problem"]
    later = kept_customers(answered, USUAL)
    assert (later.document["problem"], later.is_newest) == (None, False)
    with scope(workspace=answered):
        KeptCustomers.objects.update(counted_at=kept.counted_at.replace(year=2020))
    kept_customers(answered, USUAL)
    assert Job.objects.filter(kind=JOB).count() == 1
    # Other terms: the old figures would be wrong, not old.
    answered.cancelled_states = ["peruttu"]
    assert kept_customers(answered, USUAL, ask=False).document is None


def test_the_page_its_groups_a_segment_and_one_customer(owner_client, store, answered):
    """One count serves them all."""
    with translation.override("en"):
        document = count_customers(answered, USUAL)
    is_whole_in_both_languages(owner_client, document)
    groups_open_and_become_segments(owner_client, answered, document)
    one_customer_is_worth_something(owner_client, store, answered)
    addresses_may_be_hostile(owner_client)


def is_whole_in_both_languages(owner_client, document):
    assert sum(row["customers"] for row in document["clv"]["groups"]) == 500
    assert sum(row["customers"] for row in document["clv"]["cells"]) == 500
    assert document["contracts"]["tenure"]["n"] == 200
    for language in ("en", "fi"):
        owner_client.cookies["django_language"] = language
        response = owner_client.get(PAGE)
        assert response.status_code == 200
        text = response.content.decode()
        assert text.count("<svg") >= 9  # five pictures, wide and narrow, and keys
        assert "style=" not in text
    bad = document["bad_experience"]
    assert bad["refused"] is None
    assert bad["is_clear"]
    # Of those who answered low, six of ten never came back.
    assert bad["difference"] / (bad["high"]["again"] / bad["high"]["n"]) == pytest.approx(-0.6, abs=0.15)
    assert 0 < bad["cost"]["p10"] < bad["cost"]["p50"] < bad["cost"]["p90"]
    for word in ("because", "caused", "johtuu", "aiheutt", "ansiosta"):
        assert word not in words_of(response).lower()


def groups_open_and_become_segments(owner_client, answered, document):
    groups = {row["group"]: row["customers"] for row in document["clv"]["groups"]}
    for group, number in groups.items():
        response = owner_client.get(f"{PAGE}groups/{group}/")
        assert response.status_code == 200
        assert len(response.context["found"].people) == min(number, 50)
        assert response.context["found"].is_last == (number <= 50)
    assert owner_client.get(f"{PAGE}groups/nobody/").status_code == 404
    made = owner_client.post(f"{PAGE}groups/quiet/segment/")
    with scope(workspace=answered):
        segment = Segment.objects.get()
    assert made.headers["Location"].endswith(f"/segments/{segment.pk}/")
    value = owner_client.get(f"{PAGE}segments/{segment.pk}/")
    assert value.context["shown"].people == str(groups["quiet"])
    assert owner_client.get("/w/testikauppa/segments/").status_code == 200
    assert (
        f"numbers/customers/segments/{segment.pk}/"
        in owner_client.get(made.headers["Location"]).content.decode()
    )
    again = owner_client.post(f"{PAGE}groups/quiet/segment/")
    assert again.headers["Location"].endswith("/numbers/customers/")


def one_customer_is_worth_something(owner_client, store, answered):
    rows = store.find_people(answered.key.hex, limit=200).to_pylist()
    buyer = max(rows, key=lambda row: row["orders"])
    response = owner_client.get(f"/w/testikauppa/people/{buyer['person']}/")
    (section,) = response.context["sections"]
    shown = section.content
    assert shown.purchases == str(buyer["orders"])
    assert shown.expected
    assert shown.interval
    assert shown.alive
    assert str(shown.group) in response.content.decode()


def test_a_new_customer_is_worth_the_first_order_and_what_follows(owner_client, store, answered):
    """Not what those bring who are customers already."""
    came = [
        {"kind": 1, "name": "view", "person": f"p{number}", "time": datetime(2025, 7, 2), "properties": ADS}
        for number in range(500)
    ]
    rows = [{**row, "message_id": f"{number + 10**6:032x}"} for number, row in enumerate(came)]
    store.load_signals(answered.key.hex, table(SIGNAL_BATCH, rows), rules=[])
    with scope(workspace=answered):
        save_spend(workspace=answered, rows=[Spend(date(2026, 1, 1), "ads", "", "", Decimal("100"))])
    document = count_customers(answered, USUAL)
    models = models_of(document, Choice(12, 0))
    first = Estimate(value=20.0, low=18.0, high=22.0, n=100, method="mean")
    found = worth_of_new(models, first)
    orders = models.purchases.expected_purchases(t=365, frequency=0, recency=0, age=1e-6)
    later = float(orders) * models.margin * models.spending.population_mean
    assert found.value == pytest.approx(20 + later, rel=1e-3)
    assert found.low < found.value - 2 < found.value + 2 < found.high
    owner_client.cookies["django_language"] = "en"
    page = words_of(owner_client.get(PAGE))
    assert "One is worth" in page
    assert "The value is above the cost." in page


def test_few_customers_and_none(owner_client, store, workspace):
    empty = count_customers(workspace, USUAL)
    assert empty["clv"]["customers"] == 0
    assert owner_client.get(PAGE).context["is_empty"]
    load_shop(store, workspace, 12, answers=False, contracts=False)
    few = count_customers(workspace, USUAL)
    assert few["clv"]["model"] is None
    response = owner_client.get(PAGE)
    assert response.status_code == 200
    assert response.context["page"].tenths is None
    assert response.context["page"].bad.is_refused


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, USUAL),
        ({"months": "24", "discount": "0"}, Choice(24, 0)),
        ({"months": "7", "discount": "-1"}, USUAL),
        ({"months": "12\0", "discount": "9" * 99}, USUAL),
    ],
)
def test_what_an_address_chooses(given, expected):
    assert read_choice(given) == expected


def addresses_may_be_hostile(owner_client):
    for query in ("months=x&discount=y", "months=1e9", "page=0"):
        assert owner_client.get(f"{PAGE}?{query}").status_code == 200
    for page in ("0", "-1", "x", "9" * 30):
        assert owner_client.get(f"{PAGE}groups/loyal/?page={page}").status_code == 200
    assert owner_client.get(f"{PAGE}segments/999999/").status_code == 404
