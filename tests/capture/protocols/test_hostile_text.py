"""Whatever bytes come, decoding ends in messages, kept rows, counts or a refusal, and nothing is lost on the way."""

from __future__ import annotations

import json
import time
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.capture import pipeline
from polku.capture.details import explain
from polku.capture.messages import Envelope, decode_envelope, encoder
from polku.capture.protocols import PROTOCOLS, Decoded, Request, find
from polku.capture.reasons import DROPS, REJECTIONS
from tests.capture.protocols.requests import RECEIVED, get, post
from tests.examples import examples

EXAMPLES = examples(100)

texts = st.text(max_size=20) | st.sampled_from(
    ["", " ", "\0", "undefined", "x" * 300, "https://a.fi/?q=ä#b", "nan"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from([2**63, -(2**64), 10**40, "2027-01-15T07:00:00Z", "9999-12-31T23:59:59Z", "1e400"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)
objects = st.dictionaries(texts, values, max_size=5)
surroundings = st.fixed_dictionaries(
    {},
    optional={
        "page": st.fixed_dictionaries({}, optional={"url": values, "referrer": values, "title": values})
        | values,
        "campaign": objects | values,
        "userAgent": values,
        "library": st.sampled_from([{"name": "polku.js"}, {"name": 7}]) | values,
        "traits": objects | values,
        "locale": values,
    },
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "page", "screen", "identify", "group", "alias"]) | values,
        "event": st.sampled_from(["Order Completed", "Order Refunded", "Search"]) | values,
        "name": texts | values,
        "category": values,
        "userId": texts | values,
        "anonymousId": texts | values,
        "previousId": texts | values,
        "groupId": texts | values,
        "messageId": texts | values,
        "timestamp": values,
        "originalTimestamp": values,
        "sentAt": values,
        "channel": values,
        "properties": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("revenue", "order_id", "status", "email", "channel", "url", "name"), values
            ),
        )
        | objects
        | values,
        "traits": st.fixed_dictionaries({}, optional=dict.fromkeys(("email", "phone", "loyalty"), values))
        | values,
        "context": surroundings | values,
    },
)
hits = st.dictionaries(
    st.sampled_from(
        [
            *(
                "rec",
                "idsite",
                "url",
                "urlref",
                "action_name",
                "_id",
                "cid",
                "uid",
                "rand",
                "pv_id",
                "cdt",
                "cdo",
                "ua",
            ),
            *(
                "e_c",
                "e_a",
                "e_n",
                "e_v",
                "search",
                "search_cat",
                "search_count",
                "download",
                "link",
                "idgoal",
            ),
            *(
                "revenue",
                "ec_id",
                "ec_items",
                "ec_tx",
                "_cvar",
                "cvar",
                "dimension1",
                "lang",
                "_rcn",
                "ping",
                "_pkp",
            ),
        ]
    ),
    st.sampled_from(["1", "0", "nan", "[[", '{"1":["a","b"]}', "[[1,2,3]]", "mtm_kwd=%C3"]) | texts,
    max_size=12,
)


def check(request: Request, held: int | None) -> None:
    """Decode and take through the pipeline; `held` is how many events must be accounted for, where that is known."""
    protocol = find(request.method, request.path)
    assert protocol is not None
    key = protocol.key_of(request)
    assert key is None or 0 < len(key) <= 200
    decoded = protocol.decode(request)
    messages = pipeline.run(decoded, received=RECEIVED, cookieless=lambda: "day")
    assert set(decoded.dropped) <= set(DROPS)
    assert {row.reason for row in decoded.rejected} <= set(REJECTIONS)
    assert [row.detail for row in decoded.rejected if not explain(row.detail).text] == []
    if decoded.refusal is not None:
        assert decoded.refusal.status in (400, 413)
        assert (messages, decoded.rejected, decoded.dropped) == ([], [], {})
    elif held is not None:
        assert len(messages) + len(decoded.rejected) + sum(decoded.dropped.values()) == held
        assert protocol.reply(request, decoded).status in (200, 204)
    for message in messages:
        assert message.time is not None
        assert pipeline.EARLIEST <= message.time <= RECEIVED + pipeline.FUTURE
        assert message.user or message.device
        for text in (message.properties, message.traits):
            assert isinstance(json.loads(text or b"{}"), dict)
    envelope = Envelope(
        "w", "segment/1", protocol.name, RECEIVED, "", "", messages, decoded.rejected, decoded.dropped
    )
    assert decode_envelope(encoder.encode(envelope)) == envelope
    replay(decoded)


def replay(decoded: Decoded) -> None:
    for protocol in PROTOCOLS:
        for row in decoded.rejected:
            again = protocol.decode_one(row.raw, {"received": RECEIVED} | row.context)
            messages = pipeline.run(again, received=RECEIVED)
            assert len(messages) + len(again.rejected) + sum(again.dropped.values()) == 1


@given(st.lists(events | values, max_size=6), values)
@settings(max_examples=EXAMPLES, deadline=None)
def test_batches_of_anything(batch, sent_at):
    body = json.dumps({"batch": batch, "sentAt": sent_at, "context": {"library": sent_at}})
    check(post("/v1/batch", body.encode("utf-8", "surrogatepass")), None if "\\ud" in body else len(batch))


@given(events, st.sampled_from(["track", "page", "screen", "identify", "group", "alias", "t", "p"]))
@settings(max_examples=EXAMPLES, deadline=None)
def test_events_of_anything(event, path):
    check(post(f"/v1/{path}", event), None)


@given(st.lists(events, min_size=1, max_size=3), st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_broken_bodies(batch, data):
    body = bytearray(json.dumps({"writeKey": "pk_1", "batch": batch}).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    check(post("/v1/batch", bytes(body)), None)
    check(post("/v1/track", bytes(body)), None)
    check(post("/matomo.php", bytes(body)), None)


@given(st.binary(max_size=200))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_bytes(body):
    for path in ("/v1/batch", "/v1/track", "/matomo.php"):
        check(post(path, body), None)
    check(Request("GET", "/matomo.php", body, {}, b"", RECEIVED), 1)


@given(hits)
@settings(max_examples=EXAMPLES, deadline=None)
def test_hits_of_anything(parameters):
    check(get("/matomo.php", urlencode(parameters, errors="replace")), 1)


@given(st.lists(hits | hits.map(lambda hit: urlencode(hit, errors="replace")) | values, max_size=5))
@settings(max_examples=EXAMPLES, deadline=None)
def test_bulk_of_anything(requests):
    check(post("/matomo.php", {"requests": requests}), len(requests))


@pytest.mark.parametrize("text", ["\ud800", "\udcff", "\x00", "\ufffd", "a" * 40_000, "%FF", "%", "+%2"])
def test_texts_that_trip_others(text):
    check(post("/v1/batch", {"batch": [{"type": "page", "userId": text}]}), None)
    check(get("/matomo.php", "rec=1&_id=1&url=" + quote_plus(text, errors="surrogatepass")), 1)


@pytest.mark.parametrize(
    "part",
    [
        '\\"',
        '"',
        '"a"',
        "\\",
        "{",
        "[",
        "{x}",
        '{"a":[',
        "0,",
        '{"sentAt":"',
        '"writeKey":"',
        '"batch":[',
        "%",
        "&",
        "\ud800",
        "\xff",
    ],
)
@pytest.mark.parametrize(
    "start", ['{"batch":[{"a":"', '{"batch":[{x', '{"batch":[', '{"requests":["', "", '{"event":"']
)
def test_no_text_takes_long(start, part):
    body = (start + part * (1_048_000 // len(part))).encode("utf-8", "surrogatepass")[:1_048_576]
    before = time.thread_time()
    for path in ("/v1/batch", "/v1/track", "/matomo.php"):
        check(post(path, body), None)
    assert time.thread_time() - before < 5
