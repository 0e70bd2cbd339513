"""The pages of customers: the list, one person, undoing a merge; and who may see them."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import AuditEntry
from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH
from polku.eventstore.registry import hit_rules
from polku.journeys import domain as journeys
from tests.eventstore.streaming import stream_batch

BASE = "/w/testikauppa/people/"
NOON = datetime(2026, 3, 1, 12)


@pytest.fixture
def key(workspace) -> str:
    return workspace.key.hex


@pytest.fixture
def maija(store, workspace, key):
    """A customer with a phone and a laptop, an order, an answer and a contact, and a stranger beside her."""
    journey = journeys.create_journey(workspace=workspace, name="Ostopolku")
    stage = journeys.add_stage(journey=journey, name="Harkinta")
    point = journeys.add_touchpoint(stage=stage, name="Tuotesivu")
    journeys.add_binding(touchpoint=point, kind="event", names=["Product Viewed"])
    rules = hit_rules(key)
    events = [
        {"id": 1, "name": "Product Viewed", "device": "puhelin-0001", "properties": '{"name": "Teltta <3"}'},
        {"id": 2, "name": "Signed In", "device": "puhelin-0001", "user": "K-1"},
        {"id": 3, "name": "Page Viewed", "device": "kone-0001", "time": NOON + timedelta(days=1)},
        {"id": 4, "device": "kone-0001", "user": "K-1", "time": NOON + timedelta(days=1)},
        {"id": 5, "name": "Page Viewed", "device": "vieras-0001"},
    ]
    usual = {"time": NOON, "url": "https://kauppa.example/teltta"}
    traits = {"name": "Maija Meikäläinen", "email": "maija@example.com", "city": "Oulu"}
    store.load_stream(
        key,
        stream_batch(
            [usual | event for event in events],
            traits=[{"alias": "K-1", "properties": json.dumps(traits)}],
            received=NOON,
        ),
        rules=rules,
    )
    usual = {"person": "K-1", "time": NOON}
    orders = [
        {"message_id": f"{900:032x}", "order": "T-1", "value": 89.9, "status": "delivered"},
        {"message_id": f"{901:032x}", "order": "T-2", "value": 10.0, "status": "returned"},
    ]
    orders = [usual | order for order in orders]
    store.load_orders(
        key, pa.Table.from_pylist(orders, schema=ORDER_BATCH), rules=rules, origin="import/orders"
    )
    rows = [
        {
            "kind": 2,
            "name": "nps",
            "score": 9.0,
            "scale_low": 0.0,
            "scale_high": 10.0,
            "text": "Hyvä <b>teltta</b>",
        },
        {"kind": 3, "name": "Toimitus", "channel": "phone"},
    ]
    rows = [
        {"message_id": f"{number:032x}", "time": NOON + timedelta(days=3), "order": "T-1", **row}
        for number, row in enumerate(rows)
    ]
    store.load_signals(
        key, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=rules, origin="import/scores"
    )
    workspace.cancelled_states = ["returned"]
    workspace.save()
    return store.find_people(key, search="K-1").to_pylist()[0]["person"]


@pytest.fixture(autouse=True)
def in_english(owner_client, settings):
    owner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def text_of(response, part: str = "main") -> str:
    """What a reader reads between the tags of the page's main part."""
    found = re.search(rf"<{part}[ >].*</{part}>", response.content.decode(), re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group())).split())


def member(workspace, role: str) -> Client:
    user = accounts.create_user(email=f"{role}@example.com")
    accounts.set_member(workspace=workspace, user=user, role=role, actor=None)
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_list_tells_customers_from_visitors(maija, owner_client):
    said = text_of(owner_client.get(BASE))
    assert "Maija Meikäläinen customer maija@example.com 4 Mar 2026 14:00 2 8" in said
    assert "Visitor vieras-0001 visitor 1 Mar 2026 14:00" in said
    customers, visitors = (
        text_of(owner_client.get(f"{BASE}?who={who}")) for who in ("customers", "visitors")
    )
    assert ("Maija" in customers, "vieras-0001" in customers) == (True, False)
    assert ("Maija" in visitors, "vieras-0001" in visitors) == (False, True)


@pytest.mark.parametrize("search", ["maija", "MEIKÄ", "K-1", "t-2", "oulu", "puhelin-0001", "example.com"])
def test_the_list_finds_by_anything_known(maija, owner_client, search):
    said = text_of(owner_client.get(BASE, {"search": search}))
    assert ("Maija Meikäläinen" in said, "vieras-0001" in said) == (True, False)


def test_a_search_that_finds_nobody_says_what_to_try(maija, owner_client):
    for search in ("nobody", "\x00", "\ud800x", "'; DROP TABLE person; --", "x" * 5000):
        response = owner_client.get(BASE, {"search": search.encode("utf-8", "surrogatepass")})
        assert response.status_code == 200
    said = text_of(owner_client.get(BASE, {"search": "<script>"}))
    assert "Nobody is found by “<script>”" in said
    assert "<script>" not in owner_client.get(BASE, {"search": "<script>"}).content.decode().split("<main")[1]


def test_an_empty_workspace_says_how_customers_come(workspace, owner_client):
    said = text_of(owner_client.get(BASE))
    assert "Nobody has been here yet" in said
    assert "Import the orders or a customer list from a file." in said


def test_pages_of_the_list(store, key, owner_client):
    rows = [
        {"message_id": f"{number:032x}", "kind": 1, "name": "view", "person": f"id-{number:03}",
         "time": NOON + timedelta(minutes=number)} for number in range(60)
    ]  # fmt: skip
    store.load_signals(key, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])
    first, second = (text_of(owner_client.get(f"{BASE}?page={page}")) for page in ("1", "2"))
    assert re.findall(r"id-\d+", first) == [f"id-{number:03}" for number in range(59, 9, -1)]
    assert re.findall(r"id-\d+", second) == [f"id-{number:03}" for number in range(9, -1, -1)]
    assert ("Seen earlier" in first, "Seen later" in first) == (True, False)
    assert ("Seen earlier" in second, "Seen later" in second) == (False, True)
    assert "There are no more" in text_of(owner_client.get(f"{BASE}?page=3"))
    for page in ("0", "-1", "x", "9" * 30, "²"):
        assert owner_client.get(BASE, {"page": page}).status_code == 200


def test_a_person_has_one_timeline_of_everything(maija, owner_client):
    response = owner_client.get(f"{BASE}{maija}/")
    said = text_of(response)
    assert "Maija Meikäläinen customer maija@example.com · known since 1 Mar 2026" in said
    assert (
        "Orders 1 €89.90 and 1 cancelled or returned Visits 2 Seen first 1 Mar 2026 Seen last 4 Mar 2026 14:00"
        in said
    )
    assert "All 8 Events 4 Answers 1 Contacts 1 Orders 2" in said
    days = re.findall(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ Mar 2026", said)
    assert days == ["Wednesday 4 Mar 2026", "Monday 2 Mar 2026", "Sunday 1 Mar 2026"]
    assert "Contact: Called: Toimitus order T-1 · phone" in said
    assert (
        "Answer: Answered the NPS survey: 9 , very positive Hyvä <b>teltta</b> order T-1 · scale 0–10" in said
    )
    assert "Order: Ordered €89.90 (delivered)" in said
    assert "Event: Viewed the product “Teltta <3” Tuotesivu" in said
    assert re.search(
        r'href="/w/testikauppa/journeys/\d+/\?touchpoint=\d+">Tuotesivu</a>', response.content.decode()
    )
    assert "<b>teltta</b>" not in response.content.decode()
    assert "K-1 customer id" in said
    assert "puhelin-0001 device · seen last 1 Mar 2026 14:00" in said
    assert "City Oulu" in said


def test_the_timeline_shows_one_kind_where_asked(maija, owner_client):
    said = text_of(owner_client.get(f"{BASE}{maija}/?kind=order"))
    assert ("Ordered €89.90" in said, "Called:" in said, "Signed in" in said) == (True, False, False)
    assert owner_client.get(f"{BASE}{maija}/?kind=nonsense&page=x").status_code == 200
    assert "The timeline has ended already." in text_of(owner_client.get(f"{BASE}{maija}/?page=9"))


def test_pages_of_a_timeline(store, key, owner_client):
    rows = [
        {"message_id": f"{number:032x}", "kind": 3, "name": f"syy-{number:03}", "person": "K-9",
         "time": NOON + timedelta(hours=number)} for number in range(130)
    ]  # fmt: skip
    store.load_signals(key, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])
    person = store.find_people(key, search="K-9").to_pylist()[0]["person"]
    found = []
    for page in (1, 2):
        found += re.findall(r"syy-\d+", text_of(owner_client.get(f"{BASE}{person}/?page={page}")))
    assert found == [f"syy-{number:03}" for number in range(129, -1, -1)]


def test_nobody_is_not_found_and_who_was_joined_is_led_on(maija, store, key, owner_client):
    for number in (999, 2**63, 10**30):
        assert owner_client.get(f"{BASE}{number}/").status_code == 404
    absorbed = store.merges(key, maija)[0].absorbed
    response = owner_client.get(f"{BASE}{absorbed}/")
    assert (response.status_code, response["Location"]) == (302, f"{BASE}{maija}/")


def test_undoing_a_merge_asks_with_names_and_says_what_happened(maija, store, workspace, key, owner_client):
    merge = next(each for each in store.merges(key, maija) if "kone-0001" in (each.alias, each.other))
    address = f"{BASE}{maija}/merges/{merge.merge}/undo/"
    assert f'href="{address}"' in owner_client.get(f"{BASE}{maija}/").content.decode()
    asked = text_of(owner_client.get(address))
    assert "Stays here puhelin-0001 K-1 Becomes a person of their own kone-0001" in asked
    version = store.state(key).version
    assert store.merges(key, maija)[0].undone_at is None
    assert owner_client.get(address).status_code == 200  # looking undoes nothing
    assert store.state(key).version == version

    response = owner_client.post(address, follow=True)
    back = store.find_people(key, search="kone-0001").to_pylist()[0]["person"]
    assert response.redirect_chain == [(f"{BASE}{maija}/?separated={back}", 302)]
    said = text_of(response)
    assert "are two people again, and Polku keeps them apart from now on." in said
    assert "they are kept apart." in said
    assert f'href="{BASE}{back}/"' in response.content.decode()
    assert "kone-0001" in text_of(owner_client.get(f"{BASE}{back}/"))
    with scope(workspace=workspace):
        entry = AuditEntry.objects.get(action="person.separated")
    assert (entry.target, entry.details) == (f"{maija} and {back}", {"merge": merge.merge})
    # Once is enough.
    again = owner_client.post(address, follow=True)
    assert "This has been undone already." in text_of(again)
    assert store.find_people(key, search="K-1").to_pylist()[0]["person"] == maija
    # What comes later does not join them again.
    link = {"alias": "kone-0001", "alias_kind": "device", "other": "K-1", "other_kind": "user"}
    store.load_stream(key, stream_batch([{"id": 99, "user": "K-1"}], links=[link]), rules=[])
    assert store.find_people(key, search="kone-0001").to_pylist()[0]["person"] == back


def _identify(store, key, row: int, device: str | None, user: str, **names: str) -> int:
    """What the loader makes of one identify; the number of the person."""
    links = [
        {"alias": alias, "alias_kind": kind, "other": user, "other_kind": "user"}
        for kind, alias in names.items()
    ]
    links += (
        [{"alias": device, "alias_kind": "device", "other": user, "other_kind": "user"}] if device else []
    )
    store.load_stream(key, stream_batch([{"id": row, "user": user, "device": device}], links=links), rules=[])
    return store.find_people(key, search=user).to_pylist()[0]["person"]


def test_one_identify_is_one_merge_to_undo(store, key, owner_client):
    store.load_stream(key, stream_batch([{"id": 71, "device": "kone-0007"}]), rules=[])
    person = _identify(store, key, 72, "kone-0007", "K-7", email="seitseman@x.fi", phone="358407777777")
    assert len(store.merges(key, person)) == 3
    page = owner_client.get(f"{BASE}{person}/")
    assert text_of(page).count("Undo this merge") == 1
    assert "Told at the same time" in text_of(page)
    assert text_of(page).count("Undo only this") == 2
    address = re.search(r'href="([^"]+/merges/\d+/undo/)">Undo this merge', page.content.decode()).group(1)
    asked = text_of(owner_client.get(address))
    assert "Stays here kone-0007 Becomes a person of their own K-7 seitseman@x.fi 358407777777" in asked
    owner_client.post(address)
    found = store.find_people(key, search="7").to_pylist()
    assert {frozenset(each["ids"]) for each in found} == {
        frozenset({"K-7", "seitseman@x.fi", "358407777777"}),
        frozenset({"kone-0007"}),
    }


def test_an_identify_without_a_device_is_undone_whole(store, key, owner_client):
    person = _identify(store, key, 73, None, "K-8", email="kahdeksan@x.fi", phone="358408888888")
    page = owner_client.get(f"{BASE}{person}/").content.decode()
    (address,) = re.findall(r'href="([^"]+/merges/\d+/undo/)">Undo this merge', page)
    response = owner_client.post(address, follow=True)
    assert "are two people again" in text_of(response)
    people = [
        store.find_people(key, search=each)["person"][0].as_py() for each in ("K-8", "kahdeksan", "3584088")
    ]
    assert len({*people}) == 3


def test_somebody_with_very_many_ids_has_a_page_of_the_usual_size(store, key, owner_client):
    ids = [f"c{number:03}" for number in range(120)]
    store.load_people(key, pa.Table.from_pylist([{"person": each} for each in ids], schema=PERSON_BATCH))
    junk = [{"person": "kaikki", "aliases": [each]} for each in ids]
    store.load_people(key, pa.Table.from_pylist(junk, schema=PERSON_BATCH))
    page = owner_client.get(f"{BASE}1/")
    assert text_of(page).count("Undo this merge") == 50
    assert text_of(page).count("and 71 more") == 1  # of 121 ids
    assert text_of(page).count("and 69 more") == 1  # of 119 merges
    merge = store.merges(key, 1)[0].merge
    asked = text_of(owner_client.get(f"{BASE}1/merges/{merge}/undo/"))
    assert asked.count("and 70 more") == 1
    assert "c119" in asked


def test_a_merge_of_somebody_else_is_not_found(maija, store, key, owner_client):
    stranger = store.find_people(key, search="vieras-0001").to_pylist()[0]["person"]
    merge = store.merges(key, maija)[0].merge
    assert owner_client.post(f"{BASE}{stranger}/merges/{merge}/undo/").status_code == 404
    assert owner_client.post(f"{BASE}{maija}/merges/999/undo/").status_code == 404


def test_a_shared_device_is_marked_and_explained(store, key, owner_client):
    events = [
        {"id": 1, "user": "anna", "device": "tabletti"},
        {"id": 2, "user": "bertta", "device": "tabletti"},
    ]
    store.load_stream(key, stream_batch(events), rules=[])
    person = store.find_people(key, search="bertta").to_pylist()[0]["person"]
    said = text_of(owner_client.get(f"{BASE}{person}/"))
    assert "shared device" in said
    assert "Several customers have signed in on a shared device." in said


def test_who_is_known_by_an_order_alone(store, key, owner_client):
    order = {"message_id": f"{1:032x}", "order": "T-7", "time": NOON, "value": 5.0}
    store.load_orders(key, pa.Table.from_pylist([order], schema=ORDER_BATCH), rules=[])
    person = store.find_people(key, search="T-7").to_pylist()[0]["person"]
    said = text_of(owner_client.get(f"{BASE}{person}/"))
    assert "Customer of order T-7 visitor nothing tells who this is" in said
    assert "None: the customer is known only through an order’s number." in said


def test_who_has_done_nothing_yet(store, key, owner_client):
    row = {"person": "K-5", "aliases": [], "properties": '{"city": "Turku"}'}
    store.load_people(key, pa.Table.from_pylist([row], schema=PERSON_BATCH))
    person = store.find_people(key, search="K-5").to_pylist()[0]["person"]
    assert "No events, answers, contacts or orders have come" in text_of(owner_client.get(f"{BASE}{person}/"))


@pytest.mark.parametrize(
    ("role", "sees", "separates"),
    [("viewer", False, False), ("agent", True, False), ("analyst", True, False), ("editor", True, True)],
)
def test_customers_one_by_one_are_for_those_who_handle_them(
    maija, store, key, workspace, role, sees, separates
):
    client = member(workspace, role)
    codes = [client.get(path).status_code for path in (BASE, f"{BASE}{maija}/")]
    assert codes == ([200, 200] if sees else [403, 403])
    assert (f'href="{BASE}"' in client.get("/w/testikauppa/segments/").content.decode()) == sees
    merge = store.merges(key, maija)[0].merge
    if sees:
        assert ("Undo this merge" in text_of(client.get(f"{BASE}{maija}/"))) == separates
    assert client.get(f"{BASE}{maija}/merges/{merge}/undo/").status_code == (200 if separates else 403)
