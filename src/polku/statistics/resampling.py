"""Percentile bootstraps of means and totals. Seeded: the same input gives the same interval every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import counted, share, whole
from polku.statistics.estimate import Estimate

DRAWS = 2_000
SEED = 0

_MOST_DISTINCT = 1_000  # beyond it drawing positions is faster than drawing a multinomial
_AT_ONCE = 2_000_000  # resampled values held in memory at a time
_MOST_PARTS = 5_000  # of more people, so many random parts of them are drawn
_FEW = 200  # so many values are drawn one by one
_LARGEST, _MOST_LARGEST = 32, 4_096  # of more, so many of the largest where it matters, and at most so many
_SLIGHT_SKEW = 0.1  # of a sum of so many values that three terms of its expansion say all but a thousandth


def percentile_interval(draws: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """The percentile interval of bootstrap `draws` (linear interpolation between order statistics)."""
    tail = (1 - share("confidence", confidence)) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)


def bootstrap_mean(
    *,
    values: ArrayLike | None = None,
    counts: Mapping[int, int] | Mapping[float, int] | None = None,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """A mean, in the unit of the values, with a percentile bootstrap interval.

    Give either `values` (shape (n,), finite) or `counts`, a mapping value → number of times. From counts the
    resamples are multinomial, which is equal in distribution to resampling the n values one by one and takes
    no longer for a million of them. `standard_error` is the standard deviation of the draws. ValueError for n
    = 0, values that are not finite, or both or neither given.

    Source: Efron, B. & Tibshirani, R. (1993), An Introduction to the Bootstrap, ch. 13.
    """
    if (values is None) == (counts is None):
        raise ValueError("give either values or counts")
    draws = whole("draws", draws, least=1)
    random = np.random.default_rng(seed)
    if counts is not None:
        kept = counted(counts)
        points = np.array(list(kept), dtype=np.float64)
        numbers = np.array(list(kept.values()), dtype=np.int64)
    else:
        data = _finite(values)
        if not data.size:
            raise ValueError("there are no values: n must be at least 1")
        points, numbers = np.unique(data, return_counts=True)
    n = int(numbers.sum())
    if points.size <= _MOST_DISTINCT:
        means = random.multinomial(n, numbers / n, size=draws) @ points / n
    else:
        means = _resampled_sums(np.repeat(points, numbers), np.full(draws, n), random) / n
    value = float(points @ numbers / n)
    low, high = percentile_interval(means, confidence)
    return Estimate(
        value=value,
        # The value lies inside whatever rounding and few draws make of the percentiles.
        low=min(low, value),
        high=max(high, value),
        n=n,
        method="percentile bootstrap",
        standard_error=float(means.std()),
        mean=value,
        resampled=n,
    )


def bootstrap_total(
    *, values: ArrayLike, n: int, confidence: float = 0.95, draws: int = DRAWS, seed: int = SEED
) -> Estimate:
    """The total over `n` units of which only some have a value, with a bootstrap interval over units.

    `values` (shape (m,), finite, m ≤ n) are those of the units that have one; the other n − m count as 0. A
    resample of n units holds Binomial(n, m/n) of the former, drawn with replacement, so that is what is
    drawn: equal in distribution to resampling all n, at the cost of the m. Where m is large the many small values
    are not drawn one by one but their sum from its own law (`_sums_of_many`). `resampled` is m: with few units
    that have a value the interval is not to be shown, however many have none. ValueError for n = 0 or m > n.
    """
    n = whole("n", n, least=1)
    draws = whole("draws", draws, least=1)
    data = _finite(values)
    if data.size > n:
        raise ValueError(f"there are more values ({data.size}) than units ({n})")
    random = np.random.default_rng(seed)
    value = float(data.sum())
    sizes = random.binomial(n, data.size / n, size=draws)
    if data.size > _FEW:
        totals = _sums_of_many(data, sizes, random)
    else:
        totals = _resampled_sums(data, sizes, random) if data.size else np.zeros(draws)
    low, high = percentile_interval(totals, confidence)
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=n,
        method="percentile bootstrap",
        standard_error=float(totals.std()),
        resampled=int(data.size),
    )


def bootstrap_blocks(
    *,
    sums: ArrayLike,
    sizes: ArrayLike,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """A mean over observations that come in blocks, resampled block by block.

    `sums` and `sizes` (shape (b,)) hold each block's sum and number of observations; a draw takes b blocks
    with replacement and divides the sum of sums by the sum of sizes. Observations of one block may depend on
    each other. ValueError for no blocks or an empty one.
    """
    totals, numbers = _finite(sums), _finite(sizes)
    if totals.size != numbers.size:
        raise ValueError("sums and sizes must have the same length")
    if not numbers.size or (numbers < 1).any():
        raise ValueError("there must be blocks, each with at least one observation")
    draws = whole("draws", draws, least=1)
    random = np.random.default_rng(seed)
    means = np.empty(draws)
    step = max(1, _AT_ONCE // numbers.size)
    for start in range(0, draws, step):
        picked = random.integers(0, numbers.size, size=(min(step, draws - start), numbers.size))
        means[start : start + len(picked)] = totals[picked].sum(axis=1) / numbers[picked].sum(axis=1)
    value = float(totals.sum() / numbers.sum())
    low, high = percentile_interval(means, confidence)
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=int(numbers.sum()),
        method="block bootstrap",
        standard_error=float(means.std()),
        mean=value,
        resampled=int(numbers.size),
    )


def parts_of_people(
    columns: Iterable[NDArray[np.float64]], whose: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Sums of each column (n,) over the rows of each person, one line a person: what a bootstrap over people draws.

    `whose` (n,) numbers the people from 0 on, none without a row. Of very many people there is one line for each of
    random parts of them of equal size: the interval is the same, at a cost that grows no more.
    """
    lines = int(whose.max()) + 1
    if lines > _MOST_PARTS:
        whose, lines = (random.permutation(lines) % _MOST_PARTS)[whose], _MOST_PARTS
    return np.column_stack([np.bincount(whose, weights=column, minlength=lines) for column in columns])


def _finite(values: ArrayLike | Sequence[float] | None) -> NDArray[np.float64]:
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 1:
        raise ValueError(f"values must have one dimension, not {data.ndim}")
    if not np.isfinite(data).all():
        raise ValueError("values must be finite numbers")
    return data


def _resampled_sums(
    data: NDArray[np.float64], sizes: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    """For each of `sizes` the sum of so many values drawn from `data` with replacement."""
    sums = np.zeros(sizes.size)
    step = max(1, _AT_ONCE // max(1, int(sizes.max())))
    for start in range(0, sizes.size, step):
        part = sizes[start : start + step]
        picked = data[random.integers(0, data.size, size=int(part.sum()), dtype=np.int32)]
        # reduceat gives an empty segment its neighbour's value; only segments with something in them are
        # summed.
        some = part > 0
        if some.any():
            starts = np.concatenate(([0], np.cumsum(part[some])[:-1]))
            sums[start : start + step][some] = np.add.reduceat(picked, starts)
    return sums


def _sums_of_many(
    data: NDArray[np.float64], sizes: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    """As `_resampled_sums`, for many values, at a cost that does not grow with their number.

    Those farthest from the mean are drawn one by one, as many as it takes to leave the sum of the others hardly
    skewed: mostly none. That sum is drawn by the Cornish–Fisher expansion of its law, whose mean, variance, skewness
    and kurtosis are those of so many draws: what is left out is smaller by far than what 2,000 draws miss of any
    law's tails.

    Source: Cornish, E. A. & Fisher, R. A. (1938), Revue de l'Institut International de Statistique 5, 307–320.
    """
    large, rest = data[:0], data
    while True:
        mean, deviation = rest.mean(), rest.std()
        away = (rest - mean) / deviation if deviation > 0 else np.zeros(rest.size)
        squared = away * away
        skewness = float(squared @ away) / rest.size
        kurtosis = float(squared @ squared) / rest.size - 3 if deviation > 0 else 0.0
        more = 4 * large.size or _LARGEST
        if abs(skewness) / rest.size**0.5 <= _SLIGHT_SKEW or more > min(_MOST_LARGEST, data.size // 2):
            break
        far = np.abs(data - data.mean()).argpartition(-more)
        large, rest = data[far[-more:]], data[far[:-more]]
    of_large = random.binomial(sizes, large.size / data.size)
    many = (sizes - of_large).astype(np.float64)
    z = random.standard_normal(sizes.size)
    first, second = skewness / np.sqrt(many), kurtosis / many
    corrected = z + first * (z**2 - 1) / 6 + second * (z**3 - 3 * z) / 24 - first**2 * (2 * z**3 - 5 * z) / 36
    sums = _resampled_sums(large, of_large, random) if large.size else np.zeros(sizes.size)
    return np.asarray(sums + many * mean + np.sqrt(many) * deviation * corrected)
