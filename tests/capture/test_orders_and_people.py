"""Orders and people as the store takes them."""

from __future__ import annotations

import datetime as dt
import json

ORDERS = {"id": ("order",), "person": "who", "time": "at", "value": "sum", "status": "state"}


def test_an_order_has_its_days_on_the_local_calendar(understand):
    _staged, rows = understand(
        "orders",
        "order,who,at,sum,state,promised,delivered,city\n"
        'A1,p,1.3.2024 klo 12.00,"12,50",sent,2024-03-05 23:30:00,2024-03-05T22:30:00Z,Turku\n'
        "A2,,,,,,,\n",
        **ORDERS,
        promised="promised",
        delivered="delivered",
        properties=("city",),
    )
    first, second = rows
    assert len(first.pop("message_id")) == 32
    assert first == {
        "order": "A1",
        "person": "p",
        "time": dt.datetime(2024, 3, 1, 10, 0),
        "value": 12.5,
        "status": "sent",
        "promised": dt.date(2024, 3, 5),
        "delivered": dt.date(2024, 3, 6),
        "channel": None,
        "url": None,
        "properties": '{"city":"Turku"}',
    }
    assert {name for name, value in second.items() if value is not None} == {"message_id", "order"}


def test_equal_order_lines_stay(understand):
    options = {"id": ("order",), "value": "price", "lines": True}
    staged, rows = understand("orders", "order,price\n1,9.90\n1,9.90\n2,5\n", **options)
    assert staged.lines is True
    assert [row["value"] for row in rows] == [9.9, 9.9, 5]
    assert len({row["message_id"] for row in rows}) == 3


def test_rejected_orders(understand):
    staged, rows = understand(
        "orders",
        "order,promised,sum\n,2024-03-01,1\n1,never,1\n2,2024-03-01,x\n3,2024-03-01,1\n",
        id=("order",),
        promised="promised",
        value="sum",
    )
    assert [row["order"] for row in rows] == ["3"]
    assert [
        json.loads(line)["code"]
        for line in staged.rejected_file.with_suffix(".jsonl").read_text("utf-8").splitlines()
    ] == [
        "no_order",
        "bad_time",
        "bad_number",
    ]


def test_people_with_other_ids_and_traits(understand):
    staged, rows = understand(
        "people",
        "email,card,phone,city\na@example.com,12,,Oulu\nb@example.com,,,\n,13,,Vaasa\n",
        person="email",
        aliases=("card", "phone"),
        properties=("city",),
    )
    assert rows == [
        {"person": "a@example.com", "aliases": ["12"], "properties": '{"city":"Oulu"}'},
        {"person": "b@example.com", "aliases": None, "properties": None},
    ]
    assert staged.rejected == 1
