"""Funnels with exclusions by the kernel against brute force over every chain there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.eventstore.kernels import NOT_REACHED, ORDERS, funnel_units
from polku.eventstore.port import SequenceRows
from tests.eventstore.funnel_reference import longest_chain
from tests.examples import examples


@st.composite
def questions(draw, order):
    steps = draw(st.integers(2, 4))
    if order == "any":
        exclude = [(1, steps)] * draw(st.integers(1, 2))
    else:
        pairs = [(after, before) for after in range(1, steps) for before in range(after + 1, steps + 1)]
        exclude = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=2))
    one_step = st.sampled_from([0, *(1 << step for step in range(steps))])
    serves = one_step if draw(st.booleans()) else st.integers(0, 2**steps - 1)
    signal = st.tuples(
        st.integers(0, 2),
        st.tuples(
            st.integers(-2, 5), serves, st.sampled_from([0, 0, 1, 2]), st.sampled_from([False, False, True])
        ),
    )
    log = sorted(draw(st.lists(signal, max_size=8)), key=lambda row: (row[0], row[1][0]))
    return log, steps, draw(st.none() | st.integers(0, 6)), exclude


def answer(log, steps, window, order, exclude):
    bits = (1 << len(exclude)) - 1
    rows = SequenceRows(
        unit=np.array([unit for unit, _ in log], dtype=np.int64),
        time=np.array([signal[0] for _, signal in log], dtype=np.int64),
        mask=np.array([signal[1] | (signal[2] & bits) << steps for _, signal in log], dtype=np.int64),
    )
    quiet = np.array([signal[3] for _, signal in log], dtype=bool)
    found = funnel_units(rows, steps=steps, window=window, order=order, exclude=exclude, quiet=quiet)
    assert ((found.times != NOT_REACHED).sum(axis=1) == found.furthest).all()
    return {
        unit: times[:furthest]
        for unit, times, furthest in zip(
            found.unit.tolist(), found.times.tolist(), found.furthest.tolist(), strict=True
        )
    }


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=examples(250), deadline=None)
@given(data=st.data())
def test_by_brute_force(order, data):
    log, steps, window, exclude = data.draw(questions(order))
    expected = {}
    for unit in {unit for unit, _ in log}:
        signals = [
            (t, serves, excluded & (1 << len(exclude)) - 1, quiet)
            for of, (t, serves, excluded, quiet) in log
            if of == unit
        ]
        if chain := longest_chain(signals, steps, window, order, exclude):
            expected[unit] = chain
    assert answer(log, steps, window, order, exclude) == expected


A, B, C = 1, 2, 4
X = 1


@pytest.mark.parametrize(
    ("signals", "exclude", "moments"),
    [
        ([(0, A, 0), (1, 0, X), (2, B, 0)], (1, 3), [0]),
        ([(0, A, 0), (1, B, X), (2, C, 0)], (1, 3), [0, 1, 2]),  # at the instant of a step is not between
        ([(0, A, 0), (0, 0, X), (2, B, 0)], (1, 3), [0, 2]),
        ([(0, A, 0), (1, B, 0), (2, 0, X), (3, C, 0)], (1, 2), [0, 1, 3]),  # not in the part asked for
        # The earliest second step is cut off from the third, a later one is not.
        ([(0, A, 0), (1, B, 0), (2, 0, X), (3, B, 0), (4, C, 0)], (2, 3), [0, 3, 4]),
        ([(0, A, 0), (1, 0, X), (2, A, 0), (3, B, 0), (4, C, 0)], (1, 3), [2, 3, 4]),
    ],
)
def test_by_the_definition(signals, exclude, moments):
    log = [(7, (*signal, False)) for signal in signals]
    assert answer(log, 3, None, "ordered", [exclude]) == {7: moments}


def test_in_any_order_nothing_excluded_lies_between_first_and_last():
    log = [(7, (0, A, 0, False)), (7, (1, B, 0, False)), (7, (2, B, X, False)), (7, (3, C, 0, False))]
    assert answer(log, 3, None, "any", [(1, 3)]) == {7: [0, 2, 3]}
    assert answer([*log, (7, (4, 0, X, False))], 3, None, "any", [(1, 3)]) == {7: [0, 2, 3]}


@pytest.mark.parametrize(("order", "exclude"), [("ordered", (1, 4)), ("ordered", (2, 2)), ("any", (1, 2))])
def test_exclusions_that_have_no_place(order, exclude):
    with pytest.raises(ValueError, match="exclusion"):
        answer([], 3, None, order, [exclude])
