"""What Matomo's clients send becomes messages, field by field."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from polku.capture import pipeline
from polku.capture.details import explain
from polku.capture.messages import Message
from polku.capture.protocols import Decoded, Request, find, named
from tests.capture.protocols.requests import RECEIVED, get, post

COMMON = {"idsite": "pk_1", "rec": "1", "_id": "0123456789abcdef"}


def decode(request: Request) -> Decoded:
    protocol = find(request.method, request.path)
    assert protocol is not None
    return protocol.decode(request)


def message(**parameters: str) -> Message:
    """The only message of one hit, after the pipeline."""
    decoded = decode(get("/matomo.php", urlencode(COMMON | parameters)))
    (made,) = pipeline.run(decoded, received=RECEIVED)
    assert decoded.rejected == []
    return made


def test_a_page_view_keeps_every_field():
    assert message(
        action_name="Takki – Kauppa",
        url="https://kauppa.example/takki?mtm_campaign=kev%C3%A4t&mtm_source=kirje&pk_kwd=takki",
        urlref="https://www.google.com/",
        uid="asiakas-7",
        ua="Mozilla/5.0",
        lang="fi-FI,fi;q=0.9",
        dimension1="kulta",
        dimension2="",
        dimensionX="x",
        _cvar='{"1":["plan","pro"],"2":["too","many","parts"]}',
        _pks="T-1",
        _pkp="129.9",
    ) == Message(
        "event",
        "",
        "Page Viewed",
        RECEIVED,
        user="asiakas-7",
        device="0123456789abcdef",
        channel="web",
        url="https://kauppa.example/takki?mtm_campaign=kev%C3%A4t&mtm_source=kirje&pk_kwd=takki",
        referrer="https://www.google.com/",
        campaign={"name": "kevät", "source": "kirje", "term": "takki"},
        user_agent="Mozilla/5.0",
        properties=json.dumps(
            {
                "title": "Takki – Kauppa",
                "sku": "T-1",
                "price": 129.9,
                "dimension1": "kulta",
                "plan": "pro",
                "locale": "fi-FI",
            },
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode(),
    )


@pytest.mark.parametrize(
    ("parameters", "name", "value", "properties"),
    [
        (
            {"e_c": "Video", "e_a": "Play", "e_n": "Intro", "e_v": "12.5", "ca": "1"},
            "Video: Play",
            12.5,
            {"event_category": "Video", "event_action": "Play", "event_name": "Intro"},
        ),
        (
            {"search": " takki ", "search_cat": "Vaatteet", "search_count": "0"},
            "Products Searched",
            None,
            {"query": "takki", "category": "Vaatteet", "results": 0},
        ),
        ({"search": "takki"}, "Products Searched", None, {"query": "takki"}),
        (
            {"download": "https://a.fi/ohje.pdf?sid=7"},
            "File Downloaded",
            None,
            {"href": "https://a.fi/ohje.pdf"},
        ),
        ({"link": "https://muu.fi/#a", "url": ""}, "Link Clicked", None, {"href": "https://muu.fi/"}),
        ({"idgoal": "3", "revenue": "5"}, "Goal Reached", 5.0, {"goal": "3"}),
        (
            {"idgoal": "0", "revenue": "20", "ec_items": '[["T-1","Takki",["Takit","Alennus"],10,2]]'},
            "Cart Updated",
            20.0,
            {
                "products": [
                    {
                        "sku": "T-1",
                        "name": "Takki",
                        "category": ["Takit", "Alennus"],
                        "price": 10,
                        "quantity": 2,
                    }
                ]
            },
        ),
    ],
)
def test_kinds_of_hits(parameters, name, value, properties):
    made = message(**{"url": "https://a.fi/", **parameters})
    assert (made.name, made.value) == (name, value)
    assert json.loads(made.properties) == properties
    assert (made.order, made.order_status, made.order_value) == (None, None, None)


def test_an_order_is_completed_with_its_value_and_is_one_however_often_it_is_sent():
    parameters = {
        "idgoal": "0",
        "ec_id": "T-100",
        "revenue": "59.90",
        "ec_st": "50",
        "ec_tx": "4.9",
        "ec_sh": "5",
        "ec_dt": "0",
        "ec_items": '[["T-1","Takki","Takit","50",1]]',
    }
    made = message(**parameters)
    assert (made.name, made.value, made.order, made.order_value, made.order_status) == (
        "Order Completed",
        59.9,
        "T-100",
        59.9,
        "completed",
    )
    assert json.loads(made.properties) == {
        "products": [{"sku": "T-1", "name": "Takki", "category": "Takit", "price": "50", "quantity": 1}],
        "subtotal": 50.0,
        "tax": 4.9,
        "shipping": 5.0,
        "discount": 0.0,
    }
    assert made.id != ""
    assert message(**parameters, rand="7").id == made.id
    assert message(**parameters | {"ec_id": "T-101"}).id != made.id


def test_the_same_hit_with_the_same_random_number_is_one_event():
    first = message(url="https://a.fi/", rand="1", pv_id="abc123")
    assert len(first.id) == 32
    assert message(url="https://a.fi/", pv_id="abc123", rand="1", send_image="0", cdo="30").id == first.id
    assert message(url="https://a.fi/", rand="2", pv_id="abc123").id != first.id
    assert message(url="https://a.fi/b", rand="1", pv_id="abc123").id != first.id
    assert message(url="https://a.fi/").id == ""


def test_a_link_that_repeats_its_target_as_the_address_has_no_page():
    made = message(link="https://muu.fi/", url="https://muu.fi/")
    assert (made.name, made.url) == ("Link Clicked", None)


@pytest.mark.parametrize(
    ("parameters", "time", "is_receipt"),
    [
        ({}, 0, False),
        ({"cdt": "2027-01-15 07:00:00"}, -3_600_000_000, False),
        ({"cdt": "1799996400"}, -3_600_000_000, False),
        ({"cdo": "30"}, -30_000_000, False),
        ({"cdt": "9999-01-01 00:00:00"}, 0, True),
    ],
)
def test_times(parameters, time, is_receipt):
    made = message(url="https://a.fi/", **parameters)
    assert made.time is not None
    assert (made.time - RECEIVED, made.time_is_receipt) == (time, is_receipt)


@pytest.mark.parametrize("parameter", ["ping", "c_n", "ma_id", "cra", "ca"])
def test_what_is_no_step_of_a_journey_is_counted(parameter):
    decoded = decode(get("/matomo.php", urlencode(COMMON | {"url": "https://a.fi/", parameter: "1"})))
    assert (decoded.candidates, decoded.rejected, decoded.dropped) == ([], [], {"unsupported": 1})


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("idsite=pk_1&url=https://a.fi/&_id=1", "bad_field"),
        ("rec=1&_id=1", "missing_event"),
        ("rec=1&_id=1&e_c=Video", "missing_event"),
        ("rec=1&_id=1&idgoal=0&revenue=paljon", "bad_field"),
        ("rec=1&_id=1&idgoal=0&revenue=1e400", "bad_field"),
        ("rec=1&_id=1&idgoal=0&revenue=nan", "bad_field"),
        ("rec=1&_id=1&idgoal=0&revenue=1e13", "bad_field"),
        ("rec=1&_id=1&idgoal=0&ec_items=%7B%7D", "bad_field"),
        ("rec=1&_id=1&idgoal=0&ec_items=%5BNaN%5D", "bad_field"),
        ("rec=1&_id=1&idgoal=0&ec_items=" + "%5B" * 5_000, "bad_field"),
        ("rec=1&_id=1&url=a&cdt=eilen", "bad_field"),
        ("rec=1&_id=1&url=%FF", "unreadable"),
        ("rec=1&_id=1&url=\udcff", "unreadable"),
        ("rec=1&_id=1&url=" + "a" * 40_000, "too_large"),
        ("rec=1&url=a&_id=" + "a" * 256, "bad_field"),
    ],
)
def test_a_hit_that_cannot_be_taken_is_kept(query, reason):
    decoded = decode(get("/matomo.php", query))
    assert pipeline.run(decoded, received=RECEIVED) == []
    (row,) = decoded.rejected
    assert (row.reason, row.context) == (reason, {"received": RECEIVED})
    assert explain(row.detail).text
    assert row.raw == query.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def test_a_mended_hit_is_decoded_alone():
    matomo = named("matomo")
    assert matomo is not None
    decoded = matomo.decode_one("rec=1&_id=1&url=https://a.fi/&cdo=10", {"received": RECEIVED})
    (made,) = pipeline.run(decoded, received=RECEIVED)
    assert (made.name, made.time) == ("Page Viewed", RECEIVED - 10_000_000)
    (made,) = pipeline.run(
        matomo.decode_one('{"rec": 1, "uid": "u", "action_name": "Etusivu"}', {"received": RECEIVED}),
        received=RECEIVED,
    )
    assert (made.user, made.properties) == ("u", b'{"title":"Etusivu"}')
    assert [row.reason for row in matomo.decode_one("{", {"received": RECEIVED}).rejected] == ["not_json"]


def test_a_token_is_never_kept():
    decoded = decode(get("/matomo.php", "rec=1&token_auth=secret&_id=1"))
    assert [row.raw for row in decoded.rejected] == ["rec=1&_id=1"]
    body = {"requests": [{"rec": 1, "_id": "1", "token_auth": "secret"}]}
    assert [row.raw for row in decode(post("/matomo.php", body)).rejected] == ['{"rec":1,"_id":"1"}']


def test_nobody_known_is_the_cookieless_visitor_or_counted():
    request = get("/matomo.php", "idsite=pk_1&rec=1&url=https://a.fi/")
    decoded = decode(request)
    (made,) = pipeline.run(decoded, received=RECEIVED, cookieless=lambda: "day-visitor")
    assert (made.user, made.device, made.device_kind) == (None, "day-visitor", "cookieless")
    decoded = decode(request)
    assert pipeline.run(decoded, received=RECEIVED, cookieless=None) == []
    assert (decoded.rejected, decoded.dropped) == ([], {"no_identifier": 1})


@pytest.mark.parametrize("path", ["/matomo.php", "/piwik.php"])
def test_a_form_is_read_with_the_address(path):
    body = urlencode({"rec": "1", "url": "https://a.fi/ä", "uid": "u"}).encode()
    request = Request("POST", path, b"idsite=pk_1", {}, body, RECEIVED)
    (made,) = pipeline.run(decode(request), received=RECEIVED)
    assert (made.url, made.user) == ("https://a.fi/ä", "u")
    matomo = named("matomo")
    assert matomo is not None
    assert matomo.key_of(request) == "pk_1"


def test_bulk_takes_each_hit_by_itself_and_counts():
    hits = [
        "?idsite=pk_1&rec=1&_id=a&url=" + quote("https://a.fi/"),
        {"idsite": "pk_1", "rec": 1, "uid": "u", "idgoal": 0, "ec_id": 7, "revenue": 12.5},
        "?idsite=pk_1&rec=1&_id=a&ping=1",
        "?idsite=pk_1&_id=a",
        "?idsite=pk_other&rec=1&_id=a&url=x",
        7,
    ]
    request = post("/matomo.php", {"requests": hits})
    decoded = decode(request)
    passed = pipeline.run(decoded, received=RECEIVED)
    assert [(made.name, made.order, made.value) for made in passed] == [
        ("Page Viewed", None, None),
        ("Order Completed", "7", 12.5),
    ]
    assert decoded.dropped == {"unsupported": 1}
    assert [(row.reason, row.raw) for row in decoded.rejected] == [
        ("bad_field", "?idsite=pk_1&_id=a"),
        ("bad_field", "?idsite=pk_other&rec=1&_id=a&url=x"),
        ("not_an_object", "7"),
    ]
    matomo = named("matomo")
    assert matomo is not None
    reply = matomo.reply(request, decoded)
    assert reply.status == 200
    assert json.loads(reply.body) == {"status": "success", "tracked": 3, "invalid": 3}


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"requests":7}', b'{"requests":[NaN]}', b'{"requests":' + b"[" * 100_000]
)
def test_a_bulk_body_that_is_none_is_refused(body):
    decoded = decode(post("/matomo.php", body))
    assert decoded.refusal is not None
    assert decoded.refusal.status == 400
    assert (decoded.candidates, decoded.rejected) == ([], [])


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (get("/matomo.php", "idsite=pk_1&token_auth=0123"), "pk_1"),
        (get("/matomo.php", "idsite=1&token_auth=pk_1"), "pk_1"),
        (get("/matomo.php", "idsite=1"), None),
        (get("/matomo.php", ""), None),
        (get("/matomo.php", "idsite=pk_1&url=%FF"), "pk_1"),
        (get("/matomo.php", "idsite=pk_1", authorization="Basic aGVhZGVyOg=="), "header"),
        (post("/matomo.php", {"requests": ["?idsite=pk_1"]}), "pk_1"),
        (post("/matomo.php", {"requests": ["?idsite=1"], "token_auth": "pk_1"}), "pk_1"),
        (post("/matomo.php", {"requests": []}), None),
        (post("/matomo.php", {"requests": [7]}), None),
        (post("/matomo.php", b"{"), None),
        (post("/matomo.php", b"idsite=pk_1"), "pk_1"),
    ],
)
def test_the_key_is_the_site_or_the_token(request_, key):
    matomo = named("matomo")
    assert matomo is not None
    assert matomo.key_of(request_) == key


def test_replies_are_matomos():
    matomo = named("matomo")
    assert matomo is not None
    request = get("/matomo.php", "idsite=pk_1&rec=1&url=a&_id=1")
    image = matomo.reply(request, matomo.decode(request))
    assert (image.status, image.headers["content-type"], image.body[:6]) == (200, "image/gif", b"GIF89a")
    silent = get("/matomo.php", "idsite=pk_1&rec=1&url=a&_id=1&send_image=0")
    assert matomo.reply(silent, matomo.decode(silent)).status == 204
    form = post("/matomo.php", b"idsite=pk_1&rec=1&url=a&_id=1&send_image=0")
    assert matomo.reply(form, matomo.decode(form)).status == 204
    assert find("PUT", "/matomo.php") is None
    assert find("GET", "/matomo.js") is None
