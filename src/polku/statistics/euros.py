"""Euros at stake: what a pain costs a year, as a range that says how well it is known.

Every input is a distribution, from data or from a person's low, middle and high; ten thousand seeded draws go through
the formula of the pain. Draws are kept, so that pains can be compared with each other, and never added where they
overlap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polku.statistics.checks import whole
from polku.statistics.estimate import Estimate
from polku.statistics.resampling import SEED

Floats: TypeAlias = NDArray[np.float64]
Grade = Literal["A", "B", "C", "D"]
"""How it is known: A by an experiment, B before and after with a control, C adjusted correlation, D opinion."""

DRAWS = 10_000
NOT_DISTINGUISHABLE = 0.2
"""Two neighbours in a ranking whose draws are in the other order more often than this cannot be told apart."""
_Z90 = 1.2815515655446004


class Input(Protocol):
    """One number of a formula, as a distribution."""

    def draw(self, random: np.random.Generator, draws: int) -> Floats: ...


@dataclass(frozen=True)
class Known:
    """A number without uncertainty: a margin that the company knows."""

    value: float

    def __post_init__(self) -> None:
        _finite(self.value)

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        return np.full(draws, float(self.value))


@dataclass(frozen=True)
class Proportion:
    """A share seen as `successes` of `n`: its posterior under Jeffreys' prior."""

    successes: int
    n: int

    def __post_init__(self) -> None:
        if whole("successes", self.successes) > whole("n", self.n, least=1):
            raise ValueError(f"successes ({self.successes}) must not exceed n ({self.n})")

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        return random.beta(self.successes + 0.5, self.n - self.successes + 0.5, draws)


@dataclass(frozen=True)
class Count:
    """A number of things seen, multiplied by `times` (365/28 makes a year of four weeks): the Gamma posterior of their
    mean under Jeffreys' prior."""

    seen: int
    times: float = 1.0

    def __post_init__(self) -> None:
        whole("seen", self.seen)
        if _finite(self.times) <= 0:
            raise ValueError(f"times must be above 0, not {self.times!r}")

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        return random.gamma(self.seen + 0.5, 1.0, draws) * self.times


@dataclass(frozen=True)
class Measured:
    """An estimate with a standard error, or an interval from which one follows; `least` cuts what cannot be."""

    estimate: Estimate
    least: float = -math.inf

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        error = self.estimate.standard_error
        if error is None:
            error = (self.estimate.high - self.estimate.low) / (2 * 1.959963984540054)
        return np.maximum(random.normal(self.estimate.value, error, draws), self.least)


@dataclass(frozen=True)
class Judged:
    """A person's cautious, middle and high figure (P10, P50, P90): two half normals that meet in the middle, with
    `least` and `most` as far as anything can go."""

    low: float
    middle: float
    high: float
    least: float = -math.inf
    most: float = math.inf

    def __post_init__(self) -> None:
        for value in (self.low, self.middle, self.high):
            _finite(value)
        if not self.low <= self.middle <= self.high:
            raise ValueError(f"low, middle and high must ascend: {self.low}, {self.middle}, {self.high}")

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        steps = random.standard_normal(draws) / _Z90
        width = np.where(steps < 0, self.middle - self.low, self.high - self.middle)
        return np.clip(self.middle + steps * width, self.least, self.most)


@dataclass(frozen=True)
class Difference:
    """One input minus another, never below 0: how far a share is from its reference."""

    higher: Input
    lower: Input

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        return np.maximum(self.higher.draw(random, draws) - self.lower.draw(random, draws), 0.0)


@dataclass(frozen=True)
class EurosAtStake:
    """Margin a year in money: `p10` cautious, `p50` middle, `p90` high. `draws` has shape (draws,).

    `is_at_most`: all of a drop-off is counted, so that no fix can bring more. `inputs` are each input's median and
    10 % and 90 % points, by name; `swings` by how much of the spread (0–1 of the squared rank correlations) each input
    is responsible for: the largest is what would narrow the range most.
    """

    p10: float
    p50: float
    p90: float
    grade: Grade
    is_at_most: bool
    draws: Floats = field(repr=False, compare=False)
    inputs: Mapping[str, tuple[float, float, float]]
    swings: Mapping[str, float]


def euros_at_stake(
    *,
    factors: Mapping[str, Input],
    grade: Grade,
    is_at_most: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> EurosAtStake:
    """The product of independent inputs, by `draws` seeded draws.

    A funnel pain is people a year × lost conversion × downstream conversion × average order × margin; a retention pain
    people affected a year × lost retention × lifetime value; a contact pain contacts a year × avoidable share × unit
    cost. Each factor draws from a stream of its own, named by its key, so that changing one leaves the others as they
    were, and a margin that doubles doubles the result to the cent. ValueError for no factors or an unknown grade.
    """
    if not factors:
        raise ValueError("there are no factors: give at least one")
    if grade not in ("A", "B", "C", "D"):
        raise ValueError(f"grade must be A, B, C or D, not {grade!r}")
    draws = whole("draws", draws, least=1)
    drawn = {name: factor.draw(_stream(name, seed), draws) for name, factor in factors.items()}
    product = np.prod(list(drawn.values()), axis=0)
    p10, p50, p90 = (float(value) for value in np.quantile(product, [0.1, 0.5, 0.9]))
    return EurosAtStake(
        p10=p10,
        p50=p50,
        p90=p90,
        grade=grade,
        is_at_most=is_at_most,
        draws=product,
        inputs={name: _points(values) for name, values in drawn.items()},
        swings=_swings(drawn, product),
    )


def in_other_order(first: EurosAtStake, second: EurosAtStake) -> float:
    """How often (0–1) the one that is `second` by rank is drawn larger; ties count half."""
    size = min(len(first.draws), len(second.draws))
    one, two = first.draws[:size], second.draws[:size]
    return float((two > one).mean() + (two == one).mean() / 2)


def are_distinguishable(first: EurosAtStake, second: EurosAtStake) -> bool:
    """Whether a ranking may say that `first` is more than `second`."""
    return in_other_order(first, second) <= NOT_DISTINGUISHABLE


def _stream(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *name.encode()])


def _points(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return float(low), float(middle), float(high)


def _swings(drawn: Mapping[str, Floats], product: Floats) -> dict[str, float]:
    """Shares of the squared rank correlations of each input with the product; all 0 where nothing varies."""
    result = _ranks(product)
    squares = {}
    for name, values in drawn.items():
        ranks = _ranks(values)
        varies = ranks.std() > 0 and result.std() > 0
        squares[name] = float(np.corrcoef(ranks, result)[0, 1]) ** 2 if varies else 0.0
    total = sum(squares.values())
    return {name: square / total if total else 0.0 for name, square in squares.items()}


def _ranks(values: Floats) -> Floats:
    """Mean ranks: equal values share theirs, so that what is the same in every draw does not vary."""
    _distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"an input must be a finite number, not {value!r}")
    return value
