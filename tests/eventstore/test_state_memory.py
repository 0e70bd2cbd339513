"""What the store says of itself is remembered, and follows every write at once."""

from __future__ import annotations

import pytest

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Scope, Selector, StoreError
from polku.eventstore.streams import InboxPlace
from polku.eventstore.web import WebQuestion
from tests.eventstore.streaming import stream_batch

KEY, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def opened(tmp_path):
    made = DuckDBStore(tmp_path / "events")
    made.create(KEY)
    made.create(OTHER)
    yield made
    made.close()


def _load(store: DuckDBStore, number: int, key: str = KEY) -> None:
    batch = stream_batch([{"id": number, "user": f"u{number}"}], place=InboxPlace(1, number))
    store.load_stream(key, batch, rules=[])


def test_the_state_follows_each_write_and_only_its_own_workspaces(opened):
    seen = [opened.state(KEY)]
    for number in range(1, 4):
        _load(opened, number)
        seen.append(opened.state(KEY))
        assert opened.state(KEY) is seen[-1]  # known, not asked again
    assert [(state.signals, state.people) for state in seen] == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert sorted({state.version for state in seen}) == [state.version for state in seen]
    elsewhere = opened.state(OTHER)
    _load(opened, 4)
    assert opened.state(OTHER) is elsewhere


def test_it_is_asked_again_after_a_write_that_failed_a_new_generation_and_a_new_start(opened):
    _load(opened, 1)
    before = opened.state(KEY)
    broken = stream_batch([{"id": 2}], place=InboxPlace(1, 2))
    with pytest.raises(StoreError):
        opened.load_stream(KEY, broken, rules=[])
    assert opened.state(KEY) == before
    opened.compact(KEY)
    assert opened.state(KEY) == before
    _load(opened, 3)
    assert opened.state(KEY).signals == 2
    opened.drop(KEY)
    with pytest.raises(StoreError):
        opened.state(KEY)
    opened.create(KEY)
    assert opened.state(KEY).signals == 0


def test_a_workspace_made_anew_has_nothing_of_the_one_before(opened):
    """Also where both have had as many writes."""
    question = WebQuestion(searches=("search",), interval="day")
    found = []
    for visitors in (3, 1):
        events = [
            {"id": (visitors, number), "user": f"u{number}", "url": "https://shop.example/"}
            for number in range(visitors)
        ]
        opened.load_stream(KEY, stream_batch(events), rules=[])
        version = opened.state(KEY).version
        found.append(
            (
                version,
                opened.web_overview(KEY, Scope(), question, version=version).visitors,
                sum(value for _day, value in opened.trend(KEY, Scope(), Selector(), "day", "persons")),
            )
        )
        opened.drop(KEY)
        opened.create(KEY)
    assert found == [(1, 3, 3), (1, 1, 1)]
