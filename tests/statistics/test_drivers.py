"""Key drivers: published numbers, an independent computation over all orders, real reviews of seats, refusals."""

from __future__ import annotations

import csv
import gzip
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from polku.statistics import key_drivers, ranks_that_differ
from tests.examples import examples

R = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
OUTCOME = [0.5, 0.4, 0.3]


def by_all_orders(correlation, outcome):
    """LMG the long way: every order of entry, each R² from a fresh solution."""
    p = len(outcome)

    def explained(chosen):
        if not chosen:
            return 0.0
        part = np.ix_(chosen, chosen)
        return float(outcome[list(chosen)] @ linalg.solve(correlation[part], outcome[list(chosen)]))

    orders = list(itertools.permutations(range(p)))
    gains = np.zeros(p)
    for order in orders:
        for place, driver in enumerate(order):
            gains[driver] += explained(order[: place + 1]) - explained(order[:place])
    return gains / len(orders)


def by_square_root(correlation, outcome):
    """Johnson the long way: regress the outcome on the nearest orthogonal variables, and the drivers on these."""
    root = linalg.sqrtm(correlation).real
    return (root**2) @ (linalg.solve(root, outcome) ** 2)


def test_the_published_example():
    found = key_drivers(correlation=R, outcome=OUTCOME)
    assert found.r2 == pytest.approx(0.29209677, abs=5e-9)
    assert list(found.lmg) == pytest.approx([0.17037536, 0.07967939, 0.04204203], abs=5e-9)
    assert list(found.johnson) == pytest.approx([0.17071954, 0.07840818, 0.04296905], abs=5e-9)
    assert found.lmg.low is None
    assert found.n is None
    assert found.p_value is None


def test_how_often_chance_alone_explains_as_much():
    random = np.random.default_rng(6)
    values = [
        key_drivers(x=random.standard_normal((120, 2)), y=random.standard_normal(120), draws=1).p_value
        for _ in range(300)
    ]
    assert np.mean(np.array(values) < 0.05) == pytest.approx(0.05, abs=0.03)
    x, y = some_data()
    assert key_drivers(x=x, y=y, draws=1).p_value < 1e-10
    assert key_drivers(x=x, y=x[:, 0] + x[:, 1], draws=1).p_value < 1e-300


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_it_equals_the_long_way(seed, p):
    random = np.random.default_rng(seed)
    data = random.standard_normal((p + 8, p + 1)) @ random.standard_normal((p + 1, p + 1))
    matrix = np.corrcoef(data.T)
    correlation, outcome = matrix[:-1, :-1], matrix[:-1, -1]
    found = key_drivers(correlation=correlation, outcome=outcome)
    assert np.asarray(found.lmg) == pytest.approx(by_all_orders(correlation, outcome), abs=1e-8)
    assert np.asarray(found.johnson) == pytest.approx(by_square_root(correlation, outcome), abs=1e-6)
    assert np.asarray(found.lmg).sum() == pytest.approx(found.r2)
    assert np.asarray(found.johnson).sum() == pytest.approx(found.r2)
    assert (np.asarray(found.johnson) >= 0).all()


def some_data(n=400, p=3, seed=5):
    random = np.random.default_rng(seed)
    x = random.standard_normal((n, p)) + random.standard_normal((n, 1))
    return x, x @ np.arange(p) + 2 * random.standard_normal(n)


def test_data_and_their_correlations_agree_whatever_the_units():
    x, y = some_data()
    matrix = np.corrcoef(np.column_stack([x, y]).T)
    told = key_drivers(correlation=matrix[:-1, :-1], outcome=matrix[:-1, -1])
    found = key_drivers(x=x * [1, 100, 0.01] + 7, y=-3 * y, draws=200)
    assert found.r2 == pytest.approx(told.r2)
    assert list(found.johnson) == pytest.approx(list(told.johnson))
    assert list(found.lmg) == pytest.approx(list(told.lmg))
    assert (found.johnson.low <= found.johnson).all()
    assert (found.johnson <= found.johnson.high).all()
    assert found.n == 400
    again = key_drivers(x=x, y=y, draws=200)
    assert (again.lmg.low == key_drivers(x=x, y=y, draws=200).lmg.low).all()


def test_rows_with_something_missing_are_left_out():
    x, y = some_data()
    x[:100, 1] = np.nan
    y[100:150] = np.nan
    found = key_drivers(x=x, y=y, draws=50)
    assert found.n == 250
    assert list(found.lmg) == pytest.approx(list(key_drivers(x=x[150:], y=y[150:], draws=50).lmg))


def test_rows_of_one_person_tell_less_than_rows_of_several():
    x, y = some_data(n=200)
    alone = key_drivers(x=x, y=y)
    # The same answers three times by the same people say nothing more of anything.
    thrice = key_drivers(x=np.tile(x, (3, 1)), y=np.tile(y, 3), people=np.tile(np.arange(200), 3))
    assert (thrice.n, thrice.people) == (600, 200)
    assert list(thrice.johnson) == pytest.approx(list(alone.johnson))
    assert list(thrice.johnson.low) == pytest.approx(list(alone.johnson.low))
    assert list(thrice.johnson.high) == pytest.approx(list(alone.johnson.high))
    with pytest.raises(ValueError, match="at least 100 people with complete rows; there are 50"):
        key_drivers(x=x, y=y, people=np.arange(200) % 50)
    with pytest.raises(ValueError, match="people must have shape"):
        key_drivers(x=x, y=y, people=[1])


def test_very_many_people_are_drawn_in_parts():
    x, y = some_data(n=6_000)
    found = key_drivers(x=x, y=y)
    matrix = np.corrcoef(np.column_stack([x, y]).T)
    told = key_drivers(correlation=matrix[:-1, :-1], outcome=matrix[:-1, -1])
    assert list(found.johnson) == pytest.approx(list(told.johnson))
    fewer = key_drivers(x=x[:1_500], y=y[:1_500])
    width, wider = (each.johnson.high - each.johnson.low for each in (found, fewer))
    # Four times the people, half the width.
    assert list(wider / width) == pytest.approx([2, 2, 2], rel=0.25)


def test_ranks_that_do_not_differ_are_not_told_apart():
    random = np.random.default_rng(3)
    x = random.standard_normal((600, 3))
    y = x @ [1.0, 1.0, 0.1] + random.standard_normal(600)
    found = key_drivers(x=x, y=y)
    pairs = ranks_that_differ(found, ["a", "b", "c"])
    assert sorted(pairs) == [("a", "c"), ("b", "c")]
    with pytest.raises(ValueError, match="a name for each driver"):
        ranks_that_differ(found, ["a"])
    with pytest.raises(ValueError, match="where data were given"):
        ranks_that_differ(key_drivers(correlation=R, outcome=OUTCOME), ["a", "b", "c"])


def coverage(simulations):
    """How often (shares) Johnson's weights of a known population lie in their 95 % intervals."""
    loading = np.array([[1, 0.4, 0.2], [0.4, 1, 0.3], [0.2, 0.3, 1]])
    effect = np.array([0.6, 0.3, 0.1])
    variance = effect @ loading @ effect + 1
    truth = key_drivers(correlation=loading, outcome=loading @ effect / np.sqrt(variance))
    random = np.random.default_rng(11)
    root = linalg.cholesky(loading, lower=True)
    inside = np.zeros(3)
    for _ in range(simulations):
        x = random.standard_normal((300, 3)) @ root.T
        y = x @ effect + random.standard_normal(300)
        found = key_drivers(x=x, y=y, draws=200)
        inside += (found.johnson.low <= truth.johnson) & (truth.johnson <= found.johnson.high)
    return inside / simulations


def test_the_intervals_cover_the_truth():
    assert (coverage(20) >= 0.75).all()


@pytest.mark.slow
def test_the_intervals_cover_the_truth_as_often_as_promised():
    found = coverage(1_000)
    print(f"coverage of the 95 % intervals of relative weights, n = 300: {found}")
    assert ((found >= 0.92) & (found <= 0.97)).all()


def test_the_seats_of_airlines(real_data):
    names = ["seat_legroom_rating", "seat_recline_rating", "seat_width_rating", "aisle_space_rating"]
    with gzip.open(real_data / "skytrax" / "seat.csv.gz", "rt", encoding="utf-8") as file:
        rows = [[row[name] for name in [*names, "overall_rating"]] for row in csv.DictReader(file)]
    data = np.array([[float(cell) for cell in row] for row in rows if all(row)])
    found = key_drivers(x=data[:, :-1], y=data[:, -1], draws=200)
    assert found.n == 1_257
    matrix = np.corrcoef(data.T)
    assert np.asarray(found.lmg) == pytest.approx(by_all_orders(matrix[:-1, :-1], matrix[:-1, -1]), abs=1e-9)
    assert np.asarray(found.johnson) == pytest.approx(
        by_square_root(matrix[:-1, :-1], matrix[:-1, -1]), abs=1e-9
    )
    residual = (
        data[:, -1]
        - np.column_stack([np.ones(1_257), data[:, :-1]])
        @ linalg.lstsq(np.column_stack([np.ones(1_257), data[:, :-1]]), data[:, -1])[0]
    )
    assert found.r2 == pytest.approx(1 - residual.var() / data[:, -1].var())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give either correlation and outcome, or x and y"),
        ({"correlation": R, "outcome": OUTCOME, "y": [1]}, "give either"),
        ({"correlation": R, "outcome": OUTCOME[:2]}, "one correlation for each driver"),
        ({"correlation": [[1, 0.5], [0.4, 1]], "outcome": [0.1, 0.1]}, "symmetric"),
        ({"correlation": [[2, 0], [0, 2]], "outcome": [0.1, 0.1]}, "ones on its diagonal"),
        ({"correlation": [[1, 1], [1, 1]], "outcome": [0.5, 0.5]}, "follows from the others"),
        ({"correlation": np.eye(2), "outcome": [0.9, 0.9]}, "cannot belong to one set"),
        ({"correlation": np.eye(13), "outcome": [0.1] * 13}, "1 to 12 drivers"),
        ({"x": np.ones((5, 2)), "y": np.ones(4)}, "must have shape"),
    ],
)
def test_what_it_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        key_drivers(**arguments)


def test_too_few_rows_are_refused_with_the_number_that_would_do():
    x, y = some_data(n=99)
    with pytest.raises(ValueError, match="3 drivers need at least 100 complete rows; there are 99"):
        key_drivers(x=x, y=y)
    x, y = some_data(n=150, p=8)
    with pytest.raises(ValueError, match="8 drivers need at least 160"):
        key_drivers(x=x, y=y)
    x, y = some_data(n=200)
    x[:, 0] = 4
    with pytest.raises(ValueError, match="must vary"):
        key_drivers(x=x, y=y)
