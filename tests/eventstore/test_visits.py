"""Where visits came from: the same answer in whatever order and batches the events come."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.eventstore.duckdb.store import DuckDBStore
from tests.eventstore.streaming import NOON, stream_batch
from tests.examples import examples

TRAFFIC = [
    None,
    None,
    None,
    {"traffic_channel": "search", "traffic_source": "g"},
    {"traffic_channel": "direct"},
]
EVENTS = st.tuples(st.sampled_from("ab"), st.integers(0, 16), st.integers(0, len(TRAFFIC) - 1))
BATCHES = st.lists(st.lists(EVENTS, min_size=2, max_size=8), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def open_store(tmp_path_factory):
    store = DuckDBStore(tmp_path_factory.mktemp("visits"))
    yield store
    store.close()


def expected(events: list[tuple[str, int, int]]) -> list[dict[str, str]]:
    """What each event's properties are, by the time (in units of ten minutes), one event after another."""
    answer: list[dict[str, str]] = [{}] * len(events)
    for device in "ab":
        mine = sorted((time, row) for row, (whose, time, _traffic) in enumerate(events) if whose == device)
        visit: list[int] = []
        for time, row in [*mine, (10_000, -1)]:
            if visit and time - events[visit[-1]][1] > 3:
                said = [TRAFFIC[events[each][2]] for each in visit]
                for each in visit:
                    answer[each] = next((traffic for traffic in said if traffic), {})
                visit = []
            visit.append(row)
    return answer


@given(batches=BATCHES)
@settings(max_examples=examples(25), deadline=None)
def test_every_event_has_the_traffic_of_its_visit(open_store, batches):
    key = uuid.uuid4().hex
    open_store.create(key)
    for number, batch in enumerate(batches):
        rows = [
            {
                "id": f"{number} {row}",
                "device": device,
                "time": NOON + timedelta(minutes=10 * time),
                "traffic": TRAFFIC[traffic] and json.dumps(TRAFFIC[traffic]),
            }
            for row, (device, time, traffic) in enumerate(batch)
        ]
        open_store.load_stream(key, stream_batch(rows), rules=[])
    stored = open_store.recent(key, limit=1000).to_pylist()[::-1]
    events = [event for batch in batches for event in batch]
    assert [json.loads(row["properties"] or "{}") for row in stored] == expected(events)
    open_store.drop(key)
