"""The numbers of a loss as distributions, with where each came from, and what a person put in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from polku.statistics.euros import DRAWS, EurosAtStake, Grade, Input, Judged, Known, euros_at_stake

Floats = NDArray[np.float64]
Kind = Literal["count", "share", "money"]
Source = Literal["measured", "answered", "person", "goal"]

KINDS: Mapping[str, Kind] = {
    "people": "count",
    "lost_share": "share",
    "downstream": "share",
    "order_value": "money",
    "margin": "share",
    "contacts": "count",
    "avoidable_share": "share",
    "unit_cost": "money",
    "lost_retention": "share",
    "lifetime_value": "money",
}
"""What each input is; those that a person may put another figure in place of."""

GAPS = frozenset({"lost_share", "avoidable_share", "lost_retention"})
"""The inputs that need a reference."""


@dataclass(frozen=True)
class Given:
    """Draws that hang together with those of other inputs of the same row, or were made by a rule of their own."""

    draws: Floats

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        return self.draws[:draws]


@dataclass(frozen=True)
class Override:
    """A person's figures for an input, and why."""

    low: float
    middle: float
    high: float
    reason: str
    by: str
    at: str

    def as_data(self) -> dict[str, Any]:
        return {
            "low": self.low,
            "middle": self.middle,
            "high": self.high,
            "reason": self.reason,
            "by": self.by,
            "at": self.at,
        }


@dataclass(frozen=True)
class Numbers:
    """The inputs of a row by name, in the order of its formula; `source` and `n` say what each rests on. An input that
    is None is not known, and without it there is no figure."""

    inputs: Mapping[str, Input | None]
    source: Mapping[str, Source]
    n: Mapping[str, int]
    is_at_most: bool = False
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def with_overrides(self, overrides: Mapping[str, Override]) -> Numbers:
        """With what people said in place of what was measured."""
        mine = {name: each for name, each in overrides.items() if name in self.inputs}
        return Numbers(
            {
                name: _judged(name, mine[name]) if name in mine else value
                for name, value in self.inputs.items()
            },
            {**self.source, **dict.fromkeys(mine, "person")},
            {name: n for name, n in self.n.items() if name not in mine},
            self.is_at_most,
            mine,
        )

    def scaled(self, name: str, by: Floats, random: np.random.Generator) -> Numbers:
        """With the draws of an input multiplied."""
        held = self.inputs[name]
        if held is None:
            return self
        return replace(self, inputs={**self.inputs, name: Given(held.draw(random, DRAWS) * by)})

    @property
    def lacking(self) -> list[str]:
        return [name for name, value in self.inputs.items() if value is None]

    def stake(self, key: str, grade: Grade) -> EurosAtStake | None:
        """The figure; None where an input is not known."""
        factors = {name: value for name, value in self.inputs.items() if value is not None}
        if len(factors) < len(self.inputs):
            return None
        return euros_at_stake(factors=factors, grade=grade, is_at_most=self.is_at_most, seed=seed_of(key))


def seed_of(key: str) -> int:
    """Rows draw apart from each other, and each the same every time."""
    return crc32(key.encode())


def random_of(key: str, name: str) -> np.random.Generator:
    return np.random.default_rng([seed_of(key), *name.encode()])


def _judged(name: str, override: Override) -> Input:
    if override.low == override.middle == override.high:
        return Known(override.middle)
    most = 1.0 if KINDS[name] == "share" else np.inf
    return Judged(override.low, override.middle, override.high, least=0.0, most=float(most))


def share_draws(hits: float, n: float, random: np.random.Generator) -> Floats:
    """A share's posterior under Jeffreys' prior."""
    return random.beta(hits + 0.5, max(n - hits, 0.0) + 0.5, DRAWS)


def rate_draws(hits: float, n: float, random: np.random.Generator) -> Floats:
    """The posterior of a rate per attempt."""
    return random.gamma(hits + 0.5, 1.0, DRAWS) / max(n, 1.0)
