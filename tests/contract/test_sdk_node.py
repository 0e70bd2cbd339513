"""Segment's, RudderStack's and Matomo's libraries for Node against a real server: every stored row, field by field."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.contract.conftest import Command
from tests.contract.sdk_runs import (
    Kept,
    answers_to_a_wrong_key,
    kept,
    need_modules,
    refusing,
    run_all,
    run_script,
    signal,
    wait_for,
    workspaces,
)

pytestmark = pytest.mark.contract

SCRIPTS = {"segment": "segment_node.cjs", "rudder": "rudder_node.cjs", "matomo": "matomo_node.cjs"}
FIRST = datetime(2024, 5, 1, 10, 0, 0, 250_000)


def at(seconds: int) -> datetime:
    return FIRST + timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, new_home):
    """What each library left behind: name and what it did → what the store holds, answers it saw, what it printed."""
    need_modules()
    command = Command(new_home(tmp_path_factory.mktemp("node-sdks") / "home"))
    command.start()
    try:
        keys = workspaces(
            command, [f"{library}-{what}" for library in SCRIPTS for what in ("all", "429", "503")]
        )
        seen: dict[str, list[int]] = {}

        def run(name: str) -> str:
            library, _, what = name.partition("-")
            if what == "all":
                return run_script(SCRIPTS[library], command.address, keys[name], "all")
            with refusing(command.address, int(what)) as proxy:
                printed = run_script(SCRIPTS[library], proxy.address, keys[name], "retry")
                seen[name] = proxy.seen
                return printed

        printed = run_all({name: lambda name=name: run(name) for name in keys})
        for library in ("segment", "rudder"):
            seen[f"{library}-wrong"] = answers_to_a_wrong_key(SCRIPTS[library], command.address)
        last = {
            "segment-all": ("Item Seen", 40),
            "rudder-all": ("Item Seen", 40),
            "matomo-all": ("Goal Reached", 1),
        }
        for name in keys:
            again = "Page Viewed" if name.startswith("matomo") else "Tried Again"
            wait_for(command, name, *last.get(name, (again, 1)))
        assert command.stop() == 0
        yield {name: kept(command.home, name) for name in keys}, seen, printed
    finally:
        if command.server is not None:
            command.server.kill()
            command.server.wait()


def origin_of(found: Kept, protocol: str = "segment") -> str:
    (origin,) = {row["origin"] for row in found.signals}
    kind, _, number = origin.partition("/")
    assert kind == protocol
    assert number.isdigit()
    return origin


def test_segment_keeps_page_screen_and_order(sent):
    found = sent[0]["segment-all"]
    origin = origin_of(found)
    visit = {
        "traffic_channel": "Email",
        "traffic_source": "kirje",
        "traffic_medium": "email",
        "traffic_campaign": "kevät",
    }
    assert [row for row in found.signals if row["name"] != "Item Seen"] == [
        signal(
            "Page Viewed",
            at(1),
            origin,
            device="laite-1",
            channel="web",
            url="https://kauppa.example/takki",
            properties={"title": "Talvitakki", "page_name": "Takki", "category": "Tuotteet"} | visit,
        ),
        signal(
            "Screen Viewed",
            at(2),
            origin,
            channel="mobile",
            properties={"step": 2, "screen_name": "Kassa"} | visit,
        ),
        signal(
            "Order Completed",
            at(3),
            origin,
            channel="web",
            url="https://kauppa.example/kiitos",
            value=49.9,
            order="T-1",
            properties={"order_id": "T-1", "revenue": 49.9, "discount": None, "locale": "fi-FI"} | visit,
        ),
    ]
    assert found.orders == [
        {
            "id": "T-1",
            "time": at(3),
            "value": 49.9,
            "status": "completed",
            "channel": "web",
            "properties": {"order_id": "T-1", "revenue": 49.9, "locale": "fi-FI"} | visit,
            "person": 1,
        }
    ]
    assert found.people == [
        {
            "person": 1,
            "ids": [
                ("K-99", "loyalty"),
                ("asiakas-1", "user"),
                ("laite-1", "device"),
                ("maija@example.fi", "email"),
                ("vanha-1", "user"),
            ],
            "traits": {
                "email": "Maija@Example.fi",
                "name": "Maija Meikäläinen",
                "loyalty_number": "K-99",
                "group": "yritys-1",
                "group_name": "Yritys Oy",
            },
        },
        {"person": found.of("Item Seen")[0]["person"], "ids": [("asiakas-2", "user")], "traits": None},
    ]


def test_rudderstack_keeps_page_screen_and_order(sent):
    found = sent[0]["rudder-all"]
    origin = origin_of(found)
    visit = {"traffic_channel": "Direct"}
    order = {"order_id": "T-1", "revenue": 49.9} | visit
    assert [row for row in found.signals if row["name"] != "Item Seen"] == [
        signal(
            "Page Viewed",
            at(1),
            origin,
            device="laite-1",
            channel="web",
            url="https://kauppa.example/takki",
            properties={"title": "Talvitakki", "page_name": "Takki", "category": "Tuotteet"} | visit,
        ),
        signal(
            "Screen Viewed",
            at(2),
            origin,
            channel="mobile",
            properties={"step": 2, "screen_name": "Kassa"} | visit,
        ),
        signal("Order Completed", at(3), origin, value=49.9, order="T-1", properties=order),
    ]
    assert found.orders == [
        {
            "id": "T-1",
            "time": at(3),
            "value": 49.9,
            "status": "completed",
            "channel": None,
            "properties": order,
            "person": 1,
        }
    ]
    assert found.people == [
        {
            "person": 1,
            "ids": [
                ("asiakas-1", "user"),
                ("laite-1", "device"),
                ("maija@example.fi", "email"),
                ("vanha-1", "user"),
            ],
            "traits": {
                "email": "Maija@Example.fi",
                "plan": "kulta",
                "group": "yritys-1",
                "group_name": "Yritys Oy",
            },
        },
        {"person": found.of("Item Seen")[0]["person"], "ids": [("asiakas-2", "user")], "traits": None},
    ]


@pytest.mark.parametrize("library", ["segment", "rudder"])
def test_batches_arrive_whole(sent, library):
    found = sent[0][f"{library}-all"]
    origin = origin_of(found)
    person = found.people[1]["person"]
    assert found.of("Item Seen") == [
        signal(
            "Item Seen",
            at(10 + number),
            origin,
            identity="asiakas-2",
            person=person,
            properties={"number": number},
        )
        for number in range(40)
    ]
    assert found.rejected == []
    assert found.counts == {(origin, "accepted"): 43}


def test_matomo_keeps_each_kind_of_hit(sent):
    found = sent[0]["matomo-all"]
    origin = origin_of(found, "matomo")
    time = datetime(2024, 5, 1, 10)
    visit = {"traffic_channel": "Direct"}
    here = {"device": "0123456789abcdef", "channel": "web", "url": "https://kauppa.example/takki"}
    products = [{"sku": "T-9", "name": "Talvitakki", "category": "Takit", "price": 49.9, "quantity": 1}]
    expected = [
        signal("Page Viewed", time, origin, **here, properties={"title": "Talvitakki"}),
        signal(
            "Video: Play",
            time,
            origin,
            **here,
            value=12.5,
            properties={"event_category": "Video", "event_action": "Play", "event_name": "Esittely"},
        ),
        signal(
            "Products Searched",
            time,
            origin,
            **here,
            properties={"query": "takki", "category": "Vaatteet", "results": 0},
        ),
        signal(
            "File Downloaded", time, origin, **here, properties={"href": "https://kauppa.example/ohje.pdf"}
        ),
        signal("Link Clicked", time, origin, **here, properties={"href": "https://muu.example/"}),
        signal(
            "Order Completed",
            time,
            origin,
            **here | {"url": "https://kauppa.example/kiitos"},
            value=49.9,
            order="T-1",
            properties={"products": products},
        ),
        signal("Cart Updated", time, origin, **here, value=20.0, properties={}),
        signal("Goal Reached", time, origin, **here, properties={"goal": "7"}),
    ]
    for row in expected:
        row["properties"] |= visit
    assert found.signals == expected
    assert found.orders == [
        {
            "id": "T-1",
            "time": time,
            "value": 49.9,
            "status": "completed",
            "channel": "web",
            "properties": {"products": products} | visit,
            "person": 1,
        }
    ]
    assert found.people == [
        {"person": 1, "ids": [("0123456789abcdef", "device"), ("asiakas-1", "user")], "traits": None}
    ]


def test_matomo_is_told_what_was_not_taken(sent):
    found = sent[0]["matomo-all"]
    assert json.loads(sent[2]["matomo-all"]) == {"status": "success", "tracked": 7, "invalid": 1}
    assert [(reason, "e_c=no%20action" in raw) for reason, raw in found.rejected] == [("missing_event", True)]
    origin = origin_of(found, "matomo")
    assert found.counts == {(origin, "accepted"): 8, (origin, "rejected"): 1, (origin, "unsupported"): 1}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("library", ["segment", "rudder"])
def test_what_was_refused_comes_again_and_is_stored_once(sent, library, status):
    found = sent[0][f"{library}-{status}"]
    assert sent[1][f"{library}-{status}"] == [status, 200]
    assert found.signals == [signal("Tried Again", at(0), origin_of(found), properties={"a": 1})]


@pytest.mark.parametrize("status", [429, 503])
def test_matomo_tells_of_a_refusal_and_a_repeat_is_one_event(sent, status):
    found = sent[0][f"matomo-{status}"]
    assert sent[2][f"matomo-{status}"] == "1\n"
    assert sent[1][f"matomo-{status}"] == [status, 200, 200]
    origin = origin_of(found, "matomo")
    assert found.signals == [
        signal(
            "Page Viewed",
            datetime(2024, 5, 1, 10),
            origin,
            device="0123456789abcdef",
            channel="web",
            url="https://kauppa.example/takki",
            properties={"title": "Tried Again", "traffic_channel": "Direct"},
        )
    ]
    assert found.counts == {(origin, "accepted"): 1, (origin, "repeated"): 1}


@pytest.mark.parametrize("library", ["segment", "rudder"])
def test_a_wrong_key_is_told_once(sent, library):
    assert sent[1][f"{library}-wrong"] == [401]
