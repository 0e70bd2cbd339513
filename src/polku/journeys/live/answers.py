"""The lanes Say and Feel: what was answered at a touchpoint, each metric on its own scale, never pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.analytics.kinds.score import rule_of
from polku.eventstore.port import SignalKind
from polku.journeys.live.lanes import Walk
from polku.statistics import Estimate, bootstrap_mean

Counts = dict[float, int]
"""Answer → how often it was given."""

ENOUGH = 30
"""So many answers make a source good enough to be preferred by its kind rather than by its size."""

# Feeling is read from the first of these that has enough answers; one row is one place in the order. NPS and
# likelihood to recommend are the same question. CES comes last: ease is the farthest from a feeling.
_FEELING_ORDER = {"smiley": 0, "csat": 1, "nps": 2, "recommend": 2, "ces": 3}


@dataclass(frozen=True)
class Score:
    """Answers to one metric on one scale. `rule` says how `estimate` was made of them."""

    metric: str
    scale: tuple[float, float]
    rule: str
    estimate: Estimate
    mean: float
    counts: Counts

    @property
    def n(self) -> int:
        return self.estimate.n


@dataclass(frozen=True)
class Feel:
    """The measured feeling in −1…+1, and the one metric and scale it comes from."""

    estimate: Estimate
    source: str
    scale: tuple[float, float]


def say(walk: Walk, place: int) -> tuple[Score, ...]:
    """Every metric asked at the touchpoint in the period, the one with most answers first."""
    signals = walk.signals
    rows = walk.rows(place, SignalKind.SCORE)
    complete = ~np.isnan(signals.score[rows]) & (signals.scale_high[rows] > signals.scale_low[rows])
    rows = rows[complete & (signals.name[rows] >= 0)]
    questions = np.stack(
        [signals.name[rows].astype(np.float64), signals.scale_low[rows], signals.scale_high[rows]], axis=1
    )
    distinct, which = np.unique(questions, axis=0, return_inverse=True)
    scores = []
    for index, (name, low, high) in enumerate(distinct):
        answers = signals.score[rows[which.reshape(-1) == index]]
        scores.append(score(signals.names[int(name)], (float(low), float(high)), counted(answers)))
    return tuple(sorted(scores, key=lambda s: (-s.n, _FEELING_ORDER.get(s.metric, 9), s.metric, s.scale)))


def score(metric: str, scale: tuple[float, float], counts: Counts) -> Score:
    """The metric's own figure; on a scale that it is not defined for, the mean, and the rule says so."""
    mean = sum(answer * n for answer, n in counts.items()) / sum(counts.values())
    rule, estimate = _by_rule(metric, scale, counts) or ("mean", bootstrap_mean(counts=counts))
    return Score(metric=metric, scale=scale, rule=rule, estimate=estimate, mean=mean, counts=counts)


def feel(scores: tuple[Score, ...]) -> Feel | None:
    """The feeling measured from one source: the first of the order with 30 answers, else the largest.

    x on a scale becomes (x − middle)/half range. Ease on 1–5 (CES 1.0) is left out: there low is good.
    """
    sources = [
        s for s in scores if s.metric in _FEELING_ORDER and not (s.metric == "ces" and s.scale != (1, 7))
    ]
    if not sources:
        return None
    enough = [s for s in sources if s.n >= ENOUGH]
    chosen = (
        min(enough, key=lambda s: (_FEELING_ORDER[s.metric], -s.n, s.metric, s.scale))
        if enough
        else min(sources, key=lambda s: (-s.n, _FEELING_ORDER[s.metric], s.metric, s.scale))
    )
    low, high = chosen.scale
    middle, half = (low + high) / 2, (high - low) / 2
    mapped = {(answer - middle) / half: n for answer, n in chosen.counts.items()}
    return Feel(estimate=bootstrap_mean(counts=mapped), source=chosen.metric, scale=chosen.scale)


def counted(answers: NDArray[np.float64]) -> Counts:
    """Answers as counts."""
    values, numbers = np.unique(answers, return_counts=True)
    return {float(value): int(n) for value, n in zip(values, numbers, strict=True)}


def _by_rule(metric: str, scale: tuple[float, float], counts: Counts) -> tuple[str, Estimate] | None:
    """The rule that the score query uses too, and its figure; None where the metric is not defined on the scale."""
    rule = rule_of(metric, scale)
    if rule is None:
        return None
    try:
        return rule.name, rule.estimate(counts)
    except ValueError:  # an answer between the steps of the scale
        return None
