"""Maps that were kept on the disk show what one read anew shows, after whatever was written since."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest

from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Condition, Scope
from polku.journeys.live.followed_maps import FollowedMaps
from polku.journeys.live.keeping import OnDisk
from polku.journeys.live.reading import period_of
from tests.eventstore.streaming import NOON
from tests.journeys.live.test_following import (
    KEY,
    PLAN,
    RULES,
    filled,
    numbers,
    random_batch,
    shown,
    write_answers,
)


@pytest.fixture
def store(tmp_path):
    made = filled(tmp_path)
    yield made
    made.close()


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2))
def test_a_map_from_the_disk_is_what_is_read_anew(tmp_path, seed):
    """However much was written since it was kept, by this process or by one before."""
    store = filled(tmp_path)
    chance = random.Random(100 + seed)
    social = Scope(where=(Condition("traffic_channel", "eq", "social"),))
    late = Scope(start=NOON - timedelta(days=1))
    keeping, found, counted = FollowedMaps(least_kept=0), 0, 0
    for number in range(10):
        store.load_stream(KEY, random_batch(chance, number), rules=RULES)
        write_answers(store, chance, number)
        if number == 5:
            store.compact(KEY)
        if number == 9:
            store.rebuild_hits(KEY, [1], RULES)
        if number % 4 == 3:
            store.close()
            store = DuckDBStore(tmp_path)
        state = store.state(KEY)
        for scope in (Scope(), late, social):
            periods = [period_of(scope, state)]
            anew = numbers(FollowedMaps(), store, [scope], periods)
            restarted = FollowedMaps(least_kept=0)
            disk = OnDisk(store, KEY, PLAN, scope.where, least=0)
            there = disk.find(is_whole=scope.start is None)
            if there is not None:
                rows = store.live_rows(KEY, scope, PLAN.bound, since=there.version, mark=there.mark)
                found += rows.change is not None and rows.version > there.version
            assert shown(numbers(restarted, store, [scope], periods)) == shown(anew)
            assert shown(numbers(restarted, store, [scope], periods)) == shown(anew)
            counted += sum(point.signals for point in anew[0].points.values())
            if number % 3 == 0:
                numbers(keeping, store, [scope], periods)
                keeping.wait()
            restarted.wait()
    assert counted > 500
    assert found > 5
    store.close()


def test_a_file_that_is_broken_is_not_read(tmp_path, store):
    maps = FollowedMaps(least_kept=0)
    state = store.state(KEY)
    whole = numbers(maps, store, [Scope()], [period_of(Scope(), state)])
    maps.wait()
    disk = OnDisk(store, KEY, PLAN, (), least=0)
    assert disk.find(is_whole=True).version == state.version
    (file,) = (tmp_path / KEY).glob("*.map")
    good = file.read_bytes()
    for bad in (
        b"",
        good[:9],
        good[:30],
        good[:-1],
        good + b"x",
        b"x" + good[1:],
        good.replace(b'"version"', b'"versiom"'),
    ):
        file.write_bytes(bad)
        assert disk.find(is_whole=True) is None
        assert shown(numbers(FollowedMaps(), store, [Scope()], [period_of(Scope(), state)])) == shown(whole)


def test_of_people_who_were_erased_nothing_is_kept_later(tmp_path, store):
    maps = FollowedMaps(most_bytes=0, least_kept=0)
    with maps.of(store, KEY, PLAN, [Scope()]) as followed:
        somebody = int(followed.base.person[0])
    maps.wait()
    store.load_stream(KEY, random_batch(random.Random(1), 1), rules=RULES)
    with maps.of(store, KEY, PLAN, [Scope()]):  # another than the one on the disk by now
        pass
    maps.wait()
    assert len(list((tmp_path / KEY).glob("*.map"))) == 1
    store.compact(KEY, without=[somebody])
    web = Scope(where=(Condition("traffic_channel", "eq", "social"),))
    with maps.of(store, KEY, PLAN, [web]):  # there is room for one only
        pass
    for thread in threading.enumerate():
        if thread.name == "keeping a map":
            thread.join()
    assert list((tmp_path / KEY).glob("*.map*")) == []


def test_what_nobody_looks_at_any_more_is_kept_as_it_is_by_then(tmp_path, store):
    maps = FollowedMaps(most_bytes=0, least_kept=0)
    for number in range(3):
        store.load_stream(KEY, random_batch(random.Random(number), number), rules=RULES)
        with maps.of(store, KEY, PLAN, [Scope()]):
            pass
    maps.wait()
    disk = OnDisk(store, KEY, PLAN, (), least=0)
    assert disk.find(is_whole=True).version < store.state(KEY).version
    web = Scope(where=(Condition("traffic_channel", "eq", "social"),))
    with maps.of(store, KEY, PLAN, [web]):  # there is room for one only
        pass
    for thread in threading.enumerate():
        if thread.name == "keeping a map":
            thread.join()
    assert disk.find(is_whole=True).version == store.state(KEY).version
