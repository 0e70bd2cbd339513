"""The front door of a real server: who is let in, what is answered, what reaches the disk."""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from polku.capture.messages import Envelope
from tests.capture.front.conftest import METRICS_TOKEN, FrontDoor
from tests.robustness.sending import credentials

pytestmark = pytest.mark.contract

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
BROWSER = {"User-Agent": CHROME, "Origin": "https://shop.example"}
VISITOR = "203.0.113.77"
PROBLEM = "application/problem+json"


def track(event: str, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "userId": "u1"} | more


def of_tracker(event: str, **more: Any) -> dict[str, Any]:
    """What our own tracker sends without consent: nobody's id."""
    return {"type": "track", "event": event, "context": {"library": {"name": "polku.js"}}} | more


def _envelope(front: FrontDoor, event: str) -> Envelope:
    (found,) = [each for each in front.envelopes() if any(m.name == event for m in each.messages)]
    return found


def test_an_acknowledged_request_is_on_the_disk_with_all_that_is_known_of_it(front: FrontDoor):
    before = time.time()
    answer = front.post("/v1/track", track("Kept", messageId="m1"), BROWSER | {"X-Forwarded-For": VISITOR})
    assert (answer.status, json.loads(answer.body)) == (200, {"success": True})
    envelope = _envelope(front, "Kept")
    assert envelope.workspace == front.workspace_key()
    assert envelope.origin.startswith("segment/")
    assert (envelope.protocol, envelope.user_agent, envelope.country) == ("segment", CHROME, "")
    assert before <= envelope.received / 1e6 <= time.time()
    assert (envelope.rejected, envelope.dropped) == ([], {})
    (message,) = envelope.messages
    assert (message.kind, message.id, message.name, message.user) == ("event", "m1", "Kept", "u1")


def test_what_a_servers_library_calls_itself_says_nothing_of_a_visitor(front: FrontDoor):
    front.post("/v1/track", track("From a server"), {"User-Agent": "python-requests/2.32"})
    assert _envelope(front, "From a server").user_agent == ""


def test_no_address_reaches_the_disk(front: FrontDoor):
    headers = BROWSER | {"X-Forwarded-For": VISITOR}
    assert front.post("/v1/track", track("With an address"), headers).status == 200
    assert front.post("/v1/track", b"\x00 no json", headers).status == 400
    front.wait_for(1, event="With an address")
    holding = [
        path for path in front.home.rglob("*") if path.is_file() and VISITOR.encode() in path.read_bytes()
    ]
    assert holding == []


# ---- who is let in ---------------------------------------------------------------------------------------------


def test_unknown_revoked_missing_and_secret_keys_get_the_same_answer(front: FrontDoor):
    event = json.dumps(track("Refused")).encode()
    wrong = {
        "unknown": credentials("pk_unknown"),
        "secret": credentials(front.api_key),
        "empty": {"Authorization": "Basic "},
        "not readable": {"Authorization": "Basic ?????"},
        "another scheme": {"Authorization": "Digest abc"},
        "missing": {},
    }
    answers = {}
    for name, headers in wrong.items():
        with front.connect() as connection:
            answers[name] = connection.ask("POST", "/v1/track", event, headers)
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(wrong, 401)
    assert len({answer.body for answer in answers.values()}) == 1
    said = {frozenset((n, v) for n, v in a.headers.items() if n != "date") for a in answers.values()}
    assert len(said) == 1
    problem = json.loads(answers["unknown"].body)
    assert (problem["status"], problem["title"]) == (401, "Unauthorized")
    assert "pk_" in problem["detail"]


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "body", "event"])
def test_a_key_is_found_wherever_clients_put_it(front: FrontDoor, scheme: str):
    key = front.write_key
    name = f"Key in {scheme}"
    document: dict[str, Any] = {"batch": [track(name)]}
    headers = {}
    if scheme == "Basic":
        headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    elif scheme == "Bearer":
        headers["Authorization"] = f"Bearer {key}"
    elif scheme == "body":
        document["writeKey"] = key
    else:
        document["batch"][0]["writeKey"] = key
    with front.connect() as connection:
        answer = connection.ask("POST", "/v1/batch", json.dumps(document).encode(), headers)
    assert answer.status == 200
    assert len(_envelope(front, name).messages) == 1


def test_a_key_in_the_header_wins_over_one_in_the_body(front: FrontDoor):
    document = track("Two keys") | {"writeKey": "pk_other"}
    assert front.post("/v1/track", document).status == 200
    document = track("Two keys") | {"writeKey": front.write_key}
    assert front.post("/v1/track", document, credentials("pk_other")).status == 401


def test_a_key_made_in_the_server_holds_at_once(front: FrontDoor):
    made = front.json("workspace", "create", "Later")
    assert front.post("/v1/track", track("At once"), credentials(made["write_key"])).status == 200


# ---- what is answered --------------------------------------------------------------------------------------------


def test_a_page_elsewhere_may_send_and_read_the_answer(front: FrontDoor):
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-anything",
    }
    before = front.ask("OPTIONS", "/v1/t", asked)
    assert (before.status, before.body) == (204, b"")
    assert before.headers["access-control-allow-origin"] == "https://shop.example"
    assert before.headers["access-control-allow-credentials"] == "true"
    assert before.headers["access-control-allow-headers"] == "content-type,x-anything"
    assert "POST" in before.headers["access-control-allow-methods"]
    for key, status in ((front.write_key, 200), ("pk_unknown", 401)):
        answer = front.post("/v1/t", track("From a page"), {"Origin": "null"} | credentials(key))
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "null"
        assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-origin" not in front.post("/v1/t", track("x")).headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/v1/track", 405),
        ("GET", "/v1/track", 405),
        ("DELETE", "/matomo.php", 405),
        ("POST", "/v1/projects/x/settings", 405),
        ("POST", "/v1/unknown", 404),
        ("GET", "/v1/", 404),
        ("OPTIONS", "/v1/unknown", 404),
        ("POST", "/polku.js", 405),
        ("POST", "/metrics", 405),
    ],
)
def test_wrong_addresses_and_methods_are_told_in_a_problem_document(
    front: FrontDoor, method: str, path: str, status: int
):
    answer = front.ask(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    document = json.loads(answer.body)
    assert document["status"] == status
    assert document["detail"].endswith(".")
    assert ("allow" in answer.headers) == (status == 405)


def test_pages_are_still_answered_by_django(front: FrontDoor):
    assert front.ask("GET", "/").status in (200, 302)
    assert front.ask("GET", "/v2/unknown").headers["content-type"].startswith("text/html")
    assert front.ask("GET", "/static/polku/icon.svg").status == 200


def test_packed_bodies_are_taken_whatever_is_said_of_them(front: FrontDoor):
    body = gzip.compress(json.dumps({"batch": [track("Packed")]}).encode())
    for headers in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/plain"}):
        assert front.post("/v1/batch", body, headers).status == 200
    assert front.post("/v1/batch", body[:-9], {}).status == 400
    assert front.post("/v1/batch", b"{}", {"Content-Encoding": "br"}).status == 415


def test_a_body_of_several_chunks_is_read_and_a_giant_ends_the_connection(front: FrontDoor):
    head = (
        "POST /v1/track HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: {credentials(front.write_key)['Authorization']}\r\n"
    )
    body = json.dumps(track("In chunks")).encode()
    chunks = [body[at : at + 7] for at in range(0, len(body), 7)]
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            time.sleep(0.02)
        connection.sendall(b"0\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"Content-Length: 99999999999\r\n\r\n{")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_senders_who_stop_in_mid_body_harm_nobody(front: FrontDoor):
    half = b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b'{"event": "never whole'
    waiting = [socket.create_connection(("127.0.0.1", front.port), timeout=10) for _ in range(50)]
    for connection in waiting:
        connection.sendall(half)
    began = time.monotonic()
    assert front.post("/v1/track", track("Beside slow ones")).status == 200
    for connection in waiting:
        connection.close()
    assert front.post("/v1/track", track("After slow ones")).status == 200
    assert time.monotonic() - began < 3
    assert not [e for e in front.envelopes() if any(m.name == "never whole" for m in e.messages)]


def test_the_tracker_is_served_and_kept_by_browsers(front: FrontDoor):
    plain = front.ask("GET", "/polku.js")
    packed = front.ask("GET", "/polku.js", {"Accept-Encoding": "gzip"})
    assert (plain.status, packed.status) == (200, 200)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    again = front.ask("GET", "/polku.js", {"If-None-Match": plain.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    head = front.ask("HEAD", "/polku.js")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(plain.body)))


# ---- what owners decide ----------------------------------------------------------------------------------------


def _choose_and_wait(front: FrontDoor, **settings: Any) -> None:
    front.choose(**settings)
    front.post("/v1/track", track("Asks for the keys"))
    time.sleep(3)
    front.post("/v1/track", track("Asks for the keys"))
    time.sleep(0.5)


def test_own_addresses_are_dropped_but_not_what_the_companys_servers_send(front: FrontDoor):
    _choose_and_wait(front, own_addresses=["203.0.113.0/24"])
    from_inside = BROWSER | {"X-Forwarded-For": VISITOR}
    dropped = 'polku_capture_events_dropped_total{reason="own_traffic"}'
    before = front.metric(dropped)
    batch = {"batch": [track("Own", messageId=str(n)) for n in range(3)] + [{"type": "nonsense"}]}
    assert front.post("/v1/batch", batch, from_inside).status == 200
    assert (
        front.post("/v1/track", track("Not own"), BROWSER | {"X-Forwarded-For": "198.51.100.1"}).status == 200
    )
    assert front.post("/v1/track", track("Own server"), {"X-Forwarded-For": VISITOR}).status == 200
    assert front.metric(dropped) - before == 4
    names = {message.name for envelope in front.envelopes() for message in envelope.messages}
    assert names & {"Own", "Not own", "Own server"} == {"Not own", "Own server"}
    assert [envelope.dropped for envelope in front.envelopes() if envelope.dropped] == [{"own_traffic": 4}]
    _choose_and_wait(front)


def test_a_visitor_without_consent_is_counted_by_an_id_of_the_day_only_where_the_owner_wants_it(
    front: FrontDoor,
):
    visitor = BROWSER | {"X-Forwarded-For": "198.51.100.2"}
    other = BROWSER | {"X-Forwarded-For": "198.51.100.3"}
    assert front.post("/v1/t", of_tracker("Not wanted"), visitor).status == 200
    _choose_and_wait(front, is_cookieless=True)
    for headers in (visitor, visitor, other, visitor | {"Sec-GPC": "1"}, visitor | {"DNT": "1"}):
        assert front.post("/v1/t", of_tracker("Wanted"), headers).status == 200
    sent = [each for each in front.envelopes() if each.origin.startswith("tracker/")]
    devices = [(m.name, m.device, m.device_kind) for each in sent for m in each.messages]
    assert [name for name, _device, _kind in devices] == ["Wanted"] * 3
    assert {kind for _name, _device, kind in devices} == {"cookieless"}
    first, second, third = (device for _name, device, _kind in devices)
    assert first == second != third
    assert [each.dropped for each in sent if not each.messages] == [{"no_identifier": 1}] * 3
    _choose_and_wait(front)


# ---- what is told of it all --------------------------------------------------------------------------------------


def test_metrics_are_for_this_machine_or_the_token(front: FrontDoor):
    here = front.ask("GET", "/metrics")
    assert (here.status, here.headers["content-type"].split(";")[0]) == (200, "text/plain")
    for headers, status in (
        ({"X-Forwarded-For": "198.51.100.1"}, 403),
        ({"X-Real-IP": "198.51.100.1"}, 403),
        ({"X-Forwarded-For": "198.51.100.1", "Authorization": "Bearer wrong-token-of-tests"}, 403),
        ({"X-Forwarded-For": "198.51.100.1", "Authorization": "Bearer "}, 403),
        ({"X-Forwarded-For": "198.51.100.1", "Authorization": f"Bearer {METRICS_TOKEN}"}, 200),
    ):
        assert front.ask("GET", "/metrics", headers).status == status


def test_metrics_count_what_came(front: FrontDoor):
    names = {
        "requests": 'polku_capture_requests_total{protocol="segment",status="200"}',
        "refused": 'polku_capture_requests_total{protocol="segment",status="401"}',
        "accepted": "polku_capture_events_accepted_total",
        "rejected": 'polku_capture_events_rejected_total{reason="missing_event"}',
        "commits": "polku_inbox_commit_seconds_count",
    }
    before = {name: front.metric(line) for name, line in names.items()}
    batch = {"batch": [track("Counted"), track("Counted"), {"type": "track", "userId": "u"}]}
    assert json.loads(front.post("/v1/batch", batch).body) == {"success": True, "rejected": 1}
    assert front.post("/v1/batch", batch, credentials("pk_unknown")).status == 401
    after = {name: front.metric(line) for name, line in names.items()}
    assert {name: after[name] - before[name] for name in names} == {
        "requests": 1,
        "refused": 1,
        "accepted": 2,
        "rejected": 1,
        "commits": 1,
    }
    assert front.metric("polku_inbox_healthy") == 1
    assert front.metric("polku_loader_running") == 1


def test_every_metric_is_documented_and_nothing_else(front: FrontDoor):
    page = (Path(__file__).resolve().parents[3] / "docs/reference/metrics.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", page, flags=re.MULTILINE))
    text = front.ask("GET", "/metrics").body.decode()
    assert documented == dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, flags=re.MULTILINE))


def test_it_is_ready(front: FrontDoor):
    assert json.loads(front.ask("GET", "/readyz").body) == {"status": "ready"}
