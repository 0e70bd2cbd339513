"""The reads of the port against plain Python over the same rows."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from polku.eventstore.port import Condition, HitRule, Scope, Selector, SignalKind, StoreError
from tests.contract.store_implementations import KEY, any_store
from tests.contract.store_reference import (
    EVERYTHING,
    START,
    local,
    message_id,
    order_table,
    signal_table,
)

__all__ = ["any_store"]
pytestmark = pytest.mark.contract
HELSINKI = "Europe/Helsinki"
EVENT, SCORE = SignalKind.EVENT, SignalKind.SCORE


@pytest.fixture
def rows(any_store):
    """300 signals over the spring's change of the clock, in no order of time, many at the same instant."""
    chance = random.Random(11)
    made = []
    for number in range(300):
        kind = chance.choice([1, 1, 1, 1, 2])
        made.append(
            {
                "message_id": message_id(number),
                "kind": kind,
                "name": chance.choice(["view", "cart", "pay", "other"] if kind == 1 else ["csat", "nps"]),
                "time": datetime(2026, 3, 26) + timedelta(minutes=10 * chance.randrange(6 * 24 * 6)),
                "person": f"p{chance.randrange(7)}",
                "order": f"o{chance.randrange(9)}" if chance.random() < 0.4 else None,
                "session": f"s{chance.randrange(4)}" if chance.random() < 0.3 else None,
                "channel": chance.choice(["web", "store", None]),
                "value": chance.choice([None, 0.1, 2.5]),
                "score": float(chance.randint(1, 5)) if kind == 2 else None,
                "scale_low": 1.0 if kind == 2 else None,
                "scale_high": 5.0 if kind == 2 else None,
                "text": chance.choice([None, "", "Hyvä Ä", "huono"]),
                "properties": json.dumps({"phone": chance.choice(["old", "new"])}),
            }
        )
    half = [
        HitRule(1, Selector()),
        HitRule(2, Selector(channel="web")),
        HitRule(3, Selector(names=("csat",))),
    ]
    any_store.load_signals(KEY, signal_table(made[:100]), rules=half)
    any_store.load_signals(KEY, signal_table(made[100:]), rules=half)
    return made


def period(moment, interval):
    day = datetime.combine(local(moment, HELSINKI).date(), datetime.min.time())
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[interval]


@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_trend(any_store, rows, interval):
    picked = [row for row in rows if row["name"] in ("view", "csat")]
    groups = defaultdict(list)
    for row in picked:
        groups[period(row["time"], interval)].append(row)
    scope, selector = Scope(timezone=HELSINKI), Selector(names=("view", "csat"))
    for measure, count in {
        "events": len,
        "persons": lambda group: len({row["person"] for row in group}),
        "sum_value": lambda group: pytest.approx(sum(row["value"] or 0 for row in group)),
    }.items():
        expected = [(start, count(groups[start])) for start in sorted(groups)]
        assert any_store.trend(KEY, scope, selector, interval, measure) == expected
    with pytest.raises(StoreError):
        any_store.trend(KEY, scope, selector, "year", "events")
    with pytest.raises(StoreError):
        any_store.trend(KEY, scope, selector, interval, "median")


def sessions_of(rows):
    """Session by row number: the named one of the person, else a run without a gap over 30 minutes."""
    found = {}
    order = sorted(range(len(rows)), key=lambda n: (rows[n]["person"], rows[n]["time"], n))
    last = {}
    for n in order:
        row = rows[n]
        if row["session"]:
            found[n] = (row["person"], row["session"])
            continue
        before, number = last.get(row["person"], (None, 0))
        if before is None or row["time"] - before > timedelta(minutes=30):
            number += 1
        last[row["person"]] = (row["time"], number)
        found[n] = (row["person"], number)
    return found


def test_trend_of_sessions(any_store, rows):
    session = sessions_of(rows)
    expected = defaultdict(set)
    for n, row in enumerate(rows):
        if row["name"] == "view":
            expected[period(row["time"], "day")].add(session[n])
    assert any_store.trend(KEY, Scope(timezone=HELSINKI), Selector(names=("view",)), "day", "sessions") == [
        (start, len(expected[start])) for start in sorted(expected)
    ]


@pytest.mark.parametrize("unit", ["person", "session", "order"])
@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("where", [(), (Condition("phone", "eq", "old"),)])
def test_sequences(any_store, rows, unit, others, where):
    selectors = [Selector(names=("view",)), Selector(touchpoint=2), Selector(kinds=(SCORE,), touchpoint=3)]
    start, end = datetime(2026, 3, 27), datetime(2026, 3, 31, 12)
    in_range = [n for n, row in enumerate(rows) if start <= row["time"] < end]
    of_session = {in_range[n]: whose for n, whose in sessions_of([rows[n] for n in in_range]).items()}
    expected = defaultdict(list)
    for n in in_range:
        row = rows[n]
        mask = (row["name"] == "view") | (row["channel"] == "web") << 1 | (row["name"] == "csat") << 2
        if not (mask or (others and row["kind"] == 1)) or (where and "old" not in row["properties"]):
            continue
        if unit == "order" and row["order"] is None:
            continue
        whose = {"person": row["person"], "order": row["order"], "session": of_session[n]}[unit]
        time = int(row["time"].replace(tzinfo=UTC).timestamp() * 1e6)
        expected[whose].append((time, n, mask, row["channel"]))
    found = any_store.sequences(
        KEY,
        Scope(start=start, end=end, where=where),
        selectors,
        unit=unit,
        others=others,
        breakdown="channel",
    )
    columns = zip(
        found.unit.tolist(), found.time.tolist(), found.mask.tolist(), found.key.tolist(), strict=True
    )
    units = [list(group) for _unit, group in itertools.groupby(columns, key=lambda row: row[0])]
    assert len(units) == len(expected) == len(set(found.unit.tolist()))
    assert sorted(repr([row[1:] for row in group]) for group in units) == sorted(
        repr([(time, mask, key) for time, _n, mask, key in sorted(group, key=lambda row: row[:2])])
        for group in expected.values()
    )
    assert found.scanned == len(in_range)


def test_sequences_of_nothing_and_of_too_much(any_store):
    for unit in ("person", "session", "order"):
        found = any_store.sequences(KEY, Scope(), [Selector()], unit=unit, others=True, breakdown="x")
        assert [len(part) for part in (found.unit, found.time, found.mask, found.key)] == [0, 0, 0, 0]
    assert any_store.trend(KEY, Scope(), Selector(), "day", "sessions") == []
    with pytest.raises(StoreError):
        any_store.sequences(KEY, Scope(), [Selector()] * 70, unit="person", others=False)
    with pytest.raises(StoreError):
        any_store.sequences(KEY, Scope(), [Selector()], unit="household", others=False)


def test_scores(any_store, rows):
    asked = [row for row in rows if row["name"] == "csat"]
    plain = Counter((row["score"], 1.0, 5.0) for row in asked)
    found = any_store.scores(KEY, Scope(), "csat", interval=None, group_by=[])
    assert found.column_names == ["start", "named", "score", "scale_low", "scale_high", "n"]
    got = {tuple(row.values()) for row in found.to_pylist()}
    assert got == {(None, None, *key, n) for key, n in plain.items()}

    touched = Counter()
    for row in asked:
        for touchpoint in [1, 3] + [2] * (row["channel"] == "web"):
            week = period(row["time"], "week")
            phone = json.loads(row["properties"])["phone"]
            touched[(touchpoint, phone, week, None, row["score"], 1.0, 5.0)] += 1
    grouped = any_store.scores(
        KEY, Scope(timezone=HELSINKI), "csat", interval="week", group_by=["touchpoint", "phone"]
    )
    assert {tuple(row.values()) for row in grouped.to_pylist()} == {(*key, n) for key, n in touched.items()}
    assert grouped["g0"].type == "int64"


def test_hits_come_in_the_order_promised(any_store, rows):
    found = any_store.hits(KEY, Scope(start=datetime(2026, 3, 28)), [3, 2]).to_pylist()
    people = {row["person"]: None for row in found}
    names = {row["person"]: row["ids"][0] for row in any_store.people(KEY, list(people)).to_pylist()}
    numbers = {name: number for number, name in names.items()}
    expected = sorted(
        (touchpoint, numbers[row["person"]], row["time"], n + 1, row["kind"], row["name"], row["score"])
        for n, row in enumerate(rows)
        for touchpoint in [3] * (row["name"] == "csat") + [2] * (row["channel"] == "web")
        if row["time"] >= datetime(2026, 3, 28)
    )
    columns = ("touchpoint", "person", "time", "signal", "kind", "name", "score")
    assert [tuple(row[name] for name in columns) for row in found] == expected
    assert any_store.hits(KEY, Scope(), []).num_rows == 0
    assert any_store.hits(KEY, Scope(), []).column_names == [
        "touchpoint", "signal", "person", "time", "kind", "name", "score", "scale_low", "scale_high", "order",
    ]  # fmt: skip


def test_comments_newest_first(any_store, rows):
    said = [
        (row["time"], n, row["text"]) for n, row in enumerate(rows) if row["text"] and row["channel"] == "web"
    ]
    newest = [text for _time, _n, text in sorted(said, reverse=True)]
    assert any_store.comments(KEY, Scope(), 2)["text"].to_pylist() == newest[:50]
    assert any_store.comments(KEY, Scope(), 2, limit=3)["text"].to_pylist() == newest[:3]
    found = any_store.comments(KEY, Scope(), 2, limit=1000, search="hyvä ä")["text"].to_pylist()
    assert found == [text for text in newest if text == "Hyvä Ä"]


def test_catalog(any_store, rows):
    orders = [{"message_id": message_id(900 + n), "order": f"o{n}", "time": START, "status": "sent",
               "properties": '{"store": "Oulu"}'} for n in range(2)]  # fmt: skip
    any_store.load_orders(KEY, order_table(orders), rules=[EVERYTHING])
    for what, of, column in [
        ("event", EVENT, "name"),
        ("metric", SCORE, "name"),
        ("channel", None, "channel"),
    ]:
        groups = defaultdict(list)
        for row in rows:
            if row[column] and of in (None, row["kind"]):
                groups[row[column]].append(row)
        expected = {
            (name, len(group), len({row["person"] for row in group}), max(row["time"] for row in group))
            for name, group in groups.items()
        }
        found = any_store.catalog(KEY, what)
        assert {(each.name, each.signals, each.people, each.last) for each in found} == expected
        assert [each.signals for each in found] == sorted((each.signals for each in found), reverse=True)
    assert [(each.name, each.signals) for each in any_store.catalog(KEY, "status")] == [("sent", 2)]
    assert {each.name for each in any_store.catalog(KEY, "event", search="A")} == {"cart", "pay"}
    assert len(any_store.catalog(KEY, "event", limit=2)) == 2
    names = {each.name: each.signals for each in any_store.catalog(KEY, "property")}
    assert names["phone"] == 300
    assert {"order.status", "order.on_time", "order.id", "order.store"} < names.keys()
    assert [each.name for each in any_store.catalog(KEY, "property", search="PHO")] == ["phone"]
    with pytest.raises(StoreError):
        any_store.catalog(KEY, "colour")


def test_preview_shows_the_newest(any_store, rows):
    views = [(row["time"], n, row) for n, row in enumerate(rows) if row["name"] == "view"]
    found = any_store.preview(KEY, [Selector(names=("view",))], Scope())
    assert (found.signals, found.people) == (len(views), len({row["person"] for _t, _n, row in views}))
    newest = [row for _time, _n, row in sorted(views, key=lambda view: view[:2], reverse=True)]
    assert [example["time"] for example in found.examples] == [
        row["time"] for row in newest[: len(found.examples)]
    ]
    assert found.examples[0].keys() == {"time", "name", "url", "channel", "text", "person"}
    assert len(found.examples) >= 3


def test_orders_in_scope_and_people_with_traits(any_store, rows):
    orders = [{"message_id": message_id(900 + n), "order": f"o{n}", "time": START + timedelta(days=n),
               "value": float(n), "status": "sent" if n % 2 else "done"} for n in range(9)]  # fmt: skip
    any_store.load_orders(KEY, order_table(orders), rules=[EVERYTHING])
    scope = Scope(start=START + timedelta(days=2), where=(Condition("order.status", "eq", "sent"),))
    found = any_store.orders(KEY, scope)
    assert found["id"].to_pylist() == ["o3", "o5", "o7"]
    assert found["value"].to_pylist() == [3.0, 5.0, 7.0]
    assert found.column_names == [
        "order", "id", "person", "time", "value", "status", "promised", "delivered", "on_time",
    ]  # fmt: skip
    everyone = any_store.traits(KEY, Scope())
    assert everyone.num_rows == any_store.state(KEY).people
    assert any_store.traits(KEY, Scope(where=(Condition("name", "eq", "unheard of"),))).num_rows == 0
    assert any_store.people(KEY, []).column_names == [
        "person", "ids", "kinds", "traits", "first_seen", "last_seen",
    ]  # fmt: skip
    for told in any_store.people(KEY, everyone["person"].to_pylist()).to_pylist():
        assert told["ids"] and len(told["kinds"]) == len(told["ids"])
