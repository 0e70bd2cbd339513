"""Whatever gets through the front door can be loaded: strange texts and numbers from the body to the store."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.capture import pipeline, protocols
from polku.capture.enrichment.enricher import Enricher
from polku.capture.loader.reading import envelopes_of
from polku.capture.loader.tables import build_batch
from polku.capture.messages import encoder
from polku.capture.protocols import Request
from polku.eventstore.port import HitRule, Selector
from polku.eventstore.streams import InboxPlace
from tests.examples import examples

RECEIVED = 1_760_000_000_000_000
STRANGE = st.sampled_from(
    [
        *(
            "",
            " ",
            "\x00",
            "a\x00b",
            "😀",
            "\ufeff",
            "\u202e",
            "𝕏" * 300,
            "null",
            "undefined",
            "[object Object]",
        ),
        *("{}", '"', "'; --", "%00", "%ff%fe", "a@b.fi", "-0", "1e400", "9" * 400, "2025-13-45T99:99:99Z"),
        *("\\u0000", "https://[::1", "http://a b", "//", "?"),
    ]
)
TEXT = st.one_of(STRANGE, st.text(max_size=20))
VALUE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        TEXT,
        st.just(1e308),
        st.just(-0.0),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *("order_id", "revenue", "total", "status", "email", "phone", "url", "channel", "browser", "os"),
        *("country", "traffic_channel", "x"),
    ]
)
EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "alias", "group"])},
    optional={
        "event": st.one_of(st.sampled_from(["Order Completed", "Order Refunded", "Order Updated"]), TEXT),
        "name": TEXT,
        "userId": st.one_of(TEXT, st.sampled_from(["a", "b"])),
        "anonymousId": st.one_of(TEXT, st.sampled_from(["d1", "d2"])),
        "previousId": TEXT,
        "groupId": TEXT,
        "messageId": TEXT,
        "timestamp": st.one_of(TEXT, st.integers(-(2**40), 2**60), st.just("2025-10-09T08:00:00Z")),
        "properties": st.dictionaries(st.one_of(NAMES, TEXT), VALUE, max_size=5),
        "traits": st.dictionaries(st.one_of(NAMES, TEXT), VALUE, max_size=5),
        "context": st.fixed_dictionaries(
            {},
            optional={
                "userAgent": TEXT,
                "page": st.dictionaries(st.sampled_from(["url", "referrer", "title"]), TEXT),
                "campaign": st.dictionaries(st.sampled_from(["source", "medium", "name"]), TEXT),
                "traits": st.dictionaries(NAMES, TEXT, max_size=3),
            },
        ),
    },
)


@pytest.fixture
def send(key, store, make_envelope):
    """Take a request all the way, from its body to the store."""
    rows, enricher = count(1), Enricher()
    rules = [
        HitRule(1, Selector(names=("Page Viewed",), url="*a*")),
        HitRule(2, Selector(names=("Order Completed",))),
    ]

    def send_one(path, body):
        protocol = protocols.find("POST", path)
        assert protocol is not None
        decoded = protocol.decode(Request("POST", path, b"", {}, body, RECEIVED))
        messages = pipeline.run(decoded, received=RECEIVED)
        made = make_envelope(*messages, rejected=decoded.rejected, dropped=decoded.dropped)
        row = next(rows)
        envelopes, last = envelopes_of([(row, encoder.encode(made))], key, most_events=1000)
        batch = build_batch(
            envelopes, enricher, place=InboxPlace(1, last), received=datetime(2025, 10, 9, 8, 53, 20)
        )
        loaded = store.load_stream(key, batch, rules=rules)
        events = sum(message.kind == "event" for message in messages)
        assert loaded.accepted + loaded.repeated == events
        assert store.inbox_place(key) == InboxPlace(1, row)

    return send_one


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(EVENT, min_size=1, max_size=20))
def test_any_batch_of_events(send, events):
    send("/v1/batch", json.dumps({"batch": events}).encode())


@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hits=st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    *("url", "urlref", "action_name", "_id", "uid", "e_c", "e_a", "e_v", "idgoal", "ec_id"),
                    *("revenue", "search", "cdt", "ua"),
                ]
            ),
            TEXT,
            max_size=8,
        ),
        min_size=1,
        max_size=10,
    )
)
def test_any_hits_of_matomo(send, hits):
    requests = [{"rec": "1", "idsite": "k"} | hit for hit in hits]
    send("/matomo.php", json.dumps({"requests": requests}).encode())
