"""Which pains the data shows: levels that are worse than before, or worse than those of comparable units."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from polku.decide.losing.observing import Hits, Observed
from polku.decide.losing.series import LEAST, Break, Series, p_of, spread_of, worsening, z_of
from polku.eventstore import cancelling
from polku.statistics import benjamini_hochberg

RATE = 0.01
"""Share of false ones among what is called a pain."""
_MOST_FINDINGS = 3
_UNCHANGED = 0.01
_MOSTLY = 0.6
_MIXED = 0.2


@dataclass(frozen=True)
class Finding:
    """A pain: the level of a unit (`values` of `table`; None: of everybody) since week `since` is worse than its
    reference.

    kind "before": the level in the weeks [`begin`, `until`); with `control` the others, who did not change, tell what
    would have become of it. kind "comparable": the other values `others` in the same weeks. `strata` names a property
    whose mix is held constant, where another mix of people would else pass for a change.
    """

    observed: Observed
    kind: str
    since: int
    table: Hits | None = None
    values: frozenset[int] = frozenset()
    begin: int = 0
    until: int = 0
    others: frozenset[int] = frozenset()
    has_control: bool = False
    strata: Hits | None = None
    z: float = 0.0

    @property
    def unit(self) -> dict[str, str] | None:
        if self.table is None:
            return None
        names = sorted(self.table.units.values[at] for at in self.values)
        return {"property": self.table.units.name, "value": ", ".join(names)}


@dataclass
class _Looked:
    """What was looked at of one observed series of pains."""

    observed: Observed
    change: Break | None
    units: list[tuple[Hits, int, Break]] = field(default_factory=list)
    worse: list[tuple[Hits, int, float]] = field(default_factory=list)


def find(observed: Sequence[Observed], *, period: int) -> list[Finding]:
    """All pains that survive the correction over everything looked at. Units are compared with each other in the weeks
    from `period` on."""
    looked = [_look(each, period) for each in observed]
    found = [p for each in looked for p in _all_p(each)]
    clear = benjamini_hochberg(p_values=found, rate=RATE).clear
    limit = max((p for p, stands in zip(found, clear, strict=True) if stands), default=0.0)
    return [finding for each in looked for finding in _choose(each, limit, period)]


def _look(observed: Observed, period: int) -> _Looked:
    cancelling.check()
    worse_up = observed.is_count
    looked = _Looked(observed, worsening(observed.everybody, rate=_RESPLIT, is_worse_up=worse_up))
    for table in observed.by_property:
        for value in range(len(table.units.values)):
            series = table.series([value], is_count=observed.is_count)
            if series.n.sum() < 2 * LEAST:
                continue
            change = worsening(series, rate=_RESPLIT, is_worse_up=worse_up)
            if change is not None:
                looked.units.append((table, value, change))
            if table.units.is_comparable:
                rest = table.series(table.rest([value]), is_count=observed.is_count)
                p = _worse_than(series, rest, period, worse_up)
                if p is not None:
                    looked.worse.append((table, value, p))
    return looked


_RESPLIT = 1e-4


def _all_p(looked: _Looked) -> Iterator[float]:
    if looked.change is not None:
        yield looked.change.p
    yield from (change.p for _table, _value, change in looked.units)
    yield from (p for _table, _value, p in looked.worse)


def _worse_than(series: Series, rest: Series, begin: int, worse_up: bool) -> float | None:
    """p of being worse than the rest in the weeks from `begin` on; None where there are too few, or it is better."""
    hits, n = series.hits[begin:].sum(), series.n[begin:].sum()
    rest_hits, rest_n = rest.hits[begin:].sum(), rest.n[begin:].sum()
    if min(n, rest_n) < LEAST:
        return None
    weeks = [(begin, len(series.n))]
    spread = max(spread_of(series, weeks), spread_of(rest, weeks))
    z = z_of((rest_hits, hits), (rest_n, n), is_count=series.is_count, spread=spread)
    return p_of(z) if (z > 0) == worse_up and z != 0 else None


def _choose(looked: _Looked, limit: float, period: int) -> list[Finding]:
    """Of what is clear the pains that explain it, none of which shares people with another."""
    chosen: list[Finding] = []
    change = looked.change
    if change is not None and change.p > limit:
        change = None
    narrow = _narrowest(looked, limit)
    if narrow is not None:
        chosen.append(narrow)
    elif change is not None:
        whole = Finding(
            looked.observed, "before", change.since, begin=change.begin, until=change.until, z=_z(change)
        )
        if (kept := _unmixed(whole, limit)) is not None:
            chosen.append(kept)
    chosen += _comparable(looked, limit, period, chosen)
    return chosen[:_MOST_FINDINGS]


def _z(change: Break) -> float:
    return math.sqrt(-2 * math.log(max(change.p, 1e-300)))


def _narrowest(looked: _Looked, limit: float) -> Finding | None:
    """The unit that changed while the others of its kind did not; the clearest of such."""
    best: Finding | None = None
    for table, value, change in looked.units:
        if change.p > limit:
            continue
        is_count = looked.observed.is_count
        own = table.series([value], is_count=is_count)
        rest = table.series(table.rest([value]), is_count=is_count)
        before, after = slice(change.begin, change.until), slice(change.since, None)
        if min(rest.n[before].sum(), rest.n[after].sum()) < LEAST:
            continue
        sign = 1 if is_count else -1
        drift = sign * _change_z(rest, before, after)
        apart = sign * _apart_z(own, rest, before, after)
        lost = sign * (own.level(after) - own.level(before)) * own.n[after].sum()
        elsewhere = max(0.0, sign * (rest.level(after) - rest.level(before)) * rest.n[after].sum())
        quiet = p_of(drift) > _UNCHANGED or drift < 0
        if p_of(apart) > limit or apart < 0 or not (quiet or lost > _MOSTLY * (lost + elsewhere)):
            continue
        found = Finding(
            looked.observed,
            "before",
            change.since,
            table,
            frozenset([value]),
            change.begin,
            change.until,
            frozenset(table.rest([value])),
            has_control=True,
            z=apart,
        )
        if (best is None or found.z > best.z) and (kept := _unmixed(found, limit)) is not None:
            best = kept
    return best


def _change_z(series: Series, before: slice, after: slice) -> float:
    hits = float(series.hits[before].sum()), float(series.hits[after].sum())
    n = float(series.n[before].sum()), float(series.n[after].sum())
    return z_of(hits, n, is_count=series.is_count)


def _apart_z(own: Series, rest: Series, before: slice, after: slice) -> float:
    """How much more the one changed than the other, in standard errors."""
    difference = own.level(after) - own.level(before) - rest.level(after) + rest.level(before)
    variance = 0.0
    for series in (own, rest):
        for weeks in (before, after):
            level, n = series.level(weeks), float(series.n[weeks].sum())
            level = (level * n + 0.5) / (n + 1)
            variance += (level if series.is_count else level * (1 - level)) / n
    return difference / math.sqrt(variance) if variance > 0 else 0.0


def _unmixed(finding: Finding, limit: float) -> Finding | None:
    """The finding with the mix of people held constant where that matters; None where nothing is left of it then.

    People whose like had not come before have no earlier level: they are no part of the change.
    """
    own = _own_level(finding)
    if own <= 0:
        return None
    least, strata = own, None
    for table in finding.observed.by_property:
        # What is known of customers only is known of those who bought.
        if table.units.name.startswith("person.") and table.n[:, -1].any():
            continue
        if finding.table is not None and table.units.name == finding.table.units.name:
            continue
        n, hits = of_unit(finding, table)
        adjusted, p = _stratified(n, hits, finding)
        if adjusted < least:
            least, strata, least_p = adjusted, table, p
    if strata is None or least > (1 - _MIXED) * own:
        return finding
    if least <= 0 or least_p > limit:
        return None
    return Finding(
        finding.observed, finding.kind, finding.since, finding.table, finding.values, finding.begin,
        finding.until, finding.others, finding.has_control, strata, finding.z,
    )  # fmt: skip


def _own_level(finding: Finding) -> float:
    series = (
        finding.observed.everybody
        if finding.table is None
        else finding.table.series(finding.values, is_count=finding.observed.is_count)
    )
    sign = 1 if finding.observed.is_count else -1
    return sign * (
        series.level(slice(finding.since, None)) - series.level(slice(finding.begin, finding.until))
    )


def of_unit(finding: Finding, table: Hits) -> tuple[np.ndarray, np.ndarray]:
    """Attempts and hits by week and value of another property, of the finding's unit only."""
    if finding.table is None:
        return table.n, table.hits
    observed, units = finding.observed, finding.table.units
    mine = np.isin(units.codes, list(finding.values))
    width = len(table.units.values) + 1
    codes = np.where(table.units.codes >= 0, table.units.codes, width - 1)
    size = observed.weeks * width
    n = np.bincount((observed.attempts * width + codes)[mine], minlength=size).reshape(-1, width)
    belongs = np.isin(observed.hit_codes(units), list(finding.values))
    own = observed.hits * width + observed.hit_codes(table.units)
    hits = np.bincount(own[belongs], minlength=size).reshape(-1, width)
    return n.astype(float), hits.astype(float)


def _stratified(n: np.ndarray, hits: np.ndarray, finding: Finding) -> tuple[float, float]:
    """(how much worse with the present mix held constant, its p), over strata that were there before."""
    before, after = slice(finding.begin, finding.until), slice(finding.since, None)
    was_n, was = n[before].sum(axis=0), hits[before].sum(axis=0)
    is_n, now = n[after].sum(axis=0), hits[after].sum(axis=0)
    known = (was_n >= 20) & (is_n > 0)
    if not known.any():
        return 0.0, 1.0
    weight = is_n[known] / is_n.sum()
    was_level, now_level = was[known] / was_n[known], now[known] / is_n[known]
    sign = 1 if finding.observed.is_count else -1
    worse = float((weight * sign * (now_level - was_level)).sum())

    def variance(level: np.ndarray) -> np.ndarray:
        return level if finding.observed.is_count else level * (1 - level)

    error = math.sqrt(
        float((weight**2 * (variance(was_level) / was_n[known] + variance(now_level) / is_n[known])).sum())
    )
    return worse, p_of(worse / error) if error and worse > 0 else 1.0


def _comparable(looked: _Looked, limit: float, period: int, chosen: list[Finding]) -> list[Finding]:
    """The values of the comparable property that tells most which are clearly worse than what is left without them."""
    observed = looked.observed
    begin = max([period, *(each.since for each in chosen if each.table is None)])
    best: Finding | None = None
    for table in {id(table): table for table, _value, _p in looked.worse}.values():
        if any(each.table is table for each in chosen):
            continue
        worse = _worse_values(looked, table, limit, begin)
        rest = table.rest(worse)
        if not worse or not rest:
            continue
        own, others = (table.series(each, is_count=observed.is_count) for each in (worse, rest))
        n = float(others.n[begin:].sum()), float(own.n[begin:].sum())
        if n[0] < LEAST:
            continue
        z = abs(
            z_of(
                (float(others.hits[begin:].sum()), float(own.hits[begin:].sum())),
                n,
                is_count=observed.is_count,
            )
        )
        if best is None or z > best.z:
            best = Finding(
                observed, "comparable", begin, table, frozenset(worse), others=frozenset(rest), z=z
            )
    return [best] if best is not None else []


def _worse_values(looked: _Looked, table: Hits, limit: float, begin: int) -> set[int]:
    """First those that are worse than all the others, the clearest first; then whoever else is without these."""
    clear = sorted((p, value) for other, value, p in looked.worse if other is table and p <= limit)
    worse: set[int] = set()
    is_count = looked.observed.is_count
    for value in [*(value for _p, value in clear), *(range(len(table.units.values)) if clear else ())]:
        if value in worse:
            continue
        rest = table.series(table.rest(worse | {value}), is_count=is_count)
        p = _worse_than(table.series([value], is_count=is_count), rest, begin, is_count)
        if p is not None and p <= limit:
            worse.add(value)
    return worse
