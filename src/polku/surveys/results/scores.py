"""The figure of a score question: its estimate by the formula of its metric, on its own scale and never pooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from polku.analytics.kinds.score import rule_of
from polku.statistics import Estimate, recommend, smiley, wilson
from polku.surveys.results.asked import Asked

Unit = Literal["points", "share", "mean"]
"""Points go as they are, shares are 0–1, means are in points of their scale."""

ENOUGH = 30
"""A figure of fewer answers is greyed, and its interval comes first."""

_UNITS: Mapping[str, Unit] = {
    "nps": "points",
    "csat": "share",
    "ces": "share",
    "task_success": "share",
    "smiley": "points",
}
_MOST_BLOCKS = 20_000


@dataclass(frozen=True)
class ScoreFigure:
    """`estimate` is None where there are no answers, or they are no score on their scale."""

    n: int
    estimate: Estimate | None
    unit: Unit

    @property
    def is_small(self) -> bool:
        return self.n < ENOUGH

    @property
    def interval(self) -> tuple[float, float] | None:
        """As it may be shown: None for a bootstrap of fewer than 30."""
        return self.estimate.interval if self.estimate else None


def unit_of(asked: Asked) -> Unit:
    return _UNITS.get(asked.metric or "", "mean")


def figure_of(
    asked: Asked, values: npt.NDArray[np.float32], blocks: npt.NDArray[np.int64] | None = None
) -> ScoreFigure:
    """Of the answers, NaN where there is none. `blocks` numbers those of one device in one hour alike: faces that are
    pressed after each other resemble each other."""
    there = ~np.isnan(values)
    answers = values[there]
    counts = counts_of(answers)
    if not counts:
        return ScoreFigure(0, None, unit_of(asked))
    estimate: Estimate | None
    try:
        if asked.metric == "smiley" and blocks is not None:
            estimate = _by_blocks(answers, blocks[there], counts)
        else:
            estimate = _estimate_by(asked)(counts)
    except ValueError:  # answers off their scale, as an import or an older program may have left them
        estimate = None
    return ScoreFigure(len(answers), estimate, unit_of(asked))


def counts_of(answers: npt.NDArray[np.float32]) -> dict[float, int]:
    values, numbers = np.unique(answers, return_counts=True)
    return {float(value): int(number) for value, number in zip(values, numbers, strict=True)}


def _estimate_by(asked: Asked) -> Callable[[dict[float, int]], Estimate]:
    scale = asked.scale or (0.0, 0.0)
    rule = rule_of(asked.metric or "", (float(scale[0]), float(scale[1])))
    if rule is not None:
        return rule.estimate
    if asked.metric == "task_success":
        return lambda counts: wilson(successes=counts.get(1.0, 0), n=sum(counts.values()))
    return lambda counts: recommend(counts=counts, scale=(int(scale[0]), int(scale[1])))


def _by_blocks(
    answers: npt.NDArray[np.float32], blocks: npt.NDArray[np.int64], counts: dict[float, int]
) -> Estimate:
    numbers, places = np.unique(blocks, return_inverse=True)
    if len(numbers) > _MOST_BLOCKS:
        return smiley(counts=counts)
    table = np.zeros((len(numbers), 5), dtype=np.int64)
    np.add.at(table, (places, answers.astype(np.int64)), 1)
    each = [{face: int(row[face]) for face in range(1, 5) if row[face]} for row in table]
    return smiley(counts=counts, blocks=each)
