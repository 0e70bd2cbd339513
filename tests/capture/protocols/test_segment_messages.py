"""What Segment's and RudderStack's libraries send becomes messages, field by field."""

from __future__ import annotations

import json

import pytest

from polku.capture.messages import Message
from tests.capture.protocols.requests import RECEIVED
from tests.capture.protocols.segment_requests import BROWSER, SENT, message


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
