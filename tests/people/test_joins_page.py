"""The page of joins: verdicts, what did not join, refused links, and advice drawn from the data."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from polku.accounts import domain as accounts
from polku.eventstore.persons import JoinRate, RefusedLink
from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH
from polku.people.advice import advise
from polku.people.joins_page import refused_groups
from polku.site.formats import Reader
from tests.eventstore.streaming import stream_batch

BASE = "/w/testikauppa/joins/"
NOON = datetime(2026, 3, 1, 12)
EVENT, SCORE, CONTACT, ORDER = 1, 2, 3, 4


@pytest.fixture
def read(owner_client):
    """The text of the page at an address."""
    owner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return lambda address=BASE: text_of(owner_client.get(address))


def text_of(response) -> str:
    assert response.status_code == 200
    found = re.search(r"<main[ >].*</main>", response.content.decode(), re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group())).split())


def load(store, key, rows, origin, **usual):
    rows = [
        {"message_id": f"{hash((origin, number)) % 2**64:032x}", "time": NOON - timedelta(hours=number), **usual, **row}
        for number, row in enumerate(rows)
    ]  # fmt: skip
    schema = ORDER_BATCH if origin == "import/orders" else SIGNAL_BATCH
    loaded = store.load_orders if schema is ORDER_BATCH else store.load_signals
    loaded(key, pa.Table.from_pylist(rows, schema=schema), rules=[], origin=origin)


@pytest.fixture
def two_registers(store, workspace):
    """Forty orders by customer numbers and fifty answers by e-mail addresses: nothing says who is who."""
    key = workspace.key.hex
    orders = [{"order": f"T-{number}", "person": f"K-{number}", "value": 5.0} for number in range(40)]
    load(store, key, orders, "import/orders")
    answers = [{"person": f"asiakas{number}@example.com"} for number in range(50)]
    load(
        store,
        key,
        answers,
        "import/scores",
        kind=SCORE,
        name="nps",
        score=9.0,
        scale_low=0.0,
        scale_high=10.0,
    )
    return key


def test_files_that_name_customers_differently_are_told_to_be_joined(two_registers, store, read):
    said = read()
    assert "Answers" in said
    assert "0% of answers joined to an order n 50" in said
    assert "Joins poorly" in said
    advice = (
        "Answers from files carry e-mail addresses, but orders only customer numbers; 0% join to an order."
    )
    assert f"What would mend it {advice}" in said
    assert "polku import people customers.csv --person customer_id --alias email" in said

    rows = [
        {"person": f"K-{number}", "aliases": [f"asiakas{number}@example.com"], "properties": None}
        for number in range(40)
    ]
    store.load_people(two_registers, pa.Table.from_pylist(rows, schema=PERSON_BATCH), origin="import/people")
    said = read()
    assert "80% of answers joined to an order n 50 Joins well" in said
    assert "carry e-mail addresses" not in said
    assert "100% of orders are by somebody seen elsewhere too n 40 Joins well" in said


def test_what_did_not_join_is_listed_and_leads_to_the_customer(two_registers, owner_client, read):
    listed = owner_client.get(BASE).content.decode()
    assert (
        'href="/w/testikauppa/joins/unjoined/?source=import%2Fscores&amp;kind=answer&amp;range=28"' in listed
    )
    said = read(f"{BASE}unjoined/?source=import%2Fscores&kind=answer")
    assert len(re.findall(r"Answered the NPS survey: 9", said)) == 20
    assert "1 Mar 2026 14:00 · e-mail address asiakas0@example.com" in said
    content = owner_client.get(f"{BASE}unjoined/?source=import%2Fscores&kind=answer").content.decode()
    assert len(re.findall(r'href="/w/testikauppa/people/\d+/"', content)) == 20
    assert "Everything joined" in read(f"{BASE}unjoined/?source=import%2Fscores&kind=contact")
    for wrong in ("", "?kind=answer&source=%00", "?kind=nonsense", f"?kind=answer&source={'x' * 999}"):
        response = owner_client.get(f"{BASE}unjoined/{wrong}")
        assert (response.status_code, "unjoined" in response.headers.get("Location", "")) in (
            (302, False),
            (200, False),
        )


def test_a_range_ends_on_the_last_day_with_data(two_registers, store, read):
    load(
        store,
        two_registers,
        [{"person": "K-1"}],
        "import/contacts",
        kind=CONTACT,
        name="x",
        time=datetime(2025, 6, 1),
    )
    assert "contacts joined" not in read()
    assert "100% of contacts joined to an order n 1 Too few to say" in read(f"{BASE}?range=365")
    assert "contacts joined" in read(f"{BASE}?range=all")
    assert read(f"{BASE}?range=nonsense") == read(BASE)


def test_an_empty_workspace_says_what_to_import(workspace, read):
    said = read()
    assert "Nothing to join yet" in said
    assert "Import the orders from a file." in said


def test_links_that_were_refused_are_explained(store, workspace, read):
    key = workspace.key.hex
    shared = [{"id": user, "user": user, "device": "tabletti"} for user in ("anna", "bertta")]
    email = {"alias": "a@x.fi", "alias_kind": "email", "other_kind": "user"}
    links = [email | {"other": user} for user in ("anna", "bertta")]
    links.append({"alias": "undefined", "alias_kind": "user", "other": "kone", "other_kind": "device"})
    store.load_stream(key, stream_batch(shared, links=links), rules=[])
    said = read()
    assert "One address or number, two customers 1" in said
    assert "Devices that several people use 1" in said
    assert "call reset when somebody signs out" in said
    assert "Ids that name nobody 1" in said
    assert "a@x.fi + bertta 1 time, last 1 Mar 2026" in said


def test_a_viewer_sees_the_counts_and_no_ids(two_registers, store, workspace):
    links = [
        {"alias": "a@x.fi", "alias_kind": "email", "other": user, "other_kind": "user"}
        for user in ("anna", "bertta")
    ]
    store.load_stream(two_registers, stream_batch([{"id": 1, "user": "anna"}], links=links), rules=[])
    user = accounts.create_user(email="katsoja@example.com")
    accounts.set_member(workspace=workspace, user=user, role="viewer", actor=None)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    content = client.get(BASE).content.decode()
    assert "yhdistyi tilaukseen" in content
    assert "Yksi osoite tai numero, kaksi asiakasta" in content
    assert "a@x.fi" not in content
    assert "unjoined" not in content
    assert client.get(f"{BASE}unjoined/?source=import%2Fscores&kind=answer").status_code == 403


def rate(kind, signals=100, origin="import/x", **counts):
    return JoinRate(
        **{"origin": origin, "kind": kind, "signals": signals, "people": signals, "known": 0, "ordered": 0,
           "elsewhere": 0} | counts
    )  # fmt: skip


ORDERS_BY_NUMBER = rate(ORDER, known=100, ordered=100, elsewhere=100, ids={"file": 100})
ORDERS_BY_EMAIL = rate(ORDER, known=100, ordered=100, elsewhere=100, ids={"email": 100})
FIX_LINK = "have no order numbers"
BOTH = "Import a customer list"


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        # Visits that nobody ever signs in on, and visits of which some are signed in.
        (
            [rate(EVENT, origin="tracker/1", ids={"device": 100}), ORDERS_BY_NUMBER],
            ["nobody ever says who they are"],
        ),
        (
            [rate(EVENT, origin="segment/2", known=5, ids={"device": 100, "user": 5}), ORDERS_BY_NUMBER],
            ["only 5% belong to a known customer."],
        ),
        ([rate(EVENT, origin="tracker/1", known=40, ids={"device": 100, "user": 30}), ORDERS_BY_NUMBER], []),
        (
            [rate(EVENT, origin="import/events", ids={"device": 100}), ORDERS_BY_NUMBER],
            ["only 0% belong to a known customer; most name just a browser"],
        ),
        # Answers and orders that name customers in different ways.
        (
            [rate(SCORE, known=100, ids={"email": 100}, numbered=50, ordered=50), ORDERS_BY_NUMBER],
            ["carry e-mail addresses, but orders only customer numbers; 50%"],
        ),
        (
            [rate(SCORE, known=100, ids={"user": 100}, numbered=50, ordered=50), ORDERS_BY_EMAIL],
            ["carry customer numbers, but orders only e-mail addresses; 50%"],
        ),
        (
            [rate(SCORE, known=100, ids={"file": 100}, numbered=10, ordered=10), ORDERS_BY_NUMBER],
            ["name customers in another way than orders do; 10%"],
        ),
        # They would meet, but these customers have not bought.
        ([rate(CONTACT, known=100, bridged=95, ids={"email": 100}, ordered=60), ORDERS_BY_NUMBER], []),
        ([rate(CONTACT, known=100, ids={"email": 100}, ordered=10), ORDERS_BY_EMAIL], []),
        ([rate(CONTACT, known=100, ids={"file": 100}, ordered=40), ORDERS_BY_NUMBER], []),
        # Contacts that name nothing but a browser, or nothing of an order.
        (
            [rate(SCORE, ids={"device": 100}, ordered=10), ORDERS_BY_NUMBER],
            ["come by a browser alone; 10%", FIX_LINK],
        ),
        (
            [rate(CONTACT, known=100, ids={"phone": 100}), ORDERS_BY_NUMBER],
            [FIX_LINK],
        ),
        # Orders that are not here, and orders of nobody.
        (
            [rate(SCORE, ids={"none": 100}, numbered=100, lost=30, ordered=70), ORDERS_BY_NUMBER],
            ["30% name an order that is not here"],
        ),
        (
            [rate(ORDER, known=60, ordered=100, ids={"none": 40, "file": 60}), rate(SCORE, ordered=90)],
            ["40% do not say who ordered"],
        ),
        # Nothing to join with.
        ([rate(SCORE, ids={"email": 100})], ["There are no orders yet", "There is only one source"]),
        ([ORDERS_BY_NUMBER], ["There is only one source"]),
        # Too few to say anything of.
        ([rate(SCORE, signals=29, ids={"email": 29}), ORDERS_BY_NUMBER], []),
        ([], []),
    ],
)
def test_advice_follows_from_the_data(rates, expected):
    with translation.override("en"):
        found = advise(rates, name=lambda rate: "Source", percent=Reader("en").percent)
    assert len(found) == len(expected), [each.finding for each in found]
    for part in expected:
        assert any(part in each.finding for each in found), part
    assert [each.weight for each in found] == sorted((each.weight for each in found), reverse=True)
    assert all(each.remedy for each in found)


def test_refused_links_by_reason():
    links = [RefusedLink("placeholder", f"laite-{number}", "undefined", 3, NOON) for number in range(12)] + [
        RefusedLink("two_users", "a@x.fi", "K-1", 1, NOON),
        RefusedLink("something_new", "a", "b", 1, NOON),
    ]
    with translation.override("fi"):
        groups = refused_groups(links, Reader("fi"))
    assert [(group.reason, group.count, len(group.links), group.more) for group in groups] == [
        ("two_users", 1, 1, 0), ("placeholder", 12, 8, 4), ("something_new", 1, 1, 0),
    ]  # fmt: skip
    assert groups[1].links[0] == (links[0], "3 kertaa, viimeksi 1.3.2026")
    assert groups[2].title == "something_new"
