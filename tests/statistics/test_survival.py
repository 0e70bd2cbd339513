"""Waiting times: textbook and real curves, and what they refuse."""

from __future__ import annotations

import csv
import gzip
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.statistics import incidence_at, kaplan_meier


def test_a_curve_by_hand():
    # 6 units: events at 1, 3 and 3; one gone at 2 and two at 4. S(3) = 5/6 · (4−2)/4.
    curve = kaplan_meier(durations=[1, 2, 3, 3, 4, 4], observed=[1, 0, 1, 1, 0, 0])
    assert curve.survival(0).value == 1
    assert curve.survival(0.99).value == 1
    assert curve.survival(1).value == pytest.approx(5 / 6)
    assert curve.survival(2.5).value == pytest.approx(5 / 6)
    after = curve.survival(3)
    assert after.value == pytest.approx(5 / 12)
    error = 5 / 12 * math.sqrt(1 / (6 * 5) + 2 / (4 * 2))
    assert after.standard_error == pytest.approx(error)
    assert after.low == pytest.approx(max(0, 5 / 12 - 1.959964 * error), abs=1e-6)
    assert curve.survival(99) == after
    assert (curve.n, curve.censored) == (6, 3)
    assert curve.at_risk.tolist() == [6, 4]
    assert curve.events.tolist() == [1, 2]


def test_leukaemia_remissions():
    """Freireich et al. (1963), 6-MP arm: the textbook curve and its Greenwood errors."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    seen = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(durations=weeks, observed=seen)
    got = [
        (round(curve.survival(t).value, 3), round(curve.survival(t).standard_error, 4)) for t in (6, 10, 23)
    ]
    assert got == [(0.857, 0.0764), (0.753, 0.0963), (0.448, 0.1346)]


def test_telco_tenure(real_data):
    with gzip.open(real_data / "churn/ibm_telco_churn.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    curve = kaplan_meier(
        durations=[int(row["tenure"]) for row in rows], observed=[row["Churn"] == "Yes" for row in rows]
    )
    got = [round(curve.survival(month).value, 6) for month in (1, 12, 24, 72)]
    assert got == [0.945961, 0.8432, 0.788736, 0.59279]
    assert curve.n - curve.censored == 1869


def test_incidence_is_what_survival_leaves():
    curve = kaplan_meier(durations=[1, 2, 3, 4], observed=[1, 0, 1, 0])
    waiting, happened = curve.survival(3), curve.incidence(3)
    assert happened.value == 1 - waiting.value
    assert (happened.low, happened.high) == (1 - waiting.high, 1 - waiting.low)


def test_when_all_is_over_nobody_waits():
    got = kaplan_meier(durations=[1, 2, 2], observed=[True, True, True]).survival(2)
    assert (got.value, got.low, got.high, got.standard_error) == (0, 0, 0, 0)


logs = st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=1, max_size=60)


@given(logs)
def test_the_curve_falls_and_ignores_the_order_of_units(log):
    durations, observed = zip(*log, strict=True)
    curve = kaplan_meier(durations=durations, observed=observed)
    values = [curve.survival(t).value for t in (0, 5, 20, 50, 100)]
    assert values == sorted(values, reverse=True)
    for t in (0, 50, 100):
        got = curve.survival(t)
        assert 0 <= got.low <= got.value <= got.high <= 1
    turned = kaplan_meier(durations=durations[::-1], observed=observed[::-1])
    assert turned.survival(50) == curve.survival(50)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.floats(0, 100))
def test_without_censoring_it_is_the_share_still_waiting(durations, t):
    got = kaplan_meier(durations=durations, observed=np.ones(len(durations), dtype=bool)).survival(t)
    assert got.value == pytest.approx(sum(d > t for d in durations) / len(durations), abs=1e-9)


@pytest.mark.parametrize(
    ("durations", "observed"),
    [([], []), ([1, 2], [True]), ([-1], [True]), ([float("nan")], [True]), ([[1]], [[True]])],
)
def test_what_it_refuses(durations, observed):
    with pytest.raises(ValueError, match="must"):
        kaplan_meier(durations=durations, observed=observed)


@pytest.mark.parametrize("t", [-1, float("nan")])
def test_no_survival_before_the_start(t):
    with pytest.raises(ValueError, match="at least 0"):
        kaplan_meier(durations=[1], observed=[True]).survival(t)


@given(
    waited=st.lists(st.integers(0, 30), max_size=40),
    censored=st.lists(st.integers(0, 30), max_size=40),
    t=st.integers(0, 35),
)
def test_one_point_of_the_curve_without_the_curve(waited, censored, t):
    if not waited and not censored:
        with pytest.raises(ValueError, match="no units"):
            incidence_at(t=t, waited=np.array([]), censored=np.array([]))
        return
    whole = kaplan_meier(
        durations=[*waited, *censored], observed=[True] * len(waited) + [False] * len(censored)
    ).incidence(t)
    point = incidence_at(t=t, waited=np.sort(waited), censored=np.sort(censored))
    assert (point.n, point.method) == (whole.n, whole.method)
    assert [point.value, point.low, point.high, point.standard_error] == pytest.approx(
        [whole.value, whole.low, whole.high, whole.standard_error], abs=1e-9
    )
