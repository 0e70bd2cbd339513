"""What to fix first: the order, which neighbours cannot be told apart, what overlaps, and the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polku.decide.losing.pains import Pain
from polku.statistics.euros import NOT_DISTINGUISHABLE, EurosAtStake


@dataclass(frozen=True)
class Ranked:
    """A pain in its place; `net` is its middle figure without what mending it costs."""

    pain: Pain
    cost: float | None
    net: float | None
    overlaps: tuple[str, ...]
    is_distinguishable: bool


@dataclass(frozen=True)
class Total:
    """Of the rows that share nobody: money a year, and the share of the turnover's margin."""

    p10: float
    p50: float
    p90: float
    share: float | None


def ranked(pains: Sequence[Pain], costs: Mapping[str, float | None]) -> list[Ranked]:
    """Rows with euros by what is left of them, the greatest first; then those without, the busiest first."""

    def net(pain: Pain) -> float | None:
        return None if pain.stake is None else pain.stake.p50 - (costs.get(pain.key) or 0.0)

    def place(pain: Pain) -> tuple[bool, float, str]:
        left = net(pain)
        return (left is None, -(left if left is not None else float(pain.level.get("n") or 0)), pain.key)

    order = sorted(pains, key=place)
    rows = []
    for number, pain in enumerate(order):
        following = order[number + 1] if number + 1 < len(order) else None
        rows.append(
            Ranked(
                pain,
                costs.get(pain.key),
                net(pain),
                tuple(other.key for other in order if other is not pain and overlap(pain, other)),
                _is_apart(pain, following, costs),
            )
        )
    return rows


def _is_apart(pain: Pain, following: Pain | None, costs: Mapping[str, float | None]) -> bool:
    if pain.stake is None or following is None or following.stake is None:
        return True
    one = pain.stake.draws - (costs.get(pain.key) or 0.0)
    two = following.stake.draws - (costs.get(following.key) or 0.0)
    other_order = float((two > one).mean() + (two == one).mean() / 2)
    return other_order <= NOT_DISTINGUISHABLE


def overlap(one: Pain, two: Pain) -> bool:
    """Whether the same loss may be in both: two pains of a kind at one touchpoint of which one is of everybody, or
    whose units are of different properties. Funnel pains of touchpoints that follow each other share nothing: each
    counts who did not get from its own touchpoint to the next. What is no longer bought and what contacts cost are two.
    """
    if one.kind != two.kind:
        return False
    if one.kind == "retention":
        return True  # what a customer is worth can be lost once only
    if one.touchpoint != two.touchpoint:
        return False
    if one.reason != two.reason:
        # All contacts of a touchpoint hold those of each reason.
        return one.kind == "contact" and None in (one.reason, two.reason)
    if one.unit is None or two.unit is None:
        return True
    return one.unit["property"] != two.unit["property"]


def total(rows: Sequence[Ranked], margin: float | None, left: frozenset[str]) -> Total | None:
    """The sum of the rows with euros but those `left` aside; of rows that overlap the greatest only, and never more
    than the turnover's margin. None without any."""
    taken: list[Pain] = []
    stakes: list[EurosAtStake] = []
    for row in sorted(rows, key=lambda row: -(row.pain.stake.p50 if row.pain.stake else 0.0)):
        pain = row.pain
        if pain.stake is None or pain.key in left or any(overlap(pain, other) for other in taken):
            continue
        taken.append(pain)
        stakes.append(pain.stake)
    if not stakes:
        return None
    draws = np.sum([each.draws for each in stakes], axis=0)
    if margin is not None:
        draws = np.minimum(draws, margin)
    p10, p50, p90 = (float(value) for value in np.quantile(draws, [0.1, 0.5, 0.9]))
    return Total(p10, p50, p90, p50 / margin if margin else None)
