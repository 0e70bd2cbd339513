"""What surrounds the events of a Segment request: clocks, keys, addresses, settings, replies, and a replay."""

from __future__ import annotations

import json

import pytest

from polku.capture import pipeline
from polku.capture.protocols import find, named
from tests.capture.protocols.requests import RECEIVED, get, post
from tests.capture.protocols.segment_requests import BROWSER, SENT, decode, message


@pytest.mark.parametrize(
    ("said", "time", "is_receipt"),
    [
        ({"timestamp": "2027-01-15T07:00:00Z"}, -3_600_000_000, False),
        ({"timestamp": "2027-01-15T09:00:00+02:00"}, -3_600_000_000, False),
        ({"timestamp": "2027-01-15T07:00:00"}, -3_600_000_000, False),
        ({"timestamp": 1_799_996_400}, -3_600_000_000, False),
        ({"timestamp": 1_799_996_400_250}, -3_599_750_000, False),
        ({"originalTimestamp": "2027-01-15T07:00:00.123456Z"}, -3_599_876_544, False),
        ({"timestamp": "2027-01-15T10:59:00Z", "sentAt": "2027-01-15T11:00:00Z"}, -60_000_000, False),
        ({"timestamp": "1971-01-01T00:00:00Z", "sentAt": "1971-01-01T00:01:00Z"}, -60_000_000, False),
        ({"timestamp": "2027-01-15T07:00:00Z", "sentAt": "2027-01-15T07:59:59.5Z"}, -3_600_000_000, False),
        ({"timestamp": "2027-01-15T07:00:00Z", "sentAt": "soon"}, -3_600_000_000, False),
        ({"timestamp": "9999-12-31T23:59:59Z"}, 0, True),
        ({"timestamp": "1999-12-31T23:59:59Z"}, 0, True),
        ({"timestamp": 4_000_000_000_000}, 0, True),
        ({}, 0, False),
        ({"timestamp": None}, 0, False),
    ],
)
def test_times_are_corrected_by_the_senders_clock(said, time, is_receipt):
    made = message("/v1/track", {"event": "E", "userId": "u"} | said)
    assert made.time is not None
    assert (made.time - RECEIVED, made.time_is_receipt) == (time, is_receipt)


def test_the_clock_of_a_batch_counts_for_its_events():
    made = message(
        "/v1/batch",
        {
            "sentAt": "2027-01-15T11:00:00Z",
            "batch": [{"type": "page", "userId": "u", "timestamp": "2027-01-15T10:59:00Z"}],
        },
    )
    assert made.time == RECEIVED - 60_000_000


@pytest.mark.parametrize(
    ("path", "body", "headers", "key"),
    [
        ("/v1/batch", {"writeKey": "body", "batch": []}, {"authorization": "Basic aGVhZGVyOg=="}, "header"),
        ("/v1/batch", {"writeKey": "body"}, {"authorization": "Bearer header"}, "header"),
        ("/v1/batch", {"writeKey": "body"}, {"authorization": "Basic ???"}, "body"),
        ("/v1/batch", {"batch": [{"type": "page"}, {"writeKey": "event"}]}, {}, "event"),
        ("/v1/t", {"writeKey": "body"}, {}, "body"),
        ("/v1/t", b'{"a":NaN,"writeKey":"body"}', {}, "body"),
        ("/v1/t", b'{"writeKey":7}', {}, None),
        ("/v1/t", {"writeKey": "k" * 201}, {}, None),
        ("/v1/t", b"", {}, None),
        ("/v1/t", b"[" * 100_000, {}, None),
        ("/v1/t", b'{"writeKey":"a","writeKey":"b"}', {}, "b"),
    ],
)
def test_the_key_in_the_header_wins(path, body, headers, key):
    protocol = find("POST", path)
    assert protocol is not None
    assert protocol.key_of(post(path, body, **headers)) == key


def test_events_of_our_own_tracker_are_known_by_their_library():
    ours = {"library": {"name": "polku.js"}}
    batch = {"context": ours, "batch": [{"type": "page", "context": {"page": {"url": "https://a.fi/"}}}]}
    decoded = decode("/v1/b", batch)
    assert decoded.origin_kind == "tracker"
    assert decode("/v1/p", {"anonymousId": "a", "context": ours}).origin_kind == "tracker"
    assert decode("/v1/p", {"anonymousId": "a", "context": BROWSER}).origin_kind == "segment"
    # Without consent there is no id, and that is no mistake to be mended.
    assert pipeline.run(decoded, received=RECEIVED) == []
    assert (decoded.rejected, decoded.dropped) == ([], {"no_identifier": 1})


def test_rejected_events_can_be_mended_and_decoded_alone():
    segment = named("segment")
    assert segment is not None
    decoded = decode("/v1/track", {"userId": "u", "timestamp": "2027-01-15T07:00:00Z"})
    (row,) = decoded.rejected
    assert (row.reason, row.context) == ("missing_event", {"type": "track"})
    mended = segment.decode_one(row.raw.replace("{", '{"event":"E",', 1), row.context)
    (made,) = pipeline.run(mended, received=RECEIVED)
    assert (made.name, made.user, made.time) == ("E", "u", RECEIVED - 3_600_000_000)
    for still_bad, reason in [("hello", "not_json"), ("7", "not_an_object"), ("{}", "missing_type")]:
        assert [row.reason for row in segment.decode_one(still_bad, {}).rejected] == [reason]


def test_what_the_pipeline_rejects_keeps_its_context_too():
    decoded = decode("/v1/batch", {"sentAt": SENT, "batch": [{"type": "track", "event": "E"}]})
    assert pipeline.run(decoded, received=RECEIVED) == []
    assert [(row.reason, row.context) for row in decoded.rejected] == [("missing_id", {"sent_at": SENT})]


def test_addresses():
    for name in ("batch", "import", "track", "identify", "page", "screen", "group", "alias"):
        assert find("POST", f"/v1/{name}") is named("segment")
    for letter in "btipsgam":
        assert find("POST", f"/v1/{letter}") is named("segment")
    assert find("GET", "/v1/projects/pk_1/settings") is named("segment")
    for method, path in [
        ("GET", "/v1/track"),
        ("POST", "/v1/tracks"),
        ("POST", "/v1/projects/pk_1/settings"),
        ("GET", "/v1/projects//settings"),
        ("GET", "/v1/projects/a/b/settings"),
        ("PUT", "/v1/batch"),
    ]:
        assert find(method, path) is None


def test_the_browser_librarys_own_counts_need_no_key():
    segment = named("segment")
    assert segment is not None
    reply = segment.answer(post("/v1/m", {"series": []}))
    assert reply is not None
    assert (reply.status, reply.body) == (200, b'{"success":true}')
    assert segment.answer(post("/v1/t", {})) is None


def test_settings_lead_the_browser_library_back_to_this_host():
    segment = named("segment")
    assert segment is not None
    request = get("/v1/projects/pk_1/settings", host="polku.example:8000")
    assert segment.key_of(request) == "pk_1"
    decoded = segment.decode(request)
    assert (decoded.candidates, decoded.rejected, decoded.dropped, decoded.refusal) == ([], [], {}, None)
    settings = json.loads(segment.reply(request, decoded).body)
    assert settings["integrations"] == {
        "Segment.io": {"apiKey": "pk_1", "apiHost": "polku.example:8000/v1", "protocol": "http"}
    }
    assert settings["metrics"] == {"sampleRate": 0}


def test_the_reply_says_how_many_were_rejected():
    segment = named("segment")
    assert segment is not None
    for body, reply in [
        ({"batch": [{"type": "page", "userId": "u"}]}, b'{"success":true}'),
        ({"batch": [{"type": "page", "userId": "u"}, 7, 8]}, b'{"success":true,"rejected":2}'),
    ]:
        request = post("/v1/batch", body)
        answered = segment.reply(request, segment.decode(request))
        assert (answered.status, answered.body) == (200, reply)
