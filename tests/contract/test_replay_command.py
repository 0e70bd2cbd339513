"""`polku replay` and `polku loader`, beside a running server and without one."""

from __future__ import annotations

import base64
import json
import time
import urllib.request

import pytest

pytestmark = pytest.mark.contract

GOOD = {"type": "track", "event": "Ostos", "userId": "asiakas-1", "messageId": "m-1"}
NAMELESS = {"type": "track", "userId": "asiakas-2", "messageId": "m-2"}
TYPELESS = {"event": "Ostos", "userId": "asiakas-3", "messageId": "m-3"}


@pytest.fixture
def shop(command):
    """A running server with one event and two bad rows."""
    made = command.json("workspace", "create", "Kauppa", "--language", "en")
    command.start()
    send(command, made["write_key"], [GOOD, NAMELESS, TYPELESS])
    wait_for(lambda: len(listed(command)) == 2)
    return command


def send(command, key: str, batch: list[dict]) -> None:
    request = urllib.request.Request(
        f"{command.address}/v1/batch",
        data=json.dumps({"batch": batch}).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def wait_for(holds, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def listed(command, *options: str) -> list[dict]:
    return command.json("replay", "--workspace", "kauppa", "--list", *options)["rows"]


def events(command) -> int:
    question = {"kind": "trend", "select": {"event": "Ostos"}, "interval": "month", "measure": "events"}
    return int(sum(point["value"] for point in command.query("kauppa", question)["points"]))


def mended(rows: list[dict]) -> str:
    """The rows as NDJSON, as a person mends them: with the fields they lacked."""
    lines = []
    for row in rows:
        raw = json.loads(row["raw"]) | {"type": "track", "event": "Ostos"}
        lines.append(json.dumps(row | {"raw": json.dumps(raw)}))
    return "\n".join([*lines, "", ""])


@pytest.mark.parametrize("is_stopped", [False, True], ids=["running", "stopped"])
def test_bad_rows_are_listed_mended_and_taken_in_again(shop, tmp_path, is_stopped):
    if is_stopped:
        assert shop.stop() == 0
    rows = listed(shop)
    assert {row["reason"] for row in rows} == {"missing_event", "missing_type"}
    assert [json.loads(row["raw"]) for row in rows if row["reason"] == "missing_event"] == [NAMELESS]
    assert [row["reason"] for row in listed(shop, "--reason", "missing_type")] == ["missing_type"]
    assert set(rows[0]) == {"id", "received", "source", "reason", "detail", "raw"}

    assert shop.json("replay", "--workspace", "kauppa") == {
        "replayed": 2, "accepted": 0, "repeated": 0, "left_out": 0, "still_rejected": 2, "waiting": 2,
    }  # fmt: skip
    assert shop.json("replay", "--workspace", "kauppa", "--reason", "missing_type")["replayed"] == 1

    file = tmp_path / "mended.ndjson"
    file.write_text(mended([row for row in rows if row["reason"] == "missing_event"]))
    assert shop.json("replay", "--workspace", "kauppa", "--mend", str(file)) == {
        "mended": 1, "replayed": 1, "accepted": 1, "repeated": 0, "left_out": 0, "still_rejected": 0, "waiting": 1,
    }  # fmt: skip
    file.write_text(mended(rows))
    assert shop.json("replay", "--workspace", "kauppa", "--mend", str(file)) == {
        "mended": 1, "replayed": 1, "accepted": 1, "repeated": 0, "left_out": 0, "still_rejected": 0, "waiting": 0,
    }  # fmt: skip
    assert listed(shop) == []
    assert events(shop) == 3


def test_the_list_tells_what_is_wrong_in_the_language_of_the_command_and_json_in_english(shop):
    shop.environment = {"POLKU_LANGUAGE": "fi"}
    text = shop.run("replay", "--workspace", "kauppa", "--list", "--reason", "missing_event").stdout
    assert "missing_event: Kenttä ”event” puuttuu.\n" in text
    assert [row["detail"] for row in listed(shop, "--reason", "missing_event")] == [
        "The field “event” is missing."
    ]


def test_an_event_that_came_by_another_way_meanwhile_is_not_doubled(shop, tmp_path):
    rows = [row for row in listed(shop) if row["reason"] == "missing_event"]
    key = shop.json("workspace", "create", "Toinen")["write_key"]
    send(shop, key, [NAMELESS])  # another workspace's row stays where it is
    file = tmp_path / "mended.ndjson"
    file.write_text(mended(rows))
    shop.json("replay", "--workspace", "kauppa", "--mend", str(file))
    assert events(shop) == 2
    wait_for(lambda: len(shop.json("replay", "--workspace", "toinen", "--list")["rows"]) == 1)
    assert shop.json("replay", "--workspace", "toinen", "--mend", str(file))["mended"] == 0
    assert events(shop) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "Line 1 is not valid JSON"),
        ('{"id": "x", "raw": "{}"}', "Line 1 must be"),
        ("\n[]", "Line 2 must be"),
        ('{"id": "' + "0" * 32 + '", "raw": 5}', "Line 1 must be"),
        ('{"id": "' + "0" * 32 + '", "raw": ""}', "is empty or longer"),
        ('{"id": "' + "0" * 32 + '", "raw": "' + "x" * 65_537 + '"}', "is empty or longer"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(command, tmp_path, content, says):
    command.json("workspace", "create", "Kauppa")
    file = tmp_path / "mended.ndjson"
    file.write_text(content)
    done = command.run("replay", "--workspace", "kauppa", "--mend", str(file), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_ends_in_two(command, tmp_path):
    command.json("workspace", "create", "Kauppa")
    (tmp_path / "latin.ndjson").write_bytes(b'{"id": "\xe4"}')
    for options in (["--reason", "bad luck"], ["--list", "--mend", "-"], ["--mend", "no such file"]):
        assert command.run("replay", "--workspace", "kauppa", *options).returncode == 2
    done = command.run("replay", "--workspace", "kauppa", "--mend", str(tmp_path / "latin.ndjson"))
    assert done.returncode == 1
    assert "not UTF-8" in done.stderr


def test_a_paused_loader_lets_signals_wait_and_loads_them_when_resumed(shop):
    key = shop.json("workspace", "create", "Tauko")["write_key"]
    state = shop.json("loader", "status")
    assert (state["running"], state["paused"], state["troubles"]) == (True, False, {})
    assert shop.json("loader", "pause")["paused"] is True
    send(shop, key, [GOOD])
    time.sleep(2)
    waiting = shop.json("loader", "status")
    assert waiting["paused"] is True
    assert waiting["lag"] > 1
    question = {"kind": "trend", "select": {"event": "Ostos"}, "interval": "month", "measure": "events"}
    assert shop.query("tauko", question)["points"] == []
    assert shop.json("loader", "resume")["paused"] is False
    wait_for(lambda: shop.json("loader", "status")["lag"] == 0)
    assert [point["value"] for point in shop.query("tauko", question)["points"]] == [1]


def test_without_a_server_the_loader_says_so(command):
    assert command.json("loader", "status") == {"running": False}
    assert "No server runs" in command.run("loader", "status").stdout
    for name in ("pause", "resume"):
        done = command.run("loader", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert "No server runs in this home folder" in done.stderr
        assert "polku up" in done.stderr
