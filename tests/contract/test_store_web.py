"""The overview of a website against plain Python over the same rows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from polku.eventstore.port import Condition, Scope, SegmentRule, Selector
from polku.eventstore.web import (
    DIMENSIONS,
    LOAD_TIMES,
    WebOverview,
    WebPoint,
    WebQuestion,
    WebRow,
    WebTerm,
)
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import message_id, order_table, signal_table
from tests.eventstore.streaming import stream_batch

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
GAP = timedelta(minutes=30)
HELSINKI = ZoneInfo("Europe/Helsinki")
START = datetime(2026, 3, 26)
Row = dict[str, Any]

URLS = [
    None,
    "https://shop.example",
    "https://shop.example/?utm_source=x",
    "https://shop.example/a?b=https://c/d#e",
    "http://other.example/a",
    "https://shop.example/a/b#top",
    "/relative?x=1",
]
PATHS = {None: None} | dict(zip(URLS[1:], ["/", "/", "/a", "/a", "/a/b", "/relative"], strict=True))


def company(seed: int) -> tuple[list[Row], list[Row]]:
    """Signals in no order of time, many at the same instant, over the spring's change of the clock; and orders."""
    chance = random.Random(seed)
    signals = []
    for number in range(500):
        kind = chance.choice([1, 1, 1, 1, 1, 1, 3])
        said: Row = {}
        for name, values in {
            "traffic_channel": ["Direct", "Email"],
            "traffic_source": ["a", "b", ""],
            "traffic_campaign": ["Ä"],
            "device_type": ["phone", "computer"],
            "browser": ["Firefox"],
            "load_time": ["500", "1000", "2999.5", "9000", "0", "soon"],
            "query": [" Tent ", "tent", "stove"],
            "results": ["0", "3", "many"],
        }.items():
            if chance.random() < 0.6:
                said[name] = chance.choice(values)
        signals.append(
            {
                "message_id": message_id(number),
                "kind": kind,
                "name": chance.choice(["view", "search"]) if kind == 1 else "Where is it",
                "time": START + timedelta(minutes=10 * chance.randrange(5 * 24 * 6)),
                "person": f"p{chance.randrange(12)}",
                "session": f"s{chance.randrange(3)}" if chance.random() < 0.2 else None,
                "channel": chance.choice(["web", "store", None]),
                "url": chance.choice(URLS),
                "properties": json.dumps(said) if said else None,
            }
        )
    orders = [
        {
            "message_id": message_id(10_000 + number),
            "order": f"o{number}",
            "person": f"p{chance.randrange(12)}",
            "time": START + timedelta(minutes=10 * chance.randrange(5 * 24 * 6)),
            "value": chance.choice([None, 10.5, 99.9]),
            "status": chance.choice([None, "sent", "cancelled"]),
        }
        for number in range(60)
    ]
    return signals, orders


def visits_of(rows: list[Row]) -> list[Row]:
    """Sessions by all signals of a person, those with a page only; each with its rows and first page."""
    sessions: dict[Any, list[Row]] = defaultdict(list)
    last: dict[str, tuple[datetime, int]] = {}
    for row in rows:
        if row.get("session"):
            sessions[row["person"], row["session"]].append(row)
            continue
        moment, number = last.get(row["person"], (datetime.min, 0))
        number += row["time"] - moment > GAP
        last[row["person"]] = (row["time"], number)
        sessions[row["person"], number].append(row)
    visits = []
    for (person, _name), mine in sessions.items():
        pages = [row for row in mine if row["page"]]
        if pages:
            said = json.loads(pages[0]["properties"] or "{}")
            loads = [number for row in mine if (number := row["load"])]
            visits.append(
                {
                    "person": person,
                    "start": pages[0]["time"],
                    "end": mine[-1]["time"],
                    "place": pages[0]["place"],
                    "rows": mine,
                    "channel": said.get("traffic_channel") or None,
                    "source": said.get("traffic_source") or None,
                    "campaign": said.get("traffic_campaign") or None,
                    "device": said.get("device_type") or None,
                    "browser": said.get("browser") or None,
                    "pages": {row["page"] for row in pages},
                    "load": sum(loads) / len(loads) if loads else None,
                    "orders": [],
                }
            )
    return sorted(visits, key=lambda visit: (visit["person"], visit["start"], visit["place"]))


def number_of(text: object) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def expected(
    signals: list[Row], orders: list[Row], question: WebQuestion, scope: Scope, wants=lambda row: True
) -> WebOverview:
    rows = [{**row, "arrival": number} for number, row in enumerate(signals)]
    rows += [{**row, "kind": 4, "arrival": len(rows) + number} for number, row in enumerate(orders)]
    rows = [row for row in rows if scope.start <= row["time"] < scope.end]
    rows.sort(key=lambda row: (row["person"], row["time"], row["arrival"]))
    for place, row in enumerate(rows):
        said = json.loads(row.get("properties") or "{}")
        mine = row["kind"] == 1 and wants(row)
        load = number_of(said.get("load_time")) if mine else None
        row |= {"place": place, "wanted": wants(row), "page": PATHS[row.get("url")] if mine else None}
        row |= {"said": said, "load": load if load and load > 0 else None}
    visits = visits_of(rows)
    bought = [
        row for row in rows if row["kind"] == 4 and row["wanted"] and row["status"] not in question.void
    ]
    for order in bought:
        before = [
            visit
            for visit in visits
            if visit["person"] == order["person"] and visit["start"] <= order["time"]
        ]
        if before and order["time"] - before[-1]["end"] <= GAP:
            before[-1]["orders"].append(order)
    for dimension, name in question.only.items():
        if dimension == "page":
            visits = [visit for visit in visits if name in visit["pages"]]
        else:
            visits = [visit for visit in visits if visit[dimension] == name]
    people = {visit["person"] for visit in visits}
    theirs = [row for row in rows if row["wanted"] and (not question.only or row["person"] in people)]
    sold = [order for visit in visits for order in visit["orders"]]
    searches = [
        row
        for visit in visits
        for row in visit["rows"]
        if row["kind"] == 1 and row["wanted"] and row["name"] in question.searches
    ]
    found = [number_of(row["said"].get("results")) for row in searches]

    def money(some: list[Row]) -> float:
        return round(sum(order["value"] or 0 for visit in some for order in visit["orders"]), 2)

    def row_of(name: str | None, some: list[Row]) -> WebRow:
        return WebRow(name, len(some), sum(bool(visit["orders"]) for visit in some), money(some))

    lists, distinct = {}, {}
    for dimension in DIMENSIONS:
        groups = defaultdict(list)
        for visit in visits:
            for name in visit["pages"] if dimension == "page" else [visit[dimension]]:
                groups[name].append(visit)
        made = [row_of(name, some) for name, some in groups.items()]
        made.sort(key=lambda row: (-row.visits, row.name is None, row.name or ""))
        lists[dimension], distinct[dimension] = tuple(made[: question.most]), len(made)
    terms: dict[str, list[float | None]] = defaultdict(list)
    for row, number in zip(searches, found, strict=True):
        if row["said"].get("query"):
            terms[row["said"]["query"].strip().lower()].append(number)
    told = [WebTerm(query, len(some), some.count(0)) for query, some in terms.items()]
    told.sort(key=lambda term: (-term.failed, -term.searches, term.query))
    bands = [
        [visit for visit in visits if visit["load"] is not None and low <= visit["load"] < high]
        for low, high in zip(LOAD_TIMES, [*LOAD_TIMES[1:], float("inf")], strict=True)
    ]
    days: dict[Any, list[Row]] = defaultdict(list)
    for visit in visits:
        day = visit["start"].replace(tzinfo=UTC).astimezone(HELSINKI).date()
        if question.interval == "week":
            day -= timedelta(days=day.weekday())
        days[day.replace(day=1) if question.interval == "month" else day].append(visit)
    return WebOverview(
        visits=len(visits),
        visitors=len(people),
        daily=0,
        converted=sum(bool(visit["orders"]) for visit in visits),
        orders=len(sold),
        priced=sum(order["value"] is not None for order in sold),
        revenue=money(visits),
        all_orders=sum(row["kind"] == 4 and row["status"] not in question.void for row in theirs),
        contacts=sum(row["kind"] == 3 for row in theirs),
        searches=len(searches),
        answered=sum(number is not None for number in found),
        failed=found.count(0),
        points=tuple(
            WebPoint(
                day,
                len(some),
                len({visit["person"] for visit in some}),
                0,
                sum(bool(visit["orders"]) for visit in some),
                money(some),
            )
            for day, some in sorted(days.items())
        ),
        lists=lists,
        distinct=distinct,
        terms=tuple(told[: question.most]),
        loads=tuple((len(some), sum(bool(visit["orders"]) for visit in some)) for some in bands),
        scanned=len(rows),
    )


QUESTION = WebQuestion(searches=("search",), void=frozenset({"cancelled"}), most=5)
QUESTIONS = [
    QUESTION,
    replace(QUESTION, interval="week", void=frozenset(), searches=()),
    replace(QUESTION, only={"channel": "Email", "device": "phone"}, interval="month"),
    replace(QUESTION, only={"source": None}),
    replace(QUESTION, only={"page": "/a", "browser": "Firefox"}),
    replace(QUESTION, only={"campaign": "never seen"}),
    replace(QUESTION, only={"page": "/never"}),
]
WHOLE = Scope(start=START - timedelta(days=1), end=START + timedelta(days=9), timezone="Europe/Helsinki")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_overviews_agree_with_plain_python(any_store, seed):
    signals, orders = company(seed)
    any_store.load_signals(KEY, signal_table(signals[:200]), rules=[])
    any_store.load_signals(KEY, signal_table(signals[200:]), rules=[])
    any_store.load_orders(KEY, order_table(orders), rules=[])
    part = replace(WHOLE, start=START + timedelta(days=1), end=START + timedelta(days=3, hours=5))
    for scope in (WHOLE, part):
        for question in QUESTIONS:
            found = any_store.web_overview(KEY, scope, question)
            assert found == expected(signals, orders, question, scope)
            assert any_store.web_overview(KEY, scope, question, version=7) == found
    assert found.visits == 0
    assert any_store.web_overview(KEY, WHOLE, QUESTION).converted > 3


def test_a_filter_takes_pages_and_a_segment_people(any_store):
    signals, orders = company(4)
    any_store.load_signals(KEY, signal_table(signals), rules=[])
    any_store.load_orders(KEY, order_table(orders), rules=[])
    web = replace(WHOLE, where=(Condition("channel", "eq", "web"),))
    found = any_store.web_overview(KEY, web, QUESTION)
    assert found == expected(signals, orders, QUESTION, web, lambda row: row.get("channel") == "web")
    assert 0 < found.visits < any_store.web_overview(KEY, WHOLE, QUESTION).visits

    some = SegmentRule(did_not=(Selector(where=(Condition("results", "eq", "many"),)),))
    others = {row["person"] for row in signals if '"many"' in (row["properties"] or "")}
    found = any_store.web_overview(KEY, replace(WHOLE, segment=some), QUESTION)
    assert found == expected(
        [row for row in signals if row["person"] not in others],
        [row for row in orders if row["person"] not in others],
        QUESTION,
        WHOLE,
    )


def test_nothing_has_no_visits(any_store):
    assert any_store.web_overview(KEY, WHOLE, QUESTION) == replace(
        WebOverview(),
        lists=dict.fromkeys(DIMENSIONS, ()),
        distinct=dict.fromkeys(DIMENSIONS, 0),
        loads=((0, 0),) * len(LOAD_TIMES),
    )


def test_visitors_of_a_day_are_counted_apart(any_store):
    """The same browser without consent has another id tomorrow: it is two, and never one of a week's visitors."""
    event = {"url": "https://shop.example/", "properties": "{}", "device": "x"}
    any_store.load_stream(
        KEY,
        stream_batch(
            [
                {**event, "id": 1, "device_kind": "cookieless", "device": "monday", "time": START},
                {
                    **event,
                    "id": 2,
                    "device_kind": "cookieless",
                    "device": "tuesday",
                    "time": START + timedelta(1),
                },
                {**event, "id": 3, "device": "consented", "time": START},
                {**event, "id": 4, "device": "consented", "time": START + timedelta(days=1)},
            ]
        ),
        rules=[],
    )
    found = any_store.web_overview(KEY, WHOLE, replace(QUESTION, interval="week"))
    assert (found.visits, found.visitors, found.daily) == (4, 1, 2)
    assert [(point.visits, point.visitors, point.daily) for point in found.points] == [(4, 1, 2)]
    found = any_store.web_overview(KEY, WHOLE, QUESTION)
    assert [(point.visits, point.visitors, point.daily) for point in found.points] == [(2, 1, 1), (2, 1, 1)]


def test_who_is_here_now(any_store):
    event = {"url": "https://shop.example/", "properties": "{}", "device": "a"}
    now = START + timedelta(hours=12)
    batch = stream_batch(
        [
            {**event, "id": 1, "time": now - timedelta(minutes=5)},
            {**event, "id": 2, "time": now - timedelta(minutes=1)},
            {**event, "id": 3, "device": "b", "time": now - timedelta(minutes=6)},
            {**event, "id": 4, "device": "c", "time": now, "url": None},
            {**event, "id": 5, "device": "d", "time": now},
        ],
        received=now,
    )
    any_store.load_stream(KEY, batch, rules=[])
    assert any_store.visitors_since(KEY, now - timedelta(minutes=5)) == 2


def test_a_click_through_the_same_range_reads_nothing_again(any_store):
    """What comes meanwhile is seen with the next version, not in between."""
    signals, orders = company(5)
    any_store.load_signals(KEY, signal_table(signals[:250]), rules=[])
    any_store.load_orders(KEY, order_table(orders), rules=[])
    version = any_store.state(KEY).version
    first = any_store.web_overview(KEY, WHOLE, QUESTION, version=version)
    any_store.load_signals(KEY, signal_table(signals[250:]), rules=[])
    assert any_store.web_overview(KEY, WHOLE, QUESTION, version=version) == first
    now = any_store.web_overview(KEY, WHOLE, QUESTION, version=any_store.state(KEY).version)
    assert now == any_store.web_overview(KEY, WHOLE, QUESTION)
    assert now.visits > first.visits
