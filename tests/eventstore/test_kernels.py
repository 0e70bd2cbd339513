"""The funnel kernel against brute force on small logs full of ties, equal rows and signals that fit several steps."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.eventstore.kernels import NOT_REACHED, ORDERS, funnel_units
from polku.eventstore.port import SequenceRows
from tests.examples import examples

Log = list[tuple[int, int, int]]
"""(unit, time, mask), in order of unit and time."""


def rows_of(log: Log) -> SequenceRows:
    columns = np.array(log, dtype=np.int64).reshape(-1, 3)
    return SequenceRows(unit=columns[:, 0], time=columns[:, 1], mask=columns[:, 2])


def answer(log: Log, steps: int, window: int | None, order: str) -> dict[int, list[int]]:
    """Unit → moments of its best chain, by the kernel."""
    got = funnel_units(rows_of(log), steps=steps, window=window, order=order)
    chains = {}
    for unit, furthest, times in zip(
        got.unit.tolist(), got.furthest.tolist(), got.times.tolist(), strict=True
    ):
        assert times[furthest:] == [NOT_REACHED] * (steps - furthest)
        chains[unit] = times[:furthest]
    return chains


# ---- brute force, written from the definition alone ----------------------------------------------------------


def chains_of(signals: list[tuple[int, int]], steps: int, window: int | None, strict: bool):
    """The moments of every chain there is, longer ones and shorter ones."""
    instants = sorted({moment for moment, _ in signals})

    def extend(chain: list[int]):
        moments = [signals[place][0] for place in chain]
        if chain:
            yield moments
        if len(chain) == steps:
            return
        for place, (moment, mask) in enumerate(signals):
            if place in chain or not mask >> len(chain) & 1:
                continue
            if chain:
                if moment < moments[-1] or (window is not None and moment - moments[0] > window):
                    continue
                if strict and any(moments[-1] < between < moment for between in instants):
                    continue
            yield from extend([*chain, place])

    return extend([])


def most_served(masks: tuple[int, ...], steps: int) -> int:
    """How many different steps can each have a signal of its own."""

    @cache
    def most(step: int, free: tuple[int, ...]) -> int:
        if step == steps:
            return 0
        best = most(step + 1, free)
        for place, mask in enumerate(free):
            if mask >> step & 1:
                best = max(best, 1 + most(step + 1, free[:place] + free[place + 1 :]))
        return best

    return most(0, tuple(sorted(masks)))


def brute(signals: list[tuple[int, int]], steps: int, window: int | None, order: str) -> list[int]:
    if order != "any":
        best: list[int] = []
        for chain in chains_of(signals, steps, window, strict=order == "strict"):
            if (-len(chain), chain) < (-len(best), best):
                best = chain
        return best
    best = []
    for start in sorted({moment for moment, mask in signals if mask}):
        inside = [s for s in signals if s[0] >= start and (window is None or s[0] - start <= window)]
        chain: list[int] = []
        for moment in sorted({moment for moment, _ in inside}):
            served = most_served(tuple(mask for at, mask in inside if at <= moment), steps)
            chain += [moment] * (served - len(chain))
        if len(chain) > len(best):
            best = chain
    return best


def expected(log: Log, steps: int, window: int | None, order: str) -> dict[int, list[int]]:
    units: dict[int, list[tuple[int, int]]] = {}
    for unit, moment, mask in log:
        units.setdefault(unit, []).append((moment, mask))
    chains = {unit: brute(signals, steps, window, order) for unit, signals in units.items()}
    return {unit: chain for unit, chain in chains.items() if chain}


@st.composite
def questions(draw, single_step_signals: bool):
    steps = draw(st.integers(1, 4))
    masks = st.integers(0, 2**steps - 1)
    if single_step_signals:
        masks = st.sampled_from([0, *(1 << step for step in range(steps))])
    signals = st.tuples(st.integers(0, 2), st.integers(-3, 5), masks)
    log = sorted(draw(st.lists(signals, max_size=14)), key=lambda row: row[:2])
    return log, steps, draw(st.none() | st.integers(0, 6))


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=examples(400), deadline=None)
@given(questions(single_step_signals=True))
def test_signals_that_fit_one_step(order, question):
    log, steps, window = question
    assert answer(log, steps, window, order) == expected(log, steps, window, order)


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=examples(400), deadline=None)
@given(questions(single_step_signals=False))
@example(([(0, 0, 3), (0, 0, 3), (0, 0, 3), (0, 1, 7)], 3, None))
@example(([(0, 0, 1), (0, 0, 2), (0, 1, 2), (0, 2, 4)], 3, 2))
def test_signals_that_fit_several_steps(order, question):
    log, steps, window = question
    assert answer(log, steps, window, order) == expected(log, steps, window, order)


# ---- the definition, sentence by sentence ---------------------------------------------------------------------

A, B, C = 1, 2, 4
DAY = 86_400_000_000


def test_steps_at_one_instant_count_in_either_order():
    assert answer([(7, 5, B), (7, 5, A)], 2, None, "ordered") == {7: [5, 5]}


def test_one_signal_serves_one_step():
    both = A | B
    assert answer([(1, 0, both)], 2, None, "ordered") == {1: [0]}
    assert answer([(1, 0, both), (1, 0, both)], 2, None, "ordered") == {1: [0, 0]}
    assert answer([(1, 0, both), (1, 3, both)], 2, None, "ordered") == {1: [0, 3]}


def test_the_window_holds_its_boundary_and_counts_from_the_first_step():
    assert answer([(1, 0, A), (1, DAY, B)], 2, DAY, "ordered") == {1: [0, DAY]}
    assert answer([(1, 0, A), (1, DAY + 1, B)], 2, DAY, "ordered") == {1: [0]}
    # Each pair lies within the window, the whole chain does not.
    assert answer([(1, 0, A), (1, DAY, B), (1, DAY + 1, C)], 3, DAY, "ordered") == {1: [0, DAY]}


def test_a_later_start_may_get_further():
    log = [(1, 0, A), (1, 1, B), (1, 10, A), (1, 11, B), (1, 12, C)]
    assert answer(log, 3, 5, "ordered") == {1: [10, 11, 12]}


def test_units_do_not_mix():
    assert answer([(1, 0, A), (2, 1, B), (2, 2, A)], 2, None, "ordered") == {1: [0], 2: [2]}
    assert answer([(1, 0, A), (2, 1, B)], 2, 5, "strict") == {1: [0]}


def test_strict_allows_nothing_between():
    assert answer([(1, 0, A), (1, 1, 0), (1, 2, B)], 2, None, "strict") == {1: [0]}
    assert answer([(1, 0, A), (1, 0, 0), (1, 2, B), (1, 2, 0)], 2, None, "strict") == {1: [0, 2]}
    assert answer([(1, 0, A), (1, 1, A), (1, 2, B)], 2, None, "strict") == {1: [1, 2]}


def test_any_counts_different_steps_in_one_window():
    assert answer([(1, 0, C), (1, 1, C), (1, 2, A)], 3, None, "any") == {1: [0, 2]}
    assert answer([(1, 0, C), (1, 9, B), (1, 10, A)], 3, 5, "any") == {1: [9, 10]}


def test_first_and_last_are_rows_of_step_one():
    log = [(1, 0, B), (1, 1, A), (1, 2, A), (1, 3, B), (2, 0, B)]
    got = funnel_units(rows_of(log), steps=2, window=None, order="ordered")
    assert (got.unit.tolist(), got.first.tolist(), got.last.tolist()) == ([1], [1], [2])
    got = funnel_units(rows_of(log), steps=2, window=None, order="any")
    assert (got.unit.tolist(), got.first.tolist(), got.last.tolist()) == ([1, 2], [0, 4], [3, 4])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("log", [[], [(1, 0, 0)], [(1, 0, 4)]])
def test_nothing_found(order, log):
    got = funnel_units(rows_of(log), steps=2, window=1, order=order)
    assert (got.unit.size, got.times.shape, got.first.size, got.last.size) == (0, (0, 2), 0, 0)


@pytest.mark.parametrize(("steps", "window"), [(0, None), (63, None), (2, -1)])
def test_what_it_refuses(steps, window):
    with pytest.raises(ValueError, match=r"steps|window"):
        funnel_units(rows_of([]), steps=steps, window=window, order="ordered")


@pytest.mark.parametrize("order", ORDERS)
def test_one_endless_unit_of_equal_events_stays_quick(order):
    """A robot with 60,000 signals, three to an instant, and a funnel of one event: never one signal by another."""
    moments = np.repeat(np.arange(20_000), 3)
    rows = SequenceRows(unit=np.zeros(60_000, np.int64), time=moments, mask=np.full(60_000, 7))
    began = time.perf_counter()
    got = funnel_units(rows, steps=4, window=3, order=order)
    assert got.furthest.tolist() == [3]
    assert time.perf_counter() - began < 20  # comparing each with each would take minutes


@pytest.mark.thorough
def test_two_million_rows_take_less_than_a_few_sorts_of_them():
    random = np.random.default_rng(1)
    unit, moment = random.integers(0, 200_000, 2_000_000), random.integers(0, 10**9, 2_000_000)
    began = time.perf_counter()
    order = np.lexsort((moment, unit))
    sorting = time.perf_counter() - began
    rows = SequenceRows(unit=unit[order], time=moment[order], mask=1 << random.integers(0, 8, 2_000_000))
    began = time.perf_counter()
    got = funnel_units(rows, steps=5, window=10**8, order="ordered")
    assert got.unit.size > 100_000
    assert time.perf_counter() - began < 4 * sorting


def many_rows() -> SequenceRows:
    random = np.random.default_rng(2)
    unit, moment = np.sort(random.integers(0, 100_000, 900_000)), random.integers(0, 10**6, 900_000)
    order = np.lexsort((moment, unit))
    return SequenceRows(unit=unit, time=moment[order], mask=1 << random.integers(0, 4, 900_000))


def test_pieces_and_threads_change_nothing():
    rows = many_rows()
    alone, together = (
        funnel_units(rows, steps=3, window=10**5, order="ordered", threads=threads) for threads in (1, 3)
    )
    for name in ("unit", "furthest", "times", "first", "last"):
        assert (getattr(alone, name) == getattr(together, name)).all()
    assert (rows.unit[alone.first] == alone.unit).all()
    assert (rows.unit[alone.last] == alone.unit).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_it_stops_where_pause_says_so(threads):
    class Stopped(Exception):
        pass

    looks = []

    def pause() -> None:
        looks.append(1)
        if len(looks) > 1:
            raise Stopped  # and so at every look after that, as when the time is over

    with pytest.raises(Stopped):
        funnel_units(many_rows(), steps=3, window=None, order="ordered", pause=pause, threads=threads)
    assert len(looks) >= 2
