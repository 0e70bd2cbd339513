"""The front door begins and ends with the server, and its settings stop the start where they are wrong."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from tests.capture.front.conftest import FrontDoor
from tests.robustness.sending import credentials

pytestmark = pytest.mark.contract


@pytest.fixture
def door(tmp_path: Path):
    made = FrontDoor(tmp_path / "home")
    made.open()
    yield made
    if made.server is not None:
        made.kill()


def _track(event: str) -> dict[str, str]:
    return {"type": "track", "event": event, "userId": "u1"}


def test_commands_open_no_inbox(door: FrontDoor):
    assert not (door.home / "inbox").exists()


def test_what_was_acknowledged_before_a_kill_is_loaded_by_the_next_server(door: FrontDoor):
    door.start()
    for number in range(50):
        assert door.post("/v1/track", _track("Before")).status == 200, number
    door.stop(signal.SIGKILL)
    assert door.start() < 10
    assert door.post("/v1/track", _track("After")).status == 200
    door.wait_for(50, event="Before")
    door.wait_for(1, event="After")
    assert door.stop() == 0


def test_one_key_over_its_limit_is_told_when_to_come_again_and_harms_no_other(door: FrontDoor):
    door.environment["POLKU_CAPTURE_EVENTS_PER_SECOND"] = "10"
    door.start()
    other = door.json("workspace", "create", "Other")["write_key"]
    batch = {"batch": [_track("Many") for _ in range(50)]}
    assert door.post("/v1/batch", batch).status == 200
    answer = door.post("/v1/batch", batch)
    assert answer.status == 429
    assert json.loads(answer.body)["status"] == 429
    wait = int(answer.headers["retry-after"])
    assert 2 <= wait <= 4
    assert door.post("/v1/track", _track("Other"), credentials(other)).status == 200
    time.sleep(wait)
    assert door.post("/v1/track", _track("Patient")).status == 200


def test_a_backlog_over_its_limit_is_refused(door: FrontDoor):
    door.environment["POLKU_INBOX_MEGABYTES"] = "16"
    door.start()
    door.json("loader", "pause")
    event = _track("Large") | {"properties": {"text": ["x" * 1000] * 20}}
    batch = {"batch": [event] * 40}
    deadline = time.monotonic() + 30
    while (answer := door.post("/v1/batch", batch)).status == 200:
        assert time.monotonic() < deadline
    assert (answer.status, answer.headers["retry-after"]) == (503, "15")
    assert json.loads(answer.body)["detail"].startswith("Too much waits to be loaded")
    ready = door.ask("GET", "/readyz")
    assert (ready.status, json.loads(ready.body)["missing"]) == (503, ["inbox: backlog"])
    door.json("loader", "resume")
    deadline = time.monotonic() + 30
    while door.post("/v1/batch", batch).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_country_is_looked_up_before_the_address_is_forgotten(door: FrontDoor, tmp_path: Path):
    database = MMDBWriter(ip_version=6, ipv4_compatible=True)
    database.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "FI"}})
    database.to_db_file(str(tmp_path / "countries.mmdb"))
    door.environment["POLKU_COUNTRY_DATABASE"] = str(tmp_path / "countries.mmdb")
    door.start()
    for address in ("203.0.113.77", "198.51.100.1"):
        browser = {"Origin": "https://shop.example", "X-Forwarded-For": address}
        assert door.post("/v1/track", _track(f"From {address}"), browser).status == 200
    assert door.post("/v1/track", _track("Server"), {"X-Forwarded-For": "203.0.113.77"}).status == 200
    assert [envelope.country for envelope in door.envelopes()] == ["FI", "", ""]


def test_a_broken_country_database_keeps_nobody_out(door: FrontDoor, tmp_path: Path):
    (tmp_path / "countries.mmdb").write_bytes(b"nothing")
    door.environment["POLKU_COUNTRY_DATABASE"] = str(tmp_path / "countries.mmdb")
    door.start()
    assert door.post("/v1/track", _track("Taken"), {"Origin": "https://shop.example"}).status == 200
    assert [envelope.country for envelope in door.envelopes()] == [""]


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("POLKU_CAPTURE_EVENTS_PER_SECOND", "0", "between 1 and"),
        ("POLKU_INBOX_MEGABYTES", "much", "whole number"),
        ("POLKU_METRICS_TOKEN", "short", "at least 16"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_hint(door: FrontDoor, setting: str, value: str, says: str):
    door.environment[setting] = value
    done = door.run("up", "--port", "8219")
    assert done.returncode == 1
    assert setting in done.stderr
    assert says in done.stderr


def test_an_inbox_that_cannot_be_made_stops_the_start_with_a_sentence(door: FrontDoor):
    (door.home / "inbox").write_text("not a folder")
    done = door.run("up", "--port", "8219")
    assert done.returncode == 1
    assert "The inbox cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr
