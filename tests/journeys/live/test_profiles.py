"""What sets a group apart: found where it is planted, not found where it is not, and tested as it says."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from polku.eventstore.port import SequenceRows
from polku.journeys.live.profiles import (
    Feature,
    features_of_signals,
    features_of_traits,
    holding_back,
    over_represented,
)


def people(*ranges: range) -> np.ndarray:
    return np.array(sorted(number for some in ranges for number in some), dtype=np.int64)


def test_a_share_that_is_greater_here_is_found_with_its_p():
    # 100 of 1,000 are here; 60 of them are from Oulu, and 300 of the 900 others.
    oulu = Feature("person.city", "Oulu", people(range(60), range(100, 400)))
    turku = Feature("person.city", "Turku", people(range(60, 100), range(400, 1000)))
    found = over_represented([oulu, turku], people(range(100)), people(range(1000)))
    assert [finding.feature for finding in found.found] == [oulu]
    assert found.tested == 2
    only = found.found[0]
    assert (only.here.value, only.here.n, only.share) == (0.6, 100, 0.36)
    pooled = 0.36
    z = (0.6 - 300 / 900) / math.sqrt(pooled * (1 - pooled) * (1 / 100 + 1 / 900))
    assert only.p == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert only.here.low < 0.6 < only.here.high


def test_equal_shares_and_small_groups_are_not_found():
    even = Feature("person.sign", "even", people(range(0, 1000, 2)))
    rare = Feature("person.rare", "yes", people(range(20)))
    found = over_represented([even, rare], people(range(100)), people(range(1000)))
    assert (found.tested, found.found) == (1, ())
    assert over_represented([even], people(range(29)), people(range(1000))).tested == 0


def test_who_is_held_back_is_found_though_windows_are_open():
    """200 with Safari, of whom a tenth go on; 400 with Chrome, of whom 60 in 100 do; a third were just seen."""
    count = 600
    safari = np.arange(count) < 200
    goes_on = np.where(safari, np.arange(count) % 10 == 0, np.arange(count) % 10 < 6)
    just_seen = np.arange(count) % 3 == 0
    waited = np.where(just_seen, 5, np.where(goes_on, 50 + np.arange(count) % 40, 1000)).astype(np.int64)
    observed = goes_on & ~just_seen
    features = [
        Feature("browser", "Safari", np.flatnonzero(safari)),
        Feature("browser", "Chrome", np.flatnonzero(~safari)),
        Feature("person.sign", "odd", people(range(1, count, 2))),
    ]
    found = holding_back(features, np.arange(count), waited, observed, 100)
    assert [finding.feature.value for finding in found.found] == ["Safari"]
    assert found.found[0].share == pytest.approx(200 / 600)
    assert found.found[0].here.value == pytest.approx((safari & ~observed).sum() / (~observed).sum())
    assert found.found[0].p < 1e-9


def test_chance_alone_is_seldom_called_a_finding():
    random = np.random.default_rng(0)
    false_alarms = 0
    for _ in range(200):
        features = [
            Feature("person.coin", str(number), np.flatnonzero(random.random(1000) < 0.4))
            for number in range(20)
        ]
        here = np.flatnonzero(random.random(1000) < 0.3)
        false_alarms += bool(over_represented(features, here, np.arange(1000)).found)
    assert false_alarms / 200 < 0.08


def test_traits_that_name_people_are_left_out():
    table = pa.table(
        {
            "person": pa.array(range(100), pa.int64()),
            "traits": [
                f'{{"name":"n{n}","city":"{"ab"[n % 2]}","age":{n % 3},"tags":["x"]}}' for n in range(99)
            ]
            + [None],
        }
    )
    features = features_of_traits(table)
    assert {(f.property, f.value) for f in features} == {
        ("person.city", "a"),
        ("person.city", "b"),
        *(("person.age", str(age)) for age in range(3)),
    }
    city = next(f for f in features if f.value == "b")
    assert city.people.tolist() == list(range(1, 99, 2))


def test_signal_properties_count_by_the_first_signal_or_by_any():
    rows = SequenceRows(
        unit=np.array([1, 1, 2, 3]),
        time=np.array([5, 6, 1, 1]),
        mask=np.ones(4, dtype=np.int64),
        key=np.array(["web", "store", "store", None], dtype=object),
    )
    first = {f.value: f.people.tolist() for f in features_of_signals("channel", rows, first=True)}
    every = {f.value: f.people.tolist() for f in features_of_signals("channel", rows, first=False)}
    assert first == {"web": [1], "store": [2]}
    assert every == {"web": [1], "store": [1, 2]}
