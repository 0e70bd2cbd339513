"""From requests to the store's tables: what each field becomes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import pytest

from polku.capture.enrichment.enricher import Enricher
from polku.capture.loader.tables import build_batch, message_ids
from polku.capture.messages import RejectedMessage
from polku.eventstore.streams import (
    STREAM_COUNTS,
    STREAM_EVENTS,
    STREAM_LINKS,
    STREAM_ORDERS,
    STREAM_REJECTED,
    STREAM_TRAITS,
)

RECEIVED = 1_760_000_000_000_000
HOUR = datetime(2025, 10, 9, 8)
MOMENT = datetime(2025, 10, 9, 8, 53, 20)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def built(*envelopes):
    return build_batch(envelopes, Enricher(), place=None, received=MOMENT)


def properties_of(batch, row=0):
    text = batch.events["properties"][row].as_py()
    return json.loads(text) if text is not None else None


def test_every_field_of_an_event(make_envelope, make_event):
    event = make_event(
        "Product Viewed",
        id="lähetys-1",
        time=RECEIVED - 5_000_000,
        user="asiakas-1",
        device="selain-1",
        order="T-1",
        channel="web",
        url="https://www.kauppa.fi/tuote?email=a@b.fi&gclid=1",
        referrer="https://www.google.fi/",
        value=12.5,
        properties=b'{"price":1}',
    )
    batch = built(make_envelope(event, user_agent=CHROME, country="FI", origin="tracker/7"))
    assert batch.events.schema == STREAM_EVENTS
    row = batch.events.to_pylist()[0]
    assert json.loads(row.pop("properties")) == {
        "price": 1,
        "device_type": "computer",
        "browser": "Chrome",
        "os": "Windows",
        "country": "FI",
    }
    assert json.loads(row.pop("traffic")) == {
        "traffic_channel": "Paid Search",
        "traffic_source": "Google",
        "traffic_medium": "cpc",
        "referrer": "www.google.fi",
    }
    assert row == {
        "message_id": hashlib.md5("lähetys-1".encode(), usedforsecurity=False).hexdigest(),
        "name": "Product Viewed",
        "time": datetime(2025, 10, 9, 8, 53, 15),
        "user": "asiakas-1",
        "user_kind": "user",
        "device": "selain-1",
        "device_kind": "device",
        "order": "T-1",
        "channel": "web",
        "url": "https://www.kauppa.fi/tuote?email=***",
        "value": 12.5,
        "origin": "tracker/7",
    }
    assert (batch.received, batch.place, batch.replayed) == (MOMENT, None, ())


def test_what_is_not_known_is_null(make_envelope, make_event):
    row = built(make_envelope(make_event(user=None, device="d1"))).events.to_pylist()[0]
    absent = ("user", "user_kind", "order", "channel", "url", "value", "properties", "traffic")
    assert {name: row[name] for name in absent} == dict.fromkeys(absent)


def test_the_messages_own_user_agent_counts_more_than_the_requests(make_envelope, make_event):
    batch = built(make_envelope(make_event(user_agent=PHONE), make_event(), user_agent=CHROME))
    assert [properties_of(batch, row)["device_type"] for row in (0, 1)] == ["phone", "computer"]


def test_what_the_sender_says_by_the_name_of_an_enrichment_wins(make_envelope, make_event):
    event = make_event(properties=b'{"browser" : "Oma","country":"SE","x":{"os":1}}', time_is_receipt=True)
    assert properties_of(built(make_envelope(event, user_agent=CHROME, country="FI"))) == {
        "device_type": "computer",
        "browser": "Oma",
        "os": "Windows",
        "country": "SE",
        "time_is_receipt": "true",
        "x": {"os": 1},
    }


def test_properties_without_enrichment_stay_byte_for_byte(make_envelope, make_event):
    batch = built(make_envelope(make_event(properties='{"nimi":"hyvä ☂","n":[1,2.50]}'.encode())))
    assert batch.events["properties"][0].as_py() == '{"nimi":"hyvä ☂","n":[1,2.50]}'


def test_a_campaign_that_the_sender_names_counts_more_than_the_addresss(make_envelope, make_event):
    said = {"source": "kirje", "medium": "email", "name": "k1", "term": "x"}
    event = make_event(url="https://kauppa.fi/?utm_source=muu&utm_campaign=muu", campaign=said)
    assert json.loads(built(make_envelope(event)).events["traffic"][0].as_py()) == {
        "traffic_channel": "Email",
        "traffic_source": "kirje",
        "traffic_medium": "email",
        "traffic_campaign": "k1",
    }


def test_bots_are_dropped_and_counted_by_source_and_hour(make_envelope, make_event):
    batch = built(
        make_envelope(make_event(), make_event(), user_agent=BOT, origin="tracker/1"),
        make_envelope(
            make_event("A"), make_event(user_agent=BOT), user_agent=CHROME, dropped={"own_traffic": 4}
        ),
        make_envelope(make_event(), user_agent=BOT, origin="tracker/1", received=RECEIVED + 3_600_000_000),
        make_envelope(dropped={"own_traffic": 1}),
    )
    assert batch.events["name"].to_pylist() == ["A"]
    assert batch.counts.schema == STREAM_COUNTS
    later = HOUR.replace(hour=9)
    assert sorted(batch.counts.to_pylist(), key=lambda row: (row["hour"], row["reason"], row["origin"])) == [
        {"hour": HOUR, "origin": "segment/1", "reason": "bot", "count": 1},
        {"hour": HOUR, "origin": "tracker/1", "reason": "bot", "count": 2},
        {"hour": HOUR, "origin": "segment/1", "reason": "own_traffic", "count": 5},
        {"hour": later, "origin": "tracker/1", "reason": "bot", "count": 1},
    ]


def test_a_bots_statements_of_who_is_who_are_dropped_too(make_envelope, make_event):
    said = make_event(traits=b'{"a":1}', email="a@b.fi")
    said.kind = "identify"
    batch = built(make_envelope(said, user_agent=BOT))
    assert (batch.links.num_rows, batch.traits.num_rows) == (0, 0)


def test_a_server_that_hands_on_matomos_hits_is_no_bot(make_envelope, make_event):
    library = "python-requests/2.32"
    batch = built(
        make_envelope(
            make_event("A"), make_event("B", user_agent=library), user_agent=library, origin="matomo/1"
        ),
        make_envelope(make_event("C"), user_agent=library, origin="tracker/1"),
    )
    assert batch.events["name"].to_pylist() == ["A"]
    assert properties_of(batch) is None


def test_orders_of_the_events_that_tell_of_them(make_envelope, make_event):
    ordered = {"order": "T-1", "order_value": 99.0, "order_status": "completed", "channel": "web"}
    batch = built(
        make_envelope(
            make_event("Product Viewed", order="T-1"),
            make_event("Order Completed", **ordered, properties=b'{"coupon":"K"}'),
            make_event("Order Updated", order="T-1", order_status="", properties=b'{"coupon":"L"}'),
            make_event("Order Refunded", order="T-1", order_status="refunded", properties=b'{"total":5}'),
            make_event("Order Completed", order_status="completed"),
        )
    )
    assert batch.orders.schema == STREAM_ORDERS
    nothing = {"time": None, "value": None, "status": None, "channel": None, "properties": None}
    assert batch.orders.to_pylist() == [
        {
            "event": 1,
            "order": "T-1",
            "time": MOMENT,
            "value": 99.0,
            "status": "completed",
            "channel": "web",
            "properties": '{"coupon":"K"}',
        },
        {**nothing, "event": 2, "order": "T-1", "properties": '{"coupon":"L"}'},
        {**nothing, "event": 3, "order": "T-1", "status": "refunded"},
    ]


def test_rejected_rows_with_what_a_replay_needs(make_envelope):
    row = RejectedMessage("ab" * 16, "bad_field", "Why.", '{"raw":1}', {"type": "track"})
    batch = built(make_envelope(rejected=[row], user_agent=CHROME, country="FI"))
    assert batch.rejected.schema == STREAM_REJECTED
    (kept,) = batch.rejected.to_pylist()
    assert json.loads(kept.pop("context")) == {
        "protocol": "segment",
        "received": RECEIVED,
        "user_agent": CHROME,
        "country": "FI",
        "own": {"type": "track"},
    }
    assert kept == {
        "id": "ab" * 16,
        "received": MOMENT,
        "origin": "segment/1",
        "reason": "bad_field",
        "detail": "Why.",
        "raw": '{"raw":1}',
    }


def test_message_ids_are_digests_and_random_without_an_id():
    ids = message_ids(["a", "", "a", ""]).to_pylist()
    assert ids[0] == ids[2] == hashlib.md5(b"a", usedforsecurity=False).hexdigest()
    assert ids[1] != ids[3]
    assert [len(each) for each in ids] == [32] * 4
    assert message_ids([]).to_pylist() == []


@pytest.mark.parametrize("reserved", ["", "T" * 255, "\x00", "'; DROP TABLE signal; --", "😀"])
def test_an_empty_batch_and_strange_texts_fit_the_schemas(make_envelope, make_event, reserved):
    batch = built(
        make_envelope(), make_envelope(make_event(reserved or "x", id=reserved, device=reserved or None))
    )
    assert (batch.links.schema, batch.traits.schema) == (STREAM_LINKS, STREAM_TRAITS)
    assert batch.events.num_rows == 1


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("punaiset kengät 42", "punaiset kengät 42"),
        ("matti@example.fi", "***"),
        ("soita 0401234567", "***"),
        (7, 7),
    ],
)
def test_what_was_searched_for_is_kept_unless_it_is_personal(make_envelope, make_event, query, kept):
    said = json.dumps({"query": query, "results": 0}).encode()
    batch = built(make_envelope(make_event("Products Searched", properties=said)))
    assert properties_of(batch) == {"query": kept, "results": 0}
