"""The lanes Say and Feel: what was answered at a touchpoint, each metric on its own scale, never pooled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from polku.analytics.kinds.score import rule_of
from polku.eventstore.live import Words
from polku.eventstore.port import SignalKind
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


def say(words: Words, said: NDArray[np.int64], times: NDArray[np.int64]) -> tuple[Score, ...]:
    """Every metric among what was `said` (rows of `words`, each `times` often), the one with most answers first."""
    is_answer = words.kind[said] == SignalKind.SCORE
    questions: dict[tuple[str, float, float], Counts] = {}
    for word, n in zip(said[is_answer].tolist(), times[is_answer].tolist(), strict=True):
        answer, low, high = (float(part[word]) for part in (words.score, words.scale_low, words.scale_high))
        if not np.isnan(answer) and high > low:
            questions.setdefault((words.name[word], low, high), {})[answer] = n
    scores = [score(name, (low, high), questions[name, low, high]) for name, low, high in questions]
    return tuple(sorted(scores, key=lambda s: (-s.n, _FEELING_ORDER.get(s.metric, 9), s.metric, s.scale)))


def score(metric: str, scale: tuple[float, float], counts: Counts) -> Score:
    """The metric's own figure; on a scale that it is not defined for, the mean, and the rule says so."""
    mean = sum(answer * n for answer, n in counts.items()) / sum(counts.values())
    rule, estimate = _by_rule(metric, scale, counts) or ("mean", _mean(tuple(sorted(counts.items()))))
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
    return Feel(estimate=_mean(tuple(sorted(mapped.items()))), source=chosen.metric, scale=chosen.scale)


@lru_cache(maxsize=4_096)
def _mean(answers: tuple[tuple[float, int], ...]) -> Estimate:
    """A mean with its bootstrap. Most touchpoints get no new answer between two looks at a map."""
    return bootstrap_mean(counts=dict(answers))


def _by_rule(metric: str, scale: tuple[float, float], counts: Counts) -> tuple[str, Estimate] | None:
    """The rule that the score query uses too, and its figure; None where the metric is not defined on the scale."""
    rule = rule_of(metric, scale)
    if rule is None:
        return None
    try:
        return rule.name, rule.estimate(counts)
    except ValueError:  # an answer between the steps of the scale
        return None
