"""Rejected rows taken in again: mended ones become signals once, the others stay with the reason of today."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from itertools import count

import pytest

from polku.capture import pipeline
from polku.capture.enrichment.enricher import Enricher
from polku.capture.loader.reading import unreadable
from polku.capture.loader.replay import PORTION, replay
from polku.capture.loader.tables import build_batch
from polku.capture.messages import RejectedMessage, encoder
from polku.capture.protocols import Request
from polku.capture.protocols.segment import segment
from polku.eventstore.streams import InboxPlace

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GOOD = {"type": "track", "event": "Ostos", "userId": "a1", "timestamp": "2025-10-09T08:00:00Z"}
# No hit rules: they live in the relational database.
pytestmark = pytest.mark.django_db


def row_id(number):
    return f"{number:032x}"


@pytest.fixture
def load(key, store):
    """Load an envelope, as the loader does."""
    rows = count(1)

    def load_one(envelope):
        batch = build_batch(
            [envelope], Enricher(), place=InboxPlace(1, next(rows)), received=datetime(2025, 10, 9, 9)
        )
        store.load_stream(key, batch, rules=[])

    return load_one


@pytest.fixture
def reject(load, make_envelope):
    """Put rejected rows into the store, numbered from 1."""

    def put(*raws, own=None, **changes):
        rows = [
            RejectedMessage(row_id(number), "missing_event", "Why.", raw, own or {})
            for number, raw in enumerate(raws, 1)
        ]
        load(make_envelope(rejected=rows, **changes))

    return put


def test_a_mended_row_becomes_a_signal_and_the_rest_stays(key, store, reject):
    reject('{"type":"track"}', json.dumps(GOOD))
    assert replay(key) == {
        "replayed": 2,
        "accepted": 1,
        "repeated": 0,
        "left_out": 0,
        "still_rejected": 1,
        "rows": [{"id": row_id(1), "reason": "missing_event", "detail": "The field “event” is missing."}],
    }
    assert [row.id for row in store.rejected(key)] == [row_id(1)]
    store.mend_rejected(key, [(row_id(1), json.dumps(GOOD))])
    done = replay(key, ids=[row_id(1), row_id(1), row_id(99)])
    assert (done["replayed"], done["accepted"], done["still_rejected"]) == (1, 1, 0)
    assert replay(key)["replayed"] == 0
    assert store.recent(key)["name"].to_pylist() == ["Ostos", "Ostos"]
    assert store.rejected(key) == []


def test_a_row_without_an_id_is_the_same_event_however_often_it_is_replayed(key, store, reject):
    for expected in ((1, 0), (0, 1)):
        reject(json.dumps(GOOD))
        done = replay(key)
        assert (done["accepted"], done["repeated"]) == expected
        assert store.rejected(key) == []
    assert store.state(key).signals == 1


def test_a_row_with_the_id_of_a_known_event_is_a_repeat(key, store, load, reject, make_envelope, make_event):
    load(make_envelope(make_event("Ostos", id="m1")))
    reject(json.dumps(GOOD | {"messageId": "m1"}))
    done = replay(key)
    assert (done["accepted"], done["repeated"], done["still_rejected"]) == (0, 1, 0)
    assert store.state(key).signals == 1


def test_a_row_that_fails_for_another_reason_says_so(key, store, reject):
    reject("{nonsense")
    (row,) = replay(key)["rows"]
    assert row["reason"] == "not_json"
    (kept,) = store.rejected(key)
    assert (kept.id, kept.reason, kept.detail, kept.raw) == (
        row_id(1),
        "not_json",
        row["detail"],
        "{nonsense",
    )
    assert json.loads(kept.context)["protocol"] == "segment"
    assert replay(key)["still_rejected"] == 1
    assert [each.rejected for each in store.sources(key)] == [1]


def test_a_visitor_without_cookies_is_who_they_were(key, store, reject):
    sent = {
        "type": "track",
        "event": "Ostos",
        "messageId": "m1",
        "context": {"library": {"name": "polku.js"}},
    }
    body = json.dumps({"batch": [{**sent, "properties": {str(name): 1 for name in range(300)}}]})
    decoded = segment.decode(Request("POST", "/v1/batch", b"", {}, body.encode(), 10))
    assert pipeline.run(decoded, received=10, cookieless=lambda: "5" * 32) == []
    (row,) = decoded.rejected
    reject(json.dumps(sent), own=row.context, origin="tracker/3")
    done = replay(key)
    assert (done["accepted"], done["still_rejected"]) == (1, 0)
    (person,) = store.recent(key)["person"].to_pylist()
    assert [(each.alias, each.kind) for each in store.identities(key, person)] == [("5" * 32, "cookieless")]


def test_time_and_device_are_those_of_the_first_receipt(key, store, reject):
    without_time = {name: value for name, value in GOOD.items() if name != "timestamp"}
    reject(json.dumps(without_time), user_agent=CHROME, country="FI", origin="tracker/3")
    replay(key)
    (signal,) = store.recent(key).to_pylist()
    assert signal["time"] == datetime(2025, 10, 9, 8, 53, 20)
    assert signal["origin"] == "tracker/3"
    properties = json.loads(signal["properties"])
    assert (properties["os"], properties["country"]) == ("Windows", "FI")


def test_what_stood_beside_the_raw_text_is_used(key, store, reject):
    untyped = {name: value for name, value in GOOD.items() if name != "type"}
    reject(
        json.dumps(untyped | {"timestamp": "2025-10-09T11:00:00Z"}),
        own={"type": "track", "sent_at": "2025-10-09T11:53:20Z"},
    )
    assert replay(key)["accepted"] == 1
    (signal,) = store.recent(key).to_pylist()
    assert signal["time"] == datetime(2025, 10, 9, 8)


def test_a_matomo_hit_is_mended_too(key, store, reject):
    reject(
        "rec=1&action_name=Etusivu&url=https%3A%2F%2Fkauppa.fi%2F&_id=0123456789abcdef",
        protocol="matomo",
        origin="matomo/2",
    )
    assert replay(key)["accepted"] == 1
    assert store.recent(key)["name"].to_pylist() == ["Page Viewed"]


def test_a_bots_row_is_settled_and_counted(key, store, reject):
    reject(json.dumps(GOOD), user_agent=BOT)
    done = replay(key)
    assert (done["replayed"], done["accepted"], done["still_rejected"]) == (1, 0, 0)
    assert store.rejected(key) == []
    assert [source.dropped for source in store.sources(key)] == [1]


def test_an_unknown_protocol_keeps_the_row(key, store, reject):
    reject(json.dumps(GOOD), protocol="kirjekyyhky")
    (row,) = replay(key)["rows"]
    assert (row["reason"], row["detail"]) == ("unreadable", "No protocol is called “kirjekyyhky”.")
    assert len(store.rejected(key)) == 1


def test_a_request_that_the_store_refused_is_loaded_whole(key, store, load, make_envelope, make_event):
    kept = make_envelope(make_event("A"), make_event("B"), origin="tracker/3", dropped={"unsupported": 2})
    load(unreadable(encoder.encode(kept), key, "Why."))
    (row,) = store.rejected(key)
    assert (row.origin, row.reason) == ("tracker/3", "unreadable")
    assert replay(key)["accepted"] == 2
    assert store.recent(key)["origin"].to_pylist() == ["tracker/3"] * 2
    assert store.rejected(key) == []


def test_bytes_that_are_no_request_stay_and_can_be_mended(key, store, load, make_envelope, make_event):
    load(unreadable(b"\xff\xfe", key, "Why."))
    (row,) = store.rejected(key)
    assert (row.origin, row.raw) == ("inbox", "//4=")
    assert replay(key)["still_rejected"] == 1
    mended = encoder.encode(make_envelope(make_event("A")))
    store.mend_rejected(key, [(row.id, base64.b64encode(mended).decode())])
    assert replay(key)["accepted"] == 1
    assert store.recent(key)["origin"].to_pylist() == ["segment/1"]


def test_more_rows_than_one_transaction_takes(key, store, reject):
    reject(*[json.dumps(GOOD | {"messageId": str(number)}) for number in range(PORTION + 7)], "{}")
    done = replay(key)
    assert (done["replayed"], done["accepted"], done["still_rejected"]) == (PORTION + 8, PORTION + 7, 1)
    assert store.state(key).signals == PORTION + 7


def test_nothing_to_replay(key):
    assert replay(key, ids=[]) == {
        "replayed": 0, "accepted": 0, "repeated": 0, "left_out": 0, "still_rejected": 0, "rows": []
    }  # fmt: skip
