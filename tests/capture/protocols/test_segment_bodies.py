"""Batches and bodies of Segment's protocol, broken ones too: what is good is taken, what is not is kept as it came."""

from __future__ import annotations

import json
import time

import pytest

from polku.capture import pipeline
from polku.capture.messages import Message
from polku.capture.protocols import find
from tests.capture.protocols.requests import RECEIVED, post
from tests.capture.protocols.segment_requests import SENT, decode, message, rejected


def test_a_batch_takes_good_events_and_keeps_bad_ones_with_their_reasons():
    decoded = decode(
        "/v1/batch",
        {
            "sentAt": SENT,
            "batch": [
                {"type": "track", "event": "A", "userId": "u"},
                7,
                None,
                {"event": "no type", "userId": "u"},
                {"type": "wink", "userId": "u"},
                {"type": "track", "userId": "u"},
                {"type": "track", "event": "B"},
                {"type": "track", "event": "C", "userId": True},
                {"type": "track", "event": "D", "userId": "u", "properties": [1]},
                {"type": "track", "event": "E", "userId": "u", "timestamp": "eilen"},
                {"type": "alias", "userId": "u"},
                {"type": "group", "userId": "u"},
                {"type": "page", "userId": "u", "messageId": "last"},
            ],
        },
    )
    passed = pipeline.run(decoded, received=RECEIVED)
    assert [(made.name, made.user) for made in passed] == [("A", "u"), ("Page Viewed", "u")]
    assert sorted((row.reason, row.raw) for row in decoded.rejected) == sorted(
        [
            ("not_an_object", "7"),
            ("not_an_object", "null"),
            ("missing_type", '{"event": "no type", "userId": "u"}'),
            ("unknown_type", '{"type": "wink", "userId": "u"}'),
            ("missing_event", '{"type": "track", "userId": "u"}'),
            ("missing_id", '{"type": "track", "event": "B"}'),
            ("bad_field", '{"type": "track", "event": "C", "userId": true}'),
            ("bad_field", '{"type": "track", "event": "D", "userId": "u", "properties": [1]}'),
            ("bad_field", '{"type": "track", "event": "E", "userId": "u", "timestamp": "eilen"}'),
            ("missing_id", '{"type": "alias", "userId": "u"}'),
            ("missing_id", '{"type": "group", "userId": "u"}'),
        ]
    )
    assert sorted(row.detail for row in decoded.rejected) == sorted(
        [
            "An event is a JSON object.",
            "An event is a JSON object.",
            "The field “type” is missing.",
            "“wink” is none of track, page, screen, identify, group, alias.",
            "The field “event” is missing.",
            "It has neither “userId” nor “anonymousId”.",
            "A field has a value of the wrong kind. (Expected `int | str | null`, got `bool` - at `$.userId`)",
            "“properties” is a list; it must be an object.",
            "The field “timestamp” holds no time in ISO 8601.",
            "It needs both “userId” and “previousId”.",
            "The field “groupId” is missing.",
        ]
    )
    assert len({row.id for row in decoded.rejected}) == 11
    assert decoded.dropped == {}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"type":"track","event":"x","userId":"u","properties":{"a":NaN}}', "not_json"),
        (b'{"type":"track","event":"x","userId":"u","properties":{"a":1e400}}', "bad_field"),
        (b'{"type":"track","event":"\xff\xfe","userId":"u"}', "not_json"),
        (b'{"type":"track","event":"\\ud800","userId":"u"}', "not_json"),
        (b'{"type":"track","event":"a\x00b","userId":"u"}', "not_json"),
        (b'{"type":"track","event":"x","userId":"u","a":' + b"[" * 400 + b"]" * 400 + b"}", None),
    ],
)
def test_an_event_that_breaks_the_whole_text_spoils_no_other(broken, reason):
    good = b'{"type":"track","event":"good","userId":"u"}'
    body = b'{"writeKey":"k","sentAt":"%s","batch":[%s, %s ,%s]}' % (SENT.encode(), good, broken, good)
    decoded = decode("/v1/batch", body)
    passed = pipeline.run(decoded, received=RECEIVED)
    if reason is None:
        assert [made.name for made in passed] == ["good", "x", "good"]
        return
    assert [made.name for made in passed] == ["good", "good"]
    assert [(row.reason, row.raw, row.context) for row in decoded.rejected] == [
        (reason, broken.decode("utf-8", "replace"), {"sent_at": SENT})
    ]


def test_events_before_the_place_where_the_text_breaks_off_are_taken():
    decoded = decode("/v1/batch", b'{"batch":[{"type":"page","userId":"u"},{"type":"pa')
    assert [made.name for made in pipeline.run(decoded, received=RECEIVED)] == ["Page Viewed"]
    assert [(row.reason, row.raw) for row in decoded.rejected] == [("not_json", '{"type":"pa')]


def test_empty_objects_may_be_written_as_lists():
    assert message(
        "/v1/track", {"event": "E", "userId": "u", "properties": [], "traits": [], "context": []}
    ) == Message("event", "", "E", RECEIVED, user="u")
    made = message(
        "/v1/identify", {"userId": "u", "traits": [], "context": {"page": [], "traits": [], "library": []}}
    )
    assert (made.kind, made.traits) == ("identify", b"")
    assert rejected("/v1/identify", {"userId": "u", "traits": [1]})[0] == "bad_field"


@pytest.mark.parametrize("odd", [7, "text", True, [1], None])
def test_odd_surroundings_cost_no_event(odd):
    context = dict.fromkeys(("campaign", "userAgent", "locale", "timezone", "traits"), odd)
    assert message("/v1/track", {"event": "E", "userId": "u", "context": context}).name == "E"


def test_exact_values_stay_exact():
    made = message(
        "/v1/track",
        b'{"event":"a\\u0000b","userId":"NA","properties":{"n":9223372036854775808,"m":123456789012345678901,"z":"\\u0000",'
        b'"twice":1,"twice":2,"nested":' + b"[" * 12 + b"]" * 12 + b"}}",
    )
    assert (made.name, made.user) == ("a\0b", "NA")
    assert json.loads(made.properties) == {
        "n": 9223372036854775808,
        "m": 123456789012345678901,
        "z": "\0",
        "twice": 2,
        "nested": [[[[[[[[[[[[]]]]]]]]]]]],
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b'{"batch":{}}',
        b'{"batch":null}',
        b'{"writeKey":"k"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\x00",
        b"data=",
        b"data=???",
        b"data=e30" + b"&a=b" * 100,
        b"data=\xff%FF",
    ],
)
def test_a_body_that_holds_no_batch_is_refused(body):
    decoded = decode("/v1/batch", body)
    assert decoded.refusal is not None
    assert decoded.refusal.status == 400
    assert json.loads(decoded.refusal.body)["code"] == "bad_request"
    assert (decoded.candidates, decoded.rejected) == ([], [])


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"event":NaN}', b'{"event":"\xff"}', b"event=x"])
def test_a_body_that_is_no_event_is_refused(body):
    decoded = decode("/v1/track", body)
    assert decoded.refusal is not None
    assert decoded.refusal.status == 400
    assert (decoded.candidates, decoded.rejected) == ([], [])


def test_deep_nesting_is_kept_as_a_bad_row():
    body = b'{"event":"E","userId":"u","properties":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001
    assert rejected("/v1/track", body)[0] == "bad_field"
    deep = b'{"batch":[{"type":"page","userId":"u"},' + b"[" * 100_000 + b"]" * 100_000 + b"]}"
    decoded = decode("/v1/batch", deep)
    assert len(decoded.candidates) == 1
    assert [(row.reason, len(row.raw)) for row in decoded.rejected] == [("too_large", 65_536)]


def test_a_bad_event_sent_again_is_the_same_row_and_one_without_an_id_is_another():
    named = {"type": "track", "userId": "u", "messageId": "m1"}
    nameless = {"type": "track", "userId": "u"}
    first, again = (decode("/v1/batch", {"batch": [named, nameless]}).rejected for _ in range(2))
    assert first[0].id == again[0].id
    assert len({row.id for row in (*first, *again)}) == 3


def test_one_event_may_be_exactly_as_long_as_the_limit():
    def event(size: int) -> bytes:
        start, end = b'{"event":"E","userId":"u","properties":{"a":"', b'"}}'
        return start + b"x" * (size - len(start) - len(end)) + end

    assert len(event(32_768)) == 32_768
    assert message("/v1/track", event(32_768)).properties == b'{"a":"%s"}' % (b"x" * 1_000)
    reason, raw = rejected("/v1/track", event(32_769))
    assert (reason, raw) == ("too_large", event(32_769).decode())


def test_a_request_holds_at_most_five_thousand_events():
    event = {"type": "page", "userId": "u"}
    assert len(decode("/v1/batch", {"batch": [event] * 5_000}).candidates) == 5_000
    refusal = decode("/v1/batch", {"batch": [event] * 5_001}).refusal
    assert refusal is not None
    assert refusal.status == 413
    assert decode("/v1/batch", b'{"batch":[' + b"0," * 400_000 + b"NaN]}").refusal == refusal


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"event":"E","userId":"u"}', "text/plain;charset=UTF-8"),
        (b'\xef\xbb\xbf {"event":"E","userId":"u"}\n', "application/json"),
        (b'{"event":"E","userId":"u"}', "application/x-www-form-urlencoded"),
        (b"data=eyJldmVudCI6IkUiLCJ1c2VySWQiOiJ1In0%3D", "application/x-www-form-urlencoded"),
        (b"data=eyJldmVudCI6IkUiLCJ1c2VySWQiOiJ1In0=", "application/x-www-form-urlencoded"),
        (b"data=%7B%22event%22%3A%22E%22%2C%22userId%22%3A%22u%22%7D", "text/plain"),
    ],
)
def test_the_content_type_is_not_believed(body, content_type):
    protocol = find("POST", "/v1/t")
    assert protocol is not None
    decoded = protocol.decode(post("/v1/t", body, **{"content-type": content_type}))
    assert [made.name for made in pipeline.run(decoded, received=RECEIVED)] == ["E"]


def test_thousands_of_broken_events_take_no_time():
    event = b'{"type":"track","event":oops,"more":"' + b"x" * 150 + b'"}'
    body = b'{"batch":[' + b",".join([event] * 4_900) + b"]}"
    begun = time.monotonic()
    decoded = decode("/v1/batch", body)
    assert time.monotonic() - begun < 0.8
    assert {row.reason for row in decoded.rejected} == {"not_json"}
    assert len(decoded.rejected) == 4_900


def test_a_long_event_beside_broken_ones_ends_where_it_does():
    long = b'["' + b"x" * 40_000 + b'"]'
    large = b'{"a":"' + b"}" * 40_000 + b'","b":NaN}'
    decoded = decode("/v1/batch", b'{"batch":[' + b",".join([long, b'{"a":NaN}', large, long]) + b"]}")
    assert [(row.reason, len(row.raw)) for row in decoded.rejected] == [
        ("too_large", len(long)),
        ("not_json", 9),
        ("too_large", len(large)),
        ("too_large", len(long)),
    ]
