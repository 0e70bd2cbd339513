"""A map that follows what arrives shows what one read anew shows, whatever arrives: to the last answer."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from polku.eventstore import cancelling
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.live import NO_WORDS, Change, HitRows, LiveRows
from polku.eventstore.port import Condition, HitRule, Scope, Selector, SignalKind
from polku.journeys.live.followed_maps import FollowedMaps
from polku.journeys.live.following import FollowedMap
from polku.journeys.live.numbers import MapNumbers, numbers_of
from polku.journeys.live.plan import DAY, Plan, Point
from polku.journeys.live.reading import period_of
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.tallies import tally
from polku.journeys.live.walk import Period, Walk
from tests.contract.store_reference import order_table, person_table, signal_table
from tests.eventstore.streaming import NOON, stream_batch

KEY = "0123456789abcdef0123456789abcdef"

RULES = [
    HitRule(1, Selector(names=("come",))),
    HitRule(1, Selector(kinds=(SignalKind.SCORE,), names=("csat",))),
    HitRule(2, Selector(names=("look", "come"))),
    HitRule(2, Selector(kinds=(SignalKind.CONTACT,))),
    HitRule(3, Selector(names=("look",), where=(Condition("person.level", "eq", "gold"),))),
    HitRule(4, Selector(names=("take",))),
    HitRule(4, Selector(names=("look",), where=(Condition("order.status", "eq", "paid"),))),
    HitRule(5, Selector(kinds=(SignalKind.ORDER,))),
    HitRule(6, Selector(names=("come",), where=(Condition("traffic_channel", "eq", "social"),))),
]
PLAN = Plan(
    points=tuple(
        Point(number, number // 2, "signals", number == 2, number == 1, number == 4, True)
        for number in range(1, 7)
    ),
    window=2 * DAY,
    timezone="Europe/Helsinki",
    cancelled_states=frozenset({"cancelled"}),
)


def random_batch(chance: random.Random, number: int):
    """Events late and early, of devices and customers who turn out to be one; orders told again; traits."""
    events, links, traits, orders = [], [], [], []
    for row in range(chance.randrange(1, 12)):
        customer = chance.randrange(8)
        event = {
            "id": (number, row),
            "name": chance.choice(["come", "look", "take", "noise"]),
            "time": NOON + timedelta(hours=3 * number, minutes=30 * chance.randrange(-200, 20)),
            "device": f"device {chance.randrange(12)}",
        }
        if chance.random() < 0.4:
            event["user"] = f"customer {customer}"
        if chance.random() < 0.3:
            event["traffic"] = chance.choice(['{"traffic_channel":"social"}', '{"traffic_channel":"search"}'])
        if chance.random() < 0.3:
            event["order"] = f"order {chance.randrange(15)}"
            if chance.random() < 0.6:
                orders.append(
                    {
                        "event": row,
                        "order": event["order"],
                        "time": event["time"] if chance.random() < 0.8 else None,
                        "value": float(chance.randrange(1, 50)) if chance.random() < 0.8 else None,
                        "status": chance.choice(["paid", "cancelled", None]),
                    }
                )
        events.append(event)
    if chance.random() < 0.3:
        links.append(
            {
                "alias": f"customer {chance.randrange(8)}",
                "alias_kind": "user",
                "other": f"device {chance.randrange(12)}",
                "other_kind": "device",
            }
        )
    if chance.random() < 0.3:
        level = chance.choice(["gold", "tin"])
        traits.append({"alias": f"customer {chance.randrange(8)}", "properties": f'{{"level":"{level}"}}'})
    return stream_batch(events, links=links, traits=traits, orders=orders, received=NOON)


def write_answers(store, chance: random.Random, number: int) -> None:
    """Answers that come, others that are taken back; at times orders and people of a file."""
    given = [
        {"message_id": f"{10**6 + 10 * number + row:032x}", "kind": 2, "name": "csat", "time": NOON}
        | {"person": f"customer {chance.randrange(12)}", "score": float(chance.randrange(1, 6))}
        | {
            "scale_low": 1.0,
            "scale_high": 5.0,
            "order": chance.choice([None, f"order {chance.randrange(15)}"]),
        }
        for row in range(chance.randrange(4))
    ]
    earlier = [f"{10**6 + 10 * before + chance.randrange(4):032x}" for before in range(number)]
    withdrawn = chance.sample(earlier, len(earlier) // 3) + [f"{chance.randrange(120):032x}"]
    store.load_signals(KEY, signal_table(given), rules=RULES, withdrawn=withdrawn)
    if chance.random() < 0.3:
        order = {"message_id": f"{10**7 + number:032x}", "order": f"order {chance.randrange(12)}"}
        order |= {"person": f"customer {chance.randrange(9)}", "status": chance.choice(["paid", "cancelled"])}
        store.load_orders(KEY, order_table([order | {"value": 5.0 * number, "time": NOON}]), rules=RULES)
    if chance.random() < 0.3:
        person = {"person": f"customer {chance.randrange(9)}", "aliases": [f"customer {chance.randrange(9)}"]}
        store.load_people(KEY, person_table([person | {"properties": '{"level":"gold"}'}]), rules=RULES)


def numbers(maps: FollowedMaps, store, scopes: list[Scope], periods: list[Period]) -> list[MapNumbers]:
    with maps.of(store, KEY, PLAN, scopes) as followed:
        return [
            numbers_of(
                followed.tally(period), followed.words, followed.orders, followed.purchases, PLAN, period
            )
            for period in periods
        ]


def shown(found: list[MapNumbers]) -> list:
    return [(each.points, each.backstage_signals) for each in found]


def filled(folder: Path) -> DuckDBStore:
    """A store with some signals and orders."""
    made = DuckDBStore(folder)
    made.create(KEY)
    rows = [
        {"message_id": f"{n:032x}", "kind": kind, "name": name, "time": NOON - timedelta(hours=n % 70)}
        | {"person": f"customer {n % 9}", "score": score, "scale_low": low, "scale_high": high}
        for n, (kind, name, score, low, high) in enumerate(
            [(1, "come", None, None, None), (1, "look", None, None, None), (3, "why", None, None, None)] * 20
            + [(2, "csat", float(n % 5 + 1), 1.0, 5.0) for n in range(60)]
        )
    ]
    made.load_signals(KEY, signal_table(rows), rules=RULES)
    made.load_orders(
        KEY,
        order_table(
            [
                {"order": f"order {n}", "person": f"customer {n % 7}", "time": NOON - timedelta(hours=5 * n)}
                | {"message_id": f"{n + 10_000:032x}", "value": 10.0 * n, "status": "paid"}
                for n in range(10)
            ]
        ),
        rules=RULES,
    )
    return made


@pytest.fixture
def store(tmp_path):
    made = filled(tmp_path)
    yield made
    made.close()


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2))
def test_what_is_followed_is_what_is_read_anew(store, seed):
    chance = random.Random(seed)
    followed = FollowedMaps()
    web = (Condition("traffic_channel", "eq", "social"),)
    middle = NOON - timedelta(days=1)
    whole, late, early = Scope(), Scope(start=middle), Scope(start=NOON - timedelta(days=3), end=middle)
    social = Scope(where=web)
    counted, read = 0, set()
    for number in range(12):
        store.load_stream(KEY, random_batch(chance, number), rules=RULES)
        write_answers(store, chance, number)
        if number == 6:  # a write of which nobody knows what it changed
            store.rebuild_hits(KEY, [1, 3], RULES)
        if chance.random() < 0.3:
            continue
        state = store.state(KEY)
        now = period_of(late, state)
        # The earlier period is seen at an age that grows, as it is where two are compared.
        before = Period(*(period_of(early, state).start, period_of(early, state).end), now.as_of - DAY)
        for scopes, periods in (
            ([whole], [period_of(whole, state)]),
            ([late, early], [now, before]),
            ([social], [period_of(social, state)]),
        ):
            anew = numbers(FollowedMaps(), store, scopes, periods)
            assert shown(numbers(followed, store, scopes, periods)) == shown(anew)
            counted += sum(point.signals for point in anew[0].points.values())
        with followed.of(store, KEY, PLAN, [late]) as the_map:
            read.add(the_map)
    assert counted > 1_000
    assert len(read) == 2  # when first asked for, and after what nobody knew


def wait_in_vain(wait) -> Exception | None:
    """What ends the waiting of somebody who is waiting no more."""
    found: list[Exception] = []

    def run() -> None:
        try:
            with cancelling.asking() as asked:
                asked.cancel()
                wait()
        except cancelling.QuestionCancelled as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(5)
    return found[0] if found else None


def test_who_does_not_wait_any_more_stands_in_no_line(store):
    maps, kept = FollowedMaps(), Remembered[int](1)

    def look() -> None:
        with maps.of(store, KEY, PLAN, [Scope()]):
            raise AssertionError("the map is somebody else's")

    with maps.of(store, KEY, PLAN, [Scope()]):
        assert wait_in_vain(look)
    assert kept.get("it", lambda: 1 if wait_in_vain(lambda: kept.get("it", lambda: 2)) else 0) == 1


OF_ORDERS = {
    "order": pa.int64(),
    "person": pa.int64(),
    "time": pa.timestamp("us"),
    "value": pa.float64(),
    "status": pa.string(),
    "promised": pa.date32(),
    "delivered": pa.date32(),
}


def rows_at(chance: np.random.Generator, person: np.ndarray, since: int) -> HitRows:
    """A signal of each of the people, at touchpoints at random, in the second after `since`."""
    count = len(person)
    none = np.full(count, -1, dtype=np.int32)
    return HitRows(
        touchpoint=chance.integers(0, len(PLAN.points), count).astype(np.int16),
        person=np.sort(person).astype(np.int32),
        time=since + np.arange(count),
        is_again=np.zeros(count, dtype=bool),
        kind=np.ones(count, dtype=np.int8),
        said=none,
        order=none,
        words=NO_WORDS,
    )


def test_tallies_that_nobody_asks_for_keep_no_more_than_a_part_of_the_rows():
    """Beside each stand the rows of whoever changed since; with them it is brought up to date when asked for."""
    chance = np.random.default_rng(3)
    people, start = 40_000, 10**15
    orders = pa.table({name: pa.array([], type_) for name, type_ in OF_ORDERS.items()})
    nobody = np.empty(0, dtype=np.int64)
    rows = rows_at(chance, np.repeat(np.arange(1, people), 10), start)
    the_map = FollowedMap.of_rows(PLAN, None, LiveRows(1, rows, orders, None, None, 0))
    alone = the_map.size
    old = Period(start, start + 10**6, start + 10**7)
    the_map.tally(old)
    for version in range(2, 12):
        new = rows_at(chance, chance.choice(people - 1, 8_000, replace=False) + 1, start + version * 10**6)
        change = Change(version * 10**6, 0, nobody, nobody)
        the_map.follow(LiveRows(version, new, orders, None, change, 0))
        assert sum(len(kept.signals) for kept in the_map._tallies.values()) <= 200_000
        assert the_map.size <= 2.5 * alone
    whole = tally(Walk(the_map.signals, PLAN, old), the_map.purchases)
    for part in ("signals", "reached", "went", "earliest"):
        assert (getattr(the_map.tally(old), part) == getattr(whole, part)).all()
