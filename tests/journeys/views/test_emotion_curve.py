"""The curve bends through every value, never overshoots, and stops where nothing was measured."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from polku.journeys.views import emotion_curve as curve

feelings = st.floats(-1, 1, allow_nan=False).map(lambda value: round(value, 3))


def _pairs(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_heights():
    assert (curve.down(1), curve.down(0), curve.down(-1)) == (6, 50, 94)
    assert curve.down(7) == 6


def test_stretches_end_where_a_value_is_missing():
    assert curve.runs([0.1, 0.2, None, 0.3, None, None, 0.4, 0.5]) == [[0, 1], [3], [6, 7]]
    assert curve.runs([]) == curve.runs([None]) == []


def test_a_line_has_a_gap_where_nothing_was_measured():
    path = curve.line([0.1, 0.2, None, 0.3, 0.4], range(5))
    assert path.count("M") == 2
    assert curve.line([None, 0.2, None], range(3)) == ""


def test_a_line_passes_over_columns_that_are_left_out():
    assert _pairs(curve.line([0.0, 0.0], [0, 3])) == [(50, 50), (150, 50), (250, 50), (350, 50)]


@given(st.lists(feelings, min_size=2, max_size=12))
def test_the_line_meets_every_value_and_stays_between_neighbours(values):
    points = _pairs(curve.line(values, range(len(values))))
    met = points[::3]
    assert met == [(curve.across(i), round(curve.down(v), 1)) for i, v in enumerate(values)]
    for place in range(len(values) - 1):
        ends = sorted(y for _, y in (met[place], met[place + 1]))
        for _, y in points[3 * place : 3 * place + 4]:
            assert ends[0] - 0.11 <= y <= ends[1] + 0.11


def test_a_band_goes_there_and_back():
    path = curve.band([-0.1, 0.0], [0.1, 0.2], range(2))
    assert path.startswith("M") and path.endswith("Z")
    points = _pairs(path)
    assert points[0] == (50, curve.down(0.1)) and points[-1] == (50, curve.down(-0.1))


def test_a_value_alone_has_a_bar_for_its_interval():
    assert curve.band([None, -0.5], [None, 0.5], range(2)) == "M144.0 28.0H156.0V72.0H144.0Z"
