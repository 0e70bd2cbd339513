"""Sorting of sequences: the fast ways agree with the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from polku.eventstore.duckdb.sequences import in_order


@given(
    rows=hnp.arrays(np.int64, st.tuples(st.integers(0, 40), st.just(2)), elements=st.integers(0, 5)),
    shuffled=st.booleans(),
    largest=st.sampled_from([0, 2**40, 2**60]),
)
def test_by_unit_then_time_then_arrival(rows, shuffled, largest):
    unit, time = rows[:, 0] + largest, rows[:, 1]
    arrival = np.arange(len(rows)) if not shuffled else np.random.default_rng(1).permutation(len(rows))
    assert in_order(unit, time, arrival).tolist() == np.lexsort((arrival, time, unit)).tolist()


@given(
    rows=hnp.arrays(np.int64, st.tuples(st.integers(0, 60), st.just(2)), elements=st.integers(0, 5)),
    newer=st.integers(0, 8),
    moved=st.integers(0, 3),
)
def test_of_a_compacted_file_with_newer_rows_and_some_whose_unit_changed(rows, newer, moved):
    arrival = np.random.default_rng(2).permutation(len(rows))
    older = max(0, len(rows) - newer)
    lie = np.concatenate((np.lexsort((arrival, rows[:, 1], rows[:, 0]))[:older], np.arange(older, len(rows))))
    unit, time, arrival = rows[lie, 0], rows[lie, 1], arrival[lie]
    unit[:moved] = 3
    assert in_order(unit, time, arrival).tolist() == np.lexsort((arrival, time, unit)).tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_of_nothing_and_of_one(count):
    none = np.zeros(count, dtype=np.int64)
    assert in_order(none, none, none).tolist() == list(range(count))


def test_more_than_is_looked_at_at_a_time():
    chance = np.random.default_rng(4)
    count = 1_200_000
    unit, time = chance.integers(0, 50_000, count), np.arange(count)
    unit[400_000:900_000] = 7
    time[::1000] = 0
    assert (in_order(unit, time, np.arange(count)) == np.lexsort((time, unit))).all()
