"""Fills a home folder with a large company for `bench.live_map`: seeded, with skew, ties and equal rows.

    python -m bench._live_company HOME WORKSPACE

loads POLKU_BENCH_EVENTS events (10 million), a tenth as many answers, and orders and contacts, of a tenth as many
people over the 120 days up to now, into a workspace whose map has been drawn. No server may run there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EVENTS = int(float(os.environ.get("POLKU_BENCH_EVENTS", "10e6")))
PEOPLE, ANSWERS, ORDERS, CONTACTS = EVENTS // 10, EVENTS // 10, EVENTS // 40, EVENTS // 100
STAGES, PER_STAGE, DAYS = 8, 5, 120
TOUCHPOINTS = STAGES * PER_STAGE
UNBOUND = 8  # names of events that no touchpoint has
METRICS = (("csat", 1, 5), ("nps", 0, 10), ("smiley", 1, 4))
PAGES = 3_000
BATCH = 1_000_000
_DAY = 86_400_000_000
_SALES = np.array(["web", "store", "app"])


def document() -> dict[str, object]:
    """The map: eight stages of five touchpoints, each with an event, a question and contacts; some backstage."""

    def touchpoint(number: int) -> dict[str, object]:
        metric = METRICS[number % len(METRICS)][0]
        place = [{"property": "place", "op": "eq", "value": str(number)}]
        return {
            "name": f"Touchpoint {number}",
            "assumed_feeling": 0.2,
            "bindings": [
                {"kind": "event", "names": [f"event {number}"]},
                {"kind": "score", "names": [metric], "where": place},
                {"kind": "contact", "names": [f"reason {number}"]},
            ],
        }

    stages = [
        {
            "name": f"Stage {stage}",
            "touchpoints": [touchpoint(stage * PER_STAGE + each) for each in range(PER_STAGE)],
        }
        for stage in range(STAGES)
    ]
    return {"polku": "journey", "version": 1, "name": "Large", "stages": stages}


def batches(end: int) -> Iterator[pa.Table]:
    """SIGNAL_BATCH tables in order of time up to `end` (microseconds), a million rows each at most."""
    from polku.eventstore.port import SIGNAL_BATCH, SignalKind

    chance = np.random.default_rng(0)
    rows = EVENTS + ANSWERS + CONTACTS
    kind = np.repeat(
        np.array([SignalKind.EVENT, SignalKind.SCORE, SignalKind.CONTACT], dtype=np.uint8),
        [EVENTS, ANSWERS, CONTACTS],
    )
    person = _people(chance, rows)
    came = chance.integers(0, DAYS * _DAY, PEOPLE)
    # The farther along the map, the later after somebody's coming: a month for the whole of it.
    place = np.minimum(chance.geometric(0.055, rows) - 1, TOUCHPOINTS + UNBOUND - 1)
    place[kind != SignalKind.EVENT] %= TOUCHPOINTS
    time = (came[person] + (place * chance.exponential(0.7 * _DAY, rows)).astype(np.int64)) % (DAYS * _DAY)
    time += end - DAYS * _DAY
    time[::2] -= time[::2] % 1_000_000  # half of them by the second: many at the same time
    order = np.argsort(time, kind="stable")
    kind, person, place, time = kind[order], person[order], place[order], time[order]
    score, low, high = _answers(chance, kind == SignalKind.SCORE, place)
    names = pa.array(
        [f"event {number}" for number in range(TOUCHPOINTS + UNBOUND)]
        + [METRICS[number % len(METRICS)][0] for number in range(TOUCHPOINTS)]
        + [f"reason {number}" for number in range(TOUCHPOINTS)]
    )
    offset = np.array([0, 0, TOUCHPOINTS + UNBOUND, 2 * TOUCHPOINTS + UNBOUND])
    name = offset[kind] + place
    browsers = [f'{{"browser":"b{number}"}}' for number in range(5)]
    places = [f'{{"place":"{number}","browser":"b0"}}' for number in range(TOUCHPOINTS)]
    properties = pa.array(browsers + places)
    which = np.where(kind == SignalKind.SCORE, 5 + place, person % 5)
    channels = pa.array(_SALES)
    pages = pa.array([f"https://shop.example/products/{number}" for number in range(PAGES)])
    # An eighth of the events are of a page, which makes some million visits of the website.
    is_page = (kind == SignalKind.EVENT) & (chance.random(rows) < 1 / 8)
    page = pa.array((PAGES * chance.random(rows) ** 3).astype(np.int32), mask=~is_page)
    for first in range(0, rows, BATCH):
        some = slice(first, min(rows, first + BATCH))
        count = some.stop - some.start
        digits = chance.bytes(16 * count).hex()
        columns = {field.name: pa.nulls(count, field.type) for field in SIGNAL_BATCH} | {
            "message_id": pa.array([digits[32 * row : 32 * row + 32] for row in range(count)]),
            "kind": pa.array(kind[some]),
            "name": names.take(pa.array(name[some])),
            "time": pa.array(time[some].astype("datetime64[us]")),
            "person": pc.binary_join_element_wise("customer", pa.array(person[some]).cast(pa.string()), "-"),
            "channel": channels.take(pa.array(person[some] % 3)),
            "score": pa.array(score[some], from_pandas=True),
            "scale_low": pa.array(low[some], from_pandas=True),
            "scale_high": pa.array(high[some], from_pandas=True),
            "url": pages.take(page[some]),
            "properties": properties.take(pa.array(which[some])),
        }
        yield pa.table(columns, schema=SIGNAL_BATCH)


def bought(end: int) -> pa.Table:
    """Orders of people who may or may not have been at the map; a few cancelled, a few large."""
    from polku.eventstore.port import ORDER_BATCH

    chance = np.random.default_rng(1)
    time = np.sort(end - chance.integers(0, DAYS * _DAY, ORDERS))
    columns = {field.name: pa.nulls(ORDERS, field.type) for field in ORDER_BATCH} | {
        "message_id": pa.array([f"{number:032x}" for number in range(ORDERS)]),
        "order": pa.array([f"order {number}" for number in range(ORDERS)]),
        "person": pc.binary_join_element_wise(
            "customer", pa.array(_people(chance, ORDERS)).cast(pa.string()), "-"
        ),
        "time": pa.array(time.astype("datetime64[us]")),
        "value": pa.array(chance.lognormal(4, 1, ORDERS).round(2)),
        "status": pa.array(np.where(chance.random(ORDERS) < 0.04, "cancelled", "paid")),
        "channel": pa.array(_SALES[chance.integers(0, 3, ORDERS)]),
    }
    return pa.table(columns, schema=ORDER_BATCH)


def fill(home: Path, slug: str) -> None:
    """Load everything into the workspace `slug` of `home`."""
    os.environ["POLKU_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
    import django

    django.setup()
    from polku.accounts.models import Workspace
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import hit_rules

    workspace = Workspace.objects.get(slug=slug)
    key = workspace.key.hex
    rules = hit_rules(key)
    store = DuckDBStore(home / "events")
    end = int(datetime.now(UTC).timestamp()) * 1_000_000
    for batch in batches(end):
        store.load_signals(key, batch, rules=rules)
    store.load_orders(key, bought(end), rules=rules)
    store.close()


def _people(chance: np.random.Generator, rows: int) -> np.ndarray:
    """Numbers of people, some of whom come very often."""
    return (PEOPLE * chance.random(rows) ** 1.6).astype(np.int64)


def _answers(
    chance: np.random.Generator, is_answer: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(score, low, high) of each row, NaN where there is none."""
    made = [np.full(len(place), np.nan) for _each in range(3)]
    for which, (_name, low, high) in enumerate(METRICS):
        rows = np.flatnonzero(is_answer & (place % len(METRICS) == which))
        drawn = chance.normal(low + 0.7 * (high - low), 0.25 * (high - low), len(rows)).round()
        made[0][rows], made[1][rows], made[2][rows] = np.clip(drawn, low, high), low, high
    return made[0], made[1], made[2]


if __name__ == "__main__":
    fill(Path(sys.argv[1]), sys.argv[2])
