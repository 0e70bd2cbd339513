"""A finding in numbers: the level now, its reference, and how far apart they are, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.decide.losing.findings import Finding, of_unit
from polku.decide.losing.inputs import Floats, rate_draws, share_draws
from polku.decide.losing.observing import Hits
from polku.statistics import Estimate, poisson_rate, wilson

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """Hits among attempts."""

    hits: float
    n: float
    is_count: bool

    def draws(self, random: np.random.Generator) -> Floats:
        make = rate_draws if self.is_count else share_draws
        return make(self.hits, self.n, random)

    def estimate(self) -> Estimate | None:
        """A share, or contacts per 100 attempts."""
        if not self.n:
            return None
        if self.is_count:
            return poisson_rate(count=int(self.hits), exposure=self.n, per=100)
        return wilson(successes=int(self.hits), n=int(self.n))

    def as_data(self) -> dict[str, Any]:
        found = self.estimate()
        if found is None:
            return {"value": None, "ci": None, "n": 0}
        return {"value": found.value, "ci": [found.low, found.high], "n": int(self.n)}


def counted(finding: Finding, begin: int, end: int | None, *, of_others: bool = False) -> Counted:
    """What was seen in some weeks of the finding's unit (or of the others of its kind)."""
    observed, table = finding.observed, finding.table
    if table is None:
        series = observed.everybody
    else:
        series = table.series(finding.others if of_others else finding.values, is_count=observed.is_count)
    return Counted(float(series.hits[begin:end].sum()), float(series.n[begin:end].sum()), observed.is_count)


@dataclass(frozen=True)
class Gap:
    """`level` now, `reference`, and the draws of both."""

    level: Counted
    reference: Counted
    level_draws: Floats
    reference_draws: Floats


def gap_of(finding: Finding, begin: int, random: np.random.Generator) -> Gap:
    """The level in the weeks from `begin` on against its reference. What a control did meanwhile is taken off."""
    begin = max(begin, finding.since)
    level = counted(finding, begin, None)
    now = level.draws(random)
    if finding.kind == "comparable":
        reference = counted(finding, begin, None, of_others=True)
        return Gap(level, reference, now, reference.draws(random))
    reference = counted(finding, finding.begin, finding.until)
    before = reference.draws(random)
    if finding.has_control:
        was = counted(finding, finding.begin, finding.until, of_others=True).draws(random)
        then = counted(finding, begin, None, of_others=True).draws(random)
        before = np.maximum(before + then - was, 0.0)
    elif finding.strata is not None:
        # Only those strata are compared that were there before: of the others nothing is lost that there was.
        worse = _stratified_draws(finding, finding.strata, begin, random)
        before = np.maximum(now - worse if level.is_count else now + worse, 0.0)
    return Gap(level, reference, now, before if level.is_count else np.minimum(before, 1.0))


def _stratified_draws(finding: Finding, strata: Hits, begin: int, random: np.random.Generator) -> Floats:
    n, hits = of_unit(finding, strata)
    was_n, was = n[finding.begin : finding.until].sum(axis=0), hits[finding.begin : finding.until].sum(axis=0)
    is_n, now = n[begin:].sum(axis=0), hits[begin:].sum(axis=0)
    is_count = finding.observed.is_count
    total = np.zeros(1)
    for stratum in np.flatnonzero((was_n >= 20) & (is_n > 0)).tolist():
        before = Counted(was[stratum], was_n[stratum], is_count).draws(random)
        after = Counted(now[stratum], is_n[stratum], is_count).draws(random)
        total = total + is_n[stratum] / is_n.sum() * ((after - before) if is_count else (before - after))
    return total
