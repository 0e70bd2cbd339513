"""Statements of who is who: links and traits that messages make."""

from __future__ import annotations

from datetime import datetime

import pytest

from polku.capture.enrichment.enricher import Enricher
from polku.capture.loader.identity import links, owner
from polku.capture.loader.tables import build_batch
from polku.capture.messages import Message

UUID = "3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8"
TIME = 1_760_000_000_000_000


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("identify", user="u1", device="d1"), [("d1", "device", "u1", "user", "identify")]),
        (Message("identify", user="u1"), []),
        # the device comes last, so that who takes it from the user leaves them what else was said
        (
            Message("identify", user="u1", device="d1", email="a@b.fi"),
            [("a@b.fi", "email", "u1", "user", "identify"), ("d1", "device", "u1", "user", "identify")],
        ),
        (
            Message("identify", user="u1", email="a@b.fi", phone="+358401234567", loyalty="K-7"),
            [
                ("a@b.fi", "email", "u1", "user", "identify"),
                ("+358401234567", "phone", "u1", "user", "identify"),
                ("K-7", "loyalty", "u1", "user", "identify"),
            ],
        ),
        (Message("identify", device="d1", email="a@b.fi"), [("a@b.fi", "email", "d1", "device", "identify")]),
        (Message("identify", user="a@b.fi", user_kind="email", email="a@b.fi"), []),
        (Message("event", name="x", user="u1", device="d1"), []),
        (
            Message("event", name="x", device="d1", email="a@b.fi"),
            [("a@b.fi", "email", "d1", "device", "event")],
        ),
        # a placeholder names nobody: the store hears of it and refuses it, and the e-mail goes to the device
        (
            Message("identify", user="undefined", device="d1", email="a@b.fi"),
            [
                ("a@b.fi", "email", "d1", "device", "identify"),
                ("d1", "device", "undefined", "user", "identify"),
            ],
        ),
        # an alias: the previous id is the device's, looks like one, or is a customer's
        (Message("alias", user="u1", device="d1", previous="d1"), [("d1", "device", "u1", "user", "alias")]),
        (Message("alias", user="u1", previous="asiakas-7"), [("asiakas-7", "user", "u1", "user", "alias")]),
        (
            Message("alias", user="u1", previous=UUID),
            [(UUID, "device", "u1", "user", "alias"), (UUID, "user", "u1", "user", "alias")],
        ),
        (
            Message("alias", user="u1", device="d1", previous="asiakas-7"),
            [("asiakas-7", "user", "u1", "user", "alias"), ("d1", "device", "u1", "user", "identify")],
        ),
        (Message("alias", user="u1", previous="u1"), []),
        (Message("alias", user="u1"), []),
    ],
)
def test_links_of_a_message(message, expected):
    assert [tuple(link) for link in links(message)] == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("event", user="u1", device="d1"), ("u1", "user")),
        (Message("event", user=" NULL ", device="d1"), ("d1", "device")),
        (Message("event", user="null"), ("null", "user")),
        (Message("event", device="d1"), ("d1", "device")),
        (Message("event"), None),
    ],
)
def test_whom_a_message_is_about(message, expected):
    assert owner(message) == expected


def test_links_say_how_many_events_came_before_and_traits_whose_they_are(make_envelope, make_event):
    batch = build_batch(
        [
            make_envelope(
                Message("identify", time=TIME, user="u1", device="d1", traits=b'{"city":"Oulu"}'),
                make_event("A"),
                make_event("B", user=None, device="d2", email="a@b.fi"),
                Message("alias", time=TIME, user="u1", previous="u0"),
                Message("identify", time=TIME, device="d9", device_kind="cookieless", traits=b'{"x":1}'),
                Message("identify", time=TIME, user="u2", traits=b"{}"),
            )
        ],
        Enricher(),
        place=None,
        received=datetime(2025, 10, 9),
    )
    moment = datetime(2025, 10, 9, 8, 53, 20)
    assert [tuple(row.values()) for row in batch.links.to_pylist()] == [
        (0, "d1", "device", "u1", "user", "identify", moment),
        (1, "a@b.fi", "email", "d2", "device", "event", moment),
        (2, "u0", "user", "u1", "user", "alias", moment),
    ]
    assert batch.traits.to_pylist() == [
        {"alias": "u1", "alias_kind": "user", "properties": '{"city":"Oulu"}'}
    ]
