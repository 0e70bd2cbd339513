"""The steps between a protocol and the inbox: who, when, how long, how many."""

from __future__ import annotations

import json

import pytest

from polku.capture import pipeline
from polku.capture.details import explain
from polku.capture.messages import Message
from polku.capture.protocols import Candidate, Decoded

NOW = 1_800_000_000_000_000
DAY = 86_400_000_000


def passed(message: Message, *, kind="segment", sent_at=None, properties=None, traits=None, cookieless=None):
    """What became of one message: (message or None, reason or None)."""
    decoded = Decoded(kind, [Candidate(message, b"raw", sent_at, properties, traits)])
    through = pipeline.run(decoded, received=NOW, cookieless=cookieless)
    reasons = [row.reason for row in decoded.rejected] + list(decoded.dropped)
    assert all(explain(row.detail).text for row in decoded.rejected)
    assert len(through) + len(reasons) == 1
    return (through[0], None) if through else (None, reasons[0])


def event(**fields) -> Message:
    return Message("event", **{"name": "E", "user": "u"} | fields)


def test_the_steps_are_these():
    assert [step.__name__ for step in pipeline.STEPS] == ["known_sender", "times", "lengths", "properties"]


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        ("segment", event(user=None), "missing_id"),
        ("tracker", event(user=None), "no_identifier"),
        ("matomo", event(user=None), "no_identifier"),
        ("tracker", Message("identify"), "missing_id"),
        ("segment", event(user=None, email="no address"), "missing_id"),
        # what programs write where an id is missing is nobody's name
        ("segment", event(user="null"), "missing_id"),
        ("segment", event(user=" Undefined "), "missing_id"),
        ("segment", event(user=None, email="test@example.com"), "missing_id"),
        ("segment", Message("identify", user="guest"), "missing_id"),
        ("matomo", event(user="null"), "no_identifier"),
    ],
)
def test_somebody_must_have_done_it(kind, message, reason):
    assert passed(message, kind=kind) == (None, reason)


def test_a_placeholder_gives_way_to_whoever_else_is_named():
    made, _ = passed(event(user="null", email="Ada@X.fi"))
    assert (made.user, made.user_kind) == ("ada@x.fi", "email")
    made, _ = passed(event(user="null"), kind="tracker", cookieless=lambda: "c-1")
    assert (made.user, made.device, made.device_kind) == (None, "c-1", "cookieless")
    # Beside a device it stays: the store counts what it refuses, so that the joins page can tell.
    made, _ = passed(event(user="null", device="d1"))
    assert (made.user, made.device) == ("null", "d1")


def test_the_cookieless_visitor_is_asked_for_only_where_nobody_is_known():
    def never() -> str:
        raise AssertionError

    made, _ = passed(event(), kind="tracker", cookieless=never)
    assert made.device is None
    made, _ = passed(event(user=None), kind="tracker", cookieless=lambda: "c-1")
    assert (made.device, made.device_kind) == ("c-1", "cookieless")
    assert passed(event(user=None), kind="segment", cookieless=never) == (None, "missing_id")
    assert passed(event(user=None), kind="tracker", cookieless=lambda: None) == (None, "no_identifier")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Maija@Example.FI ", "maija@example.fi"),
        ("not an address", None),
        ("a@" + "b" * 253, "a@" + "b" * 253),
        ("a@" + "b" * 254, None),
    ],
)
def test_e_mail_addresses_are_written_one_way(given, kept):
    assert passed(event(email=given))[0].email == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+358 (40) 123-4567", "+358401234567"),
        ("040 1234567", "0401234567"),
        ("1234", None),
        ("1" * 21, None),
        ("soita", None),
        ("٣٣٣٣٣٣", None),
    ],
)
def test_telephone_numbers_are_digits(given, kept):
    assert passed(event(phone=given))[0].phone == kept


@pytest.mark.parametrize(
    ("time", "sent_at", "kept", "is_receipt"),
    [
        (None, None, NOW, False),
        (None, NOW - DAY, NOW, False),
        (NOW - 5, None, NOW - 5, False),
        (NOW - 5, NOW - 10_000_000, NOW - 5, False),
        (NOW - 5, NOW - 10_000_001, NOW + 9_999_996, False),
        (NOW - 5, NOW + 1_000_000, NOW - 5, False),
        (NOW - 5, NOW + 1_000_001, NOW - 1_000_006, False),
        (NOW + 3 * 3_600_000_000 - 7, NOW + 3 * 3_600_000_000, NOW - 7, False),
        (NOW + DAY, None, NOW + DAY, False),
        (NOW + DAY + 1, None, NOW, True),
        (pipeline.EARLIEST, None, pipeline.EARLIEST, False),
        (pipeline.EARLIEST - 1, None, NOW, True),
    ],
)
def test_times(time, sent_at, kept, is_receipt):
    made, _ = passed(event(time=time), sent_at=sent_at)
    assert (made.time, made.time_is_receipt) == (kept, is_receipt)


@pytest.mark.parametrize(
    ("field", "limit"),
    [("name", 200), ("id", 255), ("user", 255), ("device", 255), ("order", 255), ("loyalty", 255)],
)
def test_names_and_ids_are_whole_or_rejected(field, limit):
    assert getattr(passed(event(**{field: "ä" * limit}))[0], field) == "ä" * limit
    assert passed(event(**{field: "ä" * (limit + 1)})) == (None, "bad_field")


@pytest.mark.parametrize(
    ("field", "limit"),
    [("url", 2_000), ("referrer", 2_000), ("user_agent", 1_000), ("channel", 1_000), ("order_status", 1_000)],
)
def test_addresses_and_texts_are_cut(field, limit):
    assert getattr(passed(event(**{field: "x" * (limit + 1)}))[0], field) == "x" * limit


def test_campaigns_are_cut():
    made, _ = passed(event(campaign={"n" * 101: "v" * 1_001}))
    assert made.campaign == {"n" * 100: "v" * 1_000}


def test_properties_become_json_with_texts_cut():
    values = {"short": "a", "long": "x" * 1_001, "inside": [{"deep": "y" * 1_001}], "n": 2**64, "none": None}
    made, _ = passed(event(), properties=values, traits={"t": "z" * 1_001})
    assert json.loads(made.properties) == values | {"long": "x" * 1_000, "inside": [{"deep": "y" * 1_000}]}
    assert json.loads(made.traits) == {"t": "z" * 1_000}


def test_addresses_among_properties_lose_what_is_personal():
    values = {
        "landing": "https://a.fi/kassa?email=maija@example.fi&koko=M",
        "inside": [{"next": "http://a.fi/#access_token=1"}],
        "plain": "https://a.fi/takki",
        "words": "see https://a.fi/?email=maija@example.fi",
    }
    assert json.loads(passed(event(), properties=values)[0].properties) == values | {
        "landing": "https://a.fi/kassa?email=***&koko=M",
        "inside": [{"next": "http://a.fi/#access_token=***"}],
    }


def test_properties_are_counted():
    many = {f"p{number}": number for number in range(255)}
    assert json.loads(passed(event(), properties=many)[0].properties) == many
    assert passed(event(), properties=many | {"one more": 1}) == (None, "too_many_properties")
    assert passed(event(), traits=many | {"one more": 1}) == (None, "too_many_properties")


def test_nesting_is_bounded():
    def nested(levels: int) -> dict:
        return {"a": nested(levels - 1)} if levels > 1 else {"a": 1}

    assert json.loads(passed(event(), properties=nested(20))[0].properties) == nested(20)
    assert passed(event(), properties=nested(21)) == (None, "bad_field")


def test_messages_pass_in_order_and_reasons_are_counted():
    decoded = Decoded(
        "tracker",
        [
            Candidate(event(user=user, name=name), b"")
            for name, user in [("A", "u"), ("B", None), ("C", None), ("D", "v")]
        ],
    )
    assert [made.name for made in pipeline.run(decoded, received=NOW)] == ["A", "D"]
    assert (decoded.dropped, decoded.rejected) == ({"no_identifier": 2}, [])
