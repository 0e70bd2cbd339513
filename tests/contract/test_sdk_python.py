"""Segment's and RudderStack's libraries for Python against a real server: every stored row, field by field."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.contract.conftest import Command
from tests.contract.sdk_runs import (
    Kept,
    answers_to_a_wrong_key,
    kept,
    refusing,
    run_all,
    run_script,
    signal,
    wait_for,
    workspaces,
)

pytestmark = pytest.mark.contract

SCRIPTS = {"segment": "segment_python.py", "rudder": "rudder_python.py"}
FIRST = datetime(2024, 5, 1, 10, 0, 0, 250_000)


def at(seconds: int) -> datetime:
    return FIRST + timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, new_home):
    """What each library left behind: name of the library and what it did → what the store holds, refusals seen."""
    command = Command(new_home(tmp_path_factory.mktemp("python-sdks") / "home"))
    command.start()
    try:
        keys = workspaces(
            command, [f"{library}-{what}" for library in SCRIPTS for what in ("all", "429", "503")]
        )
        seen: dict[str, list[int]] = {}

        def run(name: str) -> None:
            library, _, what = name.partition("-")
            if what == "all":
                run_script(SCRIPTS[library], command.address, keys[name], "all")
                return
            with refusing(command.address, int(what)) as proxy:
                run_script(SCRIPTS[library], proxy.address, keys[name], "retry")
                seen[name] = proxy.seen

        run_all({name: lambda name=name: run(name) for name in keys})
        for library, script in SCRIPTS.items():
            seen[f"{library}-wrong"] = answers_to_a_wrong_key(script, command.address)
        for name in keys:
            awaited = ("Item Seen", 150) if name.endswith("all") else ("Tried Again", 1)
            wait_for(command, name, *awaited)
        assert command.stop() == 0
        yield {name: kept(command.home, name) for name in keys}, seen
    finally:
        if command.server is not None:
            command.server.kill()
            command.server.wait()


def origin_of(found: Kept) -> str:
    (origin,) = {row["origin"] for row in found.signals}
    protocol, _, number = origin.partition("/")
    assert protocol == "segment"
    assert number.isdigit()
    return origin


def test_segment_keeps_page_screen_and_order(sent):
    found = sent[0]["segment-all"]
    origin = origin_of(found)
    properties = {
        "order_id": "T-1",
        "revenue": 49.9,
        "currency": "EUR",
        "payment_method": "MobilePay",
        "guest": False,
    }
    assert [row for row in found.signals if row["name"] != "Item Seen"] == [
        signal(
            "Page Viewed",
            at(1),
            origin,
            device="laite-1",
            channel="web",
            url="https://kauppa.example/takki",
            properties={"title": "Talvitakki", "page_name": "Takki", "category": "Tuotteet"},
        ),
        signal(
            "Screen Viewed", at(2), origin, channel="mobile", properties={"step": 2, "screen_name": "Kassa"}
        ),
        signal(
            "Order Completed", at(3), origin, device="laite-1", value=49.9, order="T-1", properties=properties
        ),
    ]
    assert found.orders == [
        {
            "id": "T-1",
            "time": at(3),
            "value": 49.9,
            "status": "completed",
            "channel": None,
            "properties": properties,
            "person": 1,
        }
    ]


def test_segment_keeps_who_it_was(sent):
    found = sent[0]["segment-all"]
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
                "name": "Maija Meikäläinen",
                "plan": "kulta",
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
    properties = {"order_id": "T-1", "total": "49.90", "products": [{"sku": "T-9", "quantity": 2}]} | visit
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
        signal("Order Completed", at(3), origin, value=49.9, order="T-1", properties=properties),
    ]
    assert found.orders == [
        {
            "id": "T-1",
            "time": at(3),
            "value": 49.9,
            "status": "completed",
            "channel": None,
            "properties": properties,
            "person": 1,
        }
    ]


def test_rudderstack_keeps_who_it_was(sent):
    found = sent[0]["rudder-all"]
    assert found.people == [
        {
            "person": 1,
            "ids": [
                ("+358401234567", "phone"),
                ("asiakas-1", "user"),
                ("laite-1", "device"),
                ("maija@example.fi", "email"),
                ("vanha-1", "user"),
            ],
            "traits": {
                "email": "Maija@Example.fi",
                "phone": "+358 40 123 4567",
                "plan": "kulta",
                "group": "yritys-1",
                "group_name": "Yritys Oy",
            },
        },
        {"person": found.of("Item Seen")[0]["person"], "ids": [("asiakas-2", "user")], "traits": None},
    ]


@pytest.mark.parametrize("library", SCRIPTS)
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
        for number in range(150)
    ]
    assert found.rejected == []
    assert found.counts == {(origin, "accepted"): 153}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("library", SCRIPTS)
def test_what_was_refused_comes_again_and_is_stored_once(sent, library, status):
    found = sent[0][f"{library}-{status}"]
    assert sent[1][f"{library}-{status}"] == [status, 200]
    assert found.signals == [signal("Tried Again", at(0), origin_of(found), properties={"a": 1})]


def test_the_servers_own_limit_slows_a_sender_and_loses_nothing(command):
    command.environment["POLKU_CAPTURE_EVENTS_PER_SECOND"] = "30"
    command.start()
    key = command.json("workspace", "create", "burst")["write_key"]
    with refusing(command.address, 0, times=0) as proxy:
        run_script("segment_python.py", proxy.address, key, "burst")
    assert sorted(set(proxy.seen)) == [200, 429]
    wait_for(command, "burst", "Burst", 200)
    assert command.stop() == 0
    found = kept(command.home, "burst")
    assert [row["properties"] for row in found.signals] == [{"number": number} for number in range(200)]


@pytest.mark.parametrize("library", SCRIPTS)
def test_a_wrong_key_is_told_once(sent, library):
    assert sent[1][f"{library}-wrong"] == [401]
