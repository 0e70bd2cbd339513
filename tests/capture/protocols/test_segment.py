"""What Segment's and RudderStack's libraries send becomes messages, field by field."""

from __future__ import annotations

import json
import time

import pytest

from polku.capture import pipeline
from polku.capture.messages import Message
from polku.capture.protocols import Decoded, find, named
from tests.capture.protocols.requests import RECEIVED, get, post

SENT = "2027-01-15T08:00:00.000Z"  # the moment of receipt


def decode(path: str, body: object) -> Decoded:
    protocol = find("POST", path)
    assert protocol is not None
    return protocol.decode(post(path, body))


def message(path: str, body: object) -> Message:
    """The only message of a request, after the pipeline."""
    decoded = decode(path, body)
    (made,) = pipeline.run(decoded, received=RECEIVED)
    assert decoded.rejected == []
    return made


def rejected(path: str, body: object) -> tuple[str, str]:
    """Reason and raw text of what became of the only event."""
    decoded = decode(path, body)
    assert pipeline.run(decoded, received=RECEIVED) == []
    (row,) = decoded.rejected
    return row.reason, row.raw


BROWSER = {
    "page": {
        "url": "https://kauppa.example/tuote/1?utm_source=kirje",
        "path": "/tuote/1",
        "referrer": "https://www.google.com/",
        "search": "?utm_source=kirje",
        "title": "Takki",
    },
    "campaign": {"source": "kirje", "medium": "email", "name": "kevät"},
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
    "locale": "fi-FI",
    "timezone": "Europe/Helsinki",
    "library": {"name": "analytics.js", "version": "next-1.84.3"},
}


def test_a_tracked_event_keeps_every_field():
    assert message(
        "/v1/track",
        {
            "event": " Product Viewed ",
            "userId": "asiakas-7",
            "anonymousId": "laite-1",
            "messageId": "m-1",
            "timestamp": "2027-01-15T07:59:58.250Z",
            "sentAt": SENT,
            "properties": {"sku": "T-1", "price": 129.9, "colours": ["red", {"name": "blue"}], "big": 2**63},
            "context": BROWSER,
        },
    ) == Message(
        "event",
        "m-1",
        "Product Viewed",
        RECEIVED - 1_750_000,
        user="asiakas-7",
        device="laite-1",
        channel="web",
        url="https://kauppa.example/tuote/1?utm_source=kirje",
        referrer="https://www.google.com/",
        campaign={"source": "kirje", "medium": "email", "name": "kevät"},
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        properties=b'{"sku":"T-1","price":129.9,"colours":["red",{"name":"blue"}],"big":9223372036854775808,'
        b'"locale":"fi-FI","timezone":"Europe/Helsinki"}',
    )


def test_a_page_is_page_viewed_with_its_address_kept_once():
    assert message(
        "/v1/p",
        {
            "anonymousId": "laite-1",
            "messageId": "m-2",
            "name": "Tuote",
            "category": "Takit",
            "properties": BROWSER["page"],
            "context": {"page": BROWSER["page"]},
        },
    ) == Message(
        "event",
        "m-2",
        "Page Viewed",
        RECEIVED,
        device="laite-1",
        channel="web",
        url="https://kauppa.example/tuote/1?utm_source=kirje",
        referrer="https://www.google.com/",
        properties=json.dumps(
            {"title": "Takki", "page_name": "Tuote", "category": "Takit"}, separators=(",", ":")
        ).encode(),
    )


def test_a_page_without_properties_is_known_by_its_context():
    made = message("/v1/page", {"userId": "u", "context": {"page": BROWSER["page"]}})
    assert made.url == "https://kauppa.example/tuote/1?utm_source=kirje"
    assert made.properties == b'{"title":"Takki"}'


def test_a_screen_is_screen_viewed_on_mobile():
    made = message("/v1/screen", {"anonymousId": "puhelin", "name": "Kassa", "properties": {"step": 2}})
    assert (made.name, made.channel) == ("Screen Viewed", "mobile")
    assert made.properties == b'{"step":2,"screen_name":"Kassa"}'


def test_identify_carries_traits_and_the_ids_among_them():
    assert message(
        "/v1/i",
        {
            "userId": 7,
            "anonymousId": "laite-1",
            "messageId": "m-3",
            "traits": {
                "email": " Maija@Example.FI ",
                "phone": "+358 40 123-4567",
                "loyalty_number": "K-99",
                "age": 41,
            },
        },
    ) == Message(
        "identify",
        "m-3",
        "",
        RECEIVED,
        user="7",
        device="laite-1",
        email="maija@example.fi",
        phone="+358401234567",
        loyalty="K-99",
        traits=b'{"email":" Maija@Example.FI ","phone":"+358 40 123-4567","loyalty_number":"K-99","age":41}',
    )


def test_rudderstack_puts_traits_into_the_context():
    made = message("/v1/identify", {"userId": "u", "context": {"traits": {"email": "a@b.fi", "plan": "pro"}}})
    assert (made.email, made.traits) == ("a@b.fi", b'{"email":"a@b.fi","plan":"pro"}')


def test_an_event_links_its_person_by_the_traits_of_its_context():
    made = message(
        "/v1/track", {"event": "E", "anonymousId": "d", "context": {"traits": {"email": "a@b.fi"}}}
    )
    assert (made.kind, made.device, made.email, made.traits) == ("event", "d", "a@b.fi", b"")


def test_an_e_mail_address_alone_names_a_person():
    made = message("/v1/identify", {"traits": {"email": "A@b.fi"}})
    assert (made.user, made.user_kind, made.email) == ("a@b.fi", "email", "a@b.fi")


def test_a_group_becomes_traits_of_its_member():
    made = message("/v1/group", {"userId": "u", "groupId": 12, "traits": {"name": "Oy Ab", "size": 3}})
    assert (made.kind, made.user) == ("identify", "u")
    assert made.traits == b'{"group":"12","group_name":"Oy Ab","group_size":3}'


def test_an_alias_names_two_ids_of_one_person():
    assert message("/v1/a", {"userId": "uusi", "previousId": "vanha", "messageId": "m"}) == Message(
        "alias", "m", "", RECEIVED, user="uusi", previous="vanha"
    )


@pytest.mark.parametrize(
    ("properties", "value"),
    [
        ({"revenue": 10, "total": 12, "value": 14}, 10.0),
        ({"total": "12.50"}, 12.5),
        ({"value": 3}, 3.0),
        ({"revenue": None, "value": 3}, 3.0),
        ({"revenue": True}, None),
        ({"revenue": "paljon"}, None),
        ({"revenue": "nan"}, None),
        ({"revenue": "inf"}, None),
        ({"revenue": -1e12}, -1e12),
        ({"revenue": 1e13, "total": 7}, 7.0),
        ({"price": 9}, None),
    ],
)
def test_the_value_is_the_first_amount_there_is(properties, value):
    assert message("/v1/track", {"event": "E", "userId": "u", "properties": properties}).value == value


@pytest.mark.parametrize(
    ("event", "properties", "order"),
    [
        ("Order Completed", {"order_id": "T-1", "revenue": 49.9}, ("T-1", 49.9, "completed")),
        ("Order Completed", {"orderId": 15, "total": 5, "status": "paid"}, ("15", 5.0, "paid")),
        ("Order Updated", {"order_id": "T-1", "total": 40}, ("T-1", 40.0, "")),
        ("Order Refunded", {"order_id": "T-1", "total": 49.9}, ("T-1", None, "refunded")),
        ("Order Cancelled", {"order_id": "T-1", "total": 49.9}, ("T-1", None, "cancelled")),
        ("Checkout Started", {"order_id": "T-1", "value": 49.9}, ("T-1", None, None)),
        ("Order Completed", {"total": 49.9}, (None, None, None)),
    ],
)
def test_order_events_tell_of_the_order(event, properties, order):
    made = message("/v1/track", {"event": event, "userId": "u", "properties": properties})
    assert (made.order, made.order_value, made.order_status) == order


def test_a_guests_order_names_its_customer_and_how_it_was_paid():
    made = message(
        "/v1/track",
        {
            "event": "Order Completed",
            "anonymousId": "d",
            "properties": {"order_id": "1", "email": "A@b.fi", "payment_method": "MobilePay", "guest": True},
        },
    )
    assert (made.user, made.device, made.email) == (None, "d", "a@b.fi")
    assert json.loads(made.properties) == {
        "order_id": "1",
        "email": "A@b.fi",
        "payment_method": "MobilePay",
        "guest": True,
    }


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        ({"properties": {"channel": "myymälä"}, "channel": "web"}, "myymälä"),
        ({"channel": "web"}, "web"),
        ({"channel": "browser"}, "web"),
        ({"channel": "mobile"}, "mobile"),
        ({"channel": "server"}, None),
        ({"context": {"page": {"url": "https://a.fi/"}}}, "web"),
        ({}, None),
    ],
)
def test_the_channel_is_given_or_follows_from_the_sender(event, channel):
    made = message("/v1/track", {"event": "E", "userId": "u"} | event)
    assert made.channel == channel
    assert made.properties in (b"", b"{}")


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
