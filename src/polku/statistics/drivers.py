"""Key drivers: how much of what moves an outcome each of several correlated ratings accounts for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import share, whole
from polku.statistics.resampling import DRAWS, SEED, parts_of_people

Floats = NDArray[np.float64]

MOST = 12
"""Drivers; the Shapley split goes through all 2^p sets of them."""
_AT_ONCE = 400
"""Resamples whose matrices are in memory at a time."""
_SINGULAR = 1e-10


class Importance(np.ndarray[tuple[int], np.dtype[np.float64]]):
    """One measure of importance: an array of shape (p,), shares of R² that sum to it.

    `low` and `high` are percentile bounds, arrays too, where data were given; None from a correlation matrix, and on
    what is computed from the array.
    """

    low: Floats | None
    high: Floats | None

    def __new__(cls, value: Floats, low: Floats | None = None, high: Floats | None = None) -> Importance:
        made = np.asarray(value, dtype=np.float64).view(cls)
        made.low, made.high = low, high
        return made

    def __array_finalize__(self, made_from: object) -> None:
        self.low = self.high = None


@dataclass(frozen=True)
class KeyDrivers:
    """`r2` is the share of the outcome's variance that the drivers account for together (0–1).

    `johnson` are relative weights, `lmg` the Shapley split; both sum to `r2`. `coefficients` are standardised.
    `alike` has true at (i, j) where the difference of two drivers' relative weights is not clear (its interval holds
    0), and is None without data. `people` is how many independent ones the `n` rows are of; `shares` are the
    relative weights as shares of R² (sum 1), None where it is 0; `p_value` is that of R² (F-test, of as many rows as
    people): where chance alone would give as much, the shares share out nothing. Importance is not causality.
    """

    r2: float
    johnson: Importance
    lmg: Importance
    coefficients: Floats
    n: int | None = None
    alike: NDArray[np.bool_] | None = None
    people: int | None = None
    shares: Importance | None = None
    p_value: float | None = None


def least_n(drivers: int) -> int:
    """Below so many complete rows the importance of so many drivers is not computed."""
    return max(100, 20 * drivers)


def key_drivers(
    *,
    correlation: ArrayLike | None = None,
    outcome: ArrayLike | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    people: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> KeyDrivers:
    """The importance of drivers for an outcome: Johnson's relative weights and the LMG (Shapley) split of R².

    Give either `correlation` (p, p) among the drivers and `outcome` (p,), each driver's correlation with the outcome;
    or data, `x` (n, p) and `y` (n,), in any unit. Rows with a missing value (NaN) are left out (listwise);
    intervals are percentile bootstraps over rows, or with `people` (n,), whose row each is, over these: rows of one
    person tell less than rows of several. ValueError for shapes that do not fit, more than 12 drivers,
    drivers that do not vary or follow from the others, a matrix that is no correlation matrix, or fewer than
    max(100, 20 p) complete rows or people: weights of less would be noise.

    Sources: Johnson, J. W. (2000), "A heuristic method for estimating the relative weight of predictor variables in
    multiple regression", Multivariate Behavioral Research 35, 1–19; Lindeman, R. H., Merenda, P. F. & Gold, R. Z.
    (1980), Introduction to Bivariate and Multivariate Analysis; Grömping, U. (2007), The American Statistician 61,
    139–147.
    """
    given = (correlation is not None, outcome is not None, x is not None, y is not None)
    if given == (True, True, False, False) and people is None:
        matrix = _correlations(np.asarray(correlation, dtype=np.float64), np.asarray(outcome, np.float64))
        johnson, lmg, r2, coefficients = _importance(matrix[None])
        return KeyDrivers(float(r2[0]), Importance(johnson[0]), Importance(lmg[0]), coefficients[0])
    if given == (False, False, True, True):
        data = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        return _from_data(*data, people, confidence, draws, seed)
    raise ValueError("give either correlation and outcome, or x and y")


def _from_data(
    x: Floats, y: Floats, people: ArrayLike | None, confidence: float, draws: int, seed: int
) -> KeyDrivers:
    if x.ndim != 2 or y.shape != (len(x),):
        raise ValueError("x must have shape (n, p) and y shape (n,)")
    if not 1 <= x.shape[1] <= MOST:
        raise ValueError(f"there must be 1 to {MOST} drivers, not {x.shape[1]}")
    rows = np.column_stack([x, y])
    whose = np.arange(len(rows)) if people is None else np.asarray(people)
    if whose.shape != (len(rows),):
        raise ValueError("people must have shape (n,)")
    complete = ~np.isnan(rows).any(axis=1)
    rows, whose = rows[complete], np.unique(whose[complete], return_inverse=True)[1]
    if not np.isfinite(rows).all():
        raise ValueError("x and y must hold finite numbers, or NaN where one is missing")
    n, p = len(rows), x.shape[1]
    found = int(whose.max(initial=-1)) + 1
    if found < least_n(p):
        counted = "complete rows" if people is None else "people with complete rows"
        raise ValueError(f"{p} drivers need at least {least_n(p)} {counted}; there are {found}")
    draws, tail = whole("draws", draws, least=1), (1 - share("confidence", confidence)) / 2
    rows = rows - rows.mean(axis=0)
    spread = rows.std(axis=0)
    if (spread <= _SINGULAR * np.abs(rows).max(initial=1.0)).any():
        raise ValueError("every driver and the outcome must vary")
    rows = rows / spread
    random = np.random.default_rng(seed)
    parts = parts_of_people(_sums(rows), whose, random)
    matrix = _checked_correlations(_of_weights(parts, p + 1, np.ones((1, len(parts))))[0])
    johnson, lmg, r2, coefficients = (part[0] for part in _importance(matrix[None]))
    drawn_johnson, drawn_lmg = np.empty((draws, p)), np.empty((draws, p))
    done = 0
    while done < draws:
        size = min(_AT_ONCE, draws - done)
        equal = np.full(len(parts), 1 / len(parts))
        weights = random.multinomial(len(parts), equal, size=size).astype(np.float64)
        part = _importance(_of_weights(parts, p + 1, weights))
        drawn_johnson[done : done + size], drawn_lmg[done : done + size] = part[0], part[1]
        done += size
    difference = drawn_johnson[:, :, None] - drawn_johnson[:, None, :]
    low, high = np.nanquantile(difference, [tail, 1 - tail], axis=0)
    drawn_shares = drawn_johnson / drawn_johnson.sum(axis=1, keepdims=True)
    return KeyDrivers(
        r2=float(r2),
        johnson=_with_bounds(johnson, drawn_johnson, tail),
        lmg=_with_bounds(lmg, drawn_lmg, tail),
        coefficients=coefficients,
        n=n,
        alike=np.asarray((low <= 0) & (high >= 0)),
        people=found,
        p_value=_p_value(float(r2), p, found),
        shares=_with_bounds(johnson / johnson.sum(), drawn_shares, tail) if johnson.sum() > 0 else None,
    )


def _p_value(r2: float, p: int, n: int) -> float:
    """How often chance alone gives so much of R²."""
    from scipy.special import fdtrc  # here, because importing it takes longer than all of this package

    if r2 >= 1:
        return 0.0
    return float(fdtrc(p, n - p - 1, r2 / p / ((1 - r2) / (n - p - 1))))


def _with_bounds(value: Floats, drawn: Floats, tail: float) -> Importance:
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return Importance(value, np.minimum(low, value), np.maximum(high, value))


def _sums(rows: Floats) -> Iterator[Floats]:
    """What correlations are made of: ones, the rows' columns, and the products of these."""
    columns = list(rows.T)
    yield np.ones(len(rows))
    yield from columns
    for first in columns:
        for second in columns:
            yield first * second


def _of_weights(parts: Floats, width: int, weights: Floats) -> Floats:
    """Correlation matrices (draws, p + 1, p + 1) of parts that count as often as `weights` (draws, parts) say.

    A resample in which something does not vary gives NaN."""
    sums = weights @ parts
    means = sums[:, 1 : width + 1] / sums[:, :1]
    moments = sums[:, width + 1 :].reshape(-1, width, width) / sums[:, :1, None]
    covariance = moments - means[:, :, None] * means[:, None, :]
    deviation = np.sqrt(np.maximum(np.einsum("dii->di", covariance), 0))
    deviation[deviation <= _SINGULAR] = np.nan
    return np.asarray(covariance / (deviation[:, :, None] * deviation[:, None, :]))


def _correlations(correlation: Floats, outcome: Floats) -> Floats:
    if correlation.ndim != 2 or correlation.shape[0] != correlation.shape[1]:
        raise ValueError("correlation must be a square matrix")
    if outcome.shape != (len(correlation),):
        raise ValueError("outcome must have one correlation for each driver")
    if not 1 <= len(outcome) <= MOST:
        raise ValueError(f"there must be 1 to {MOST} drivers, not {len(outcome)}")
    matrix = np.empty((len(outcome) + 1, len(outcome) + 1))
    matrix[:-1, :-1], matrix[:-1, -1], matrix[-1, :-1], matrix[-1, -1] = correlation, outcome, outcome, 1
    return _checked_correlations(matrix)


def _checked_correlations(matrix: Floats) -> Floats:
    if not np.isfinite(matrix).all() or not np.allclose(np.diag(matrix), 1, atol=1e-6):
        raise ValueError("a correlation matrix holds finite numbers and ones on its diagonal")
    if not np.allclose(matrix, matrix.T, atol=1e-6):
        raise ValueError("a correlation matrix is symmetric")
    if np.linalg.eigvalsh(matrix[:-1, :-1])[0] < _SINGULAR:
        raise ValueError("one driver follows from the others; leave it out")
    if np.linalg.eigvalsh(matrix)[0] < -1e-8:
        raise ValueError("these correlations cannot belong to one set of people")
    return matrix


def _importance(matrices: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(relative weights, LMG, R², standardised coefficients) of (draws, p + 1, p + 1), the outcome last.

    Where a resample's drivers follow from each other the numbers are NaN."""
    usable = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
    draws, p = len(matrices), matrices.shape[1] - 1
    johnson, lmg = np.full((draws, p), np.nan), np.full((draws, p), np.nan)
    coefficients, r2 = np.full((draws, p), np.nan), np.full(draws, np.nan)
    values, vectors = np.linalg.eigh(np.where(usable[:, None, None], matrices, np.eye(p + 1))[:, :-1, :-1])
    usable &= values[:, 0] > _SINGULAR
    if usable.any():
        kept, values, vectors = matrices[usable], values[usable], vectors[usable]
        outcome = kept[:, :-1, -1]
        root = np.einsum("dik,dk,djk->dij", vectors, np.sqrt(values), vectors)
        along = np.einsum("dik,dk,djk,dj->di", vectors, 1 / np.sqrt(values), vectors, outcome)
        johnson[usable] = np.einsum("dij,dj->di", root**2, along**2)
        coefficients[usable] = np.einsum("dik,dk,djk,dj->di", vectors, 1 / values, vectors, outcome)
        r2[usable] = (along**2).sum(axis=1)
        lmg[usable] = _shapley(kept)
    return johnson, lmg, r2, coefficients


def _shapley(matrices: Floats) -> Floats:
    """LMG (draws, p): what each driver adds to R², averaged over all orders in which drivers may come in.

    R² of every set is found by sweeping one driver at a time into what is left of the covariance, for all draws at
    once: a walk through the tree of sets, whose matrices shrink as drivers are decided on.
    """
    draws, p = len(matrices), matrices.shape[1] - 1
    explained = np.zeros((1 << p, draws))

    def walk(rest: Floats, driver: int, chosen: int) -> None:
        """`rest` is the covariance of the drivers from `driver` on and the outcome, given those chosen."""
        if driver == p:
            explained[chosen] = 1 - rest[:, -1, -1]
            return
        walk(rest[:, 1:, 1:], driver + 1, chosen)
        pivot = rest[:, 0, 0][:, None, None]
        swept = rest[:, 1:, 1:] - rest[:, 1:, :1] * rest[:, :1, 1:] / pivot
        walk(swept, driver + 1, chosen | 1 << driver)

    walk(matrices, 0, 0)
    weight = [math.factorial(size) * math.factorial(p - size - 1) / math.factorial(p) for size in range(p)]
    lmg = np.zeros((draws, p))
    for chosen in range(1 << p):
        for driver in range(p):
            if not chosen >> driver & 1:
                gain = explained[chosen | 1 << driver] - explained[chosen]
                lmg[:, driver] += weight[chosen.bit_count()] * gain
    return lmg


def ranks_that_differ(drivers: KeyDrivers, names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs (more important, less important) of drivers whose relative weights clearly differ, the largest first.

    ValueError without data, or with as many names as there are not drivers."""
    if drivers.alike is None:
        raise ValueError("ranks are compared where data were given")
    if len(names) != len(drivers.johnson):
        raise ValueError("there must be a name for each driver")
    order = np.argsort(-np.asarray(drivers.johnson), kind="stable")
    return [
        (names[first], names[second])
        for place, first in enumerate(order)
        for second in order[place + 1 :]
        if not drivers.alike[first, second]
    ]
