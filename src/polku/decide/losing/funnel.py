"""Funnel pains: who no longer goes on towards a purchase, and what they would have bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polku.analytics.money import MoneyTerms
from polku.decide.losing.annual import Surge, Yearly, figure_of, yearly
from polku.decide.losing.attempts import Attempts, Flags
from polku.decide.losing.findings import Finding
from polku.decide.losing.inputs import Floats, Given, Numbers, random_of, share_draws
from polku.decide.losing.levels import Counted, Gap, gap_of
from polku.decide.losing.material import Material, day_of
from polku.decide.losing.pains import RAISES, Pain, key_of, people_of
from polku.decide.losing.told import Told
from polku.statistics import Estimate
from polku.statistics.euros import DRAWS, EurosAtStake, Grade, Input, Known

LEAST_BUYERS = 30
_VAGUE = 1.0
"""How far, in parts of it, what the lost would have spent may be from what the others spend before the data says so."""


def found_pain(material: Material, finding: Finding, told: Told) -> Pain:
    """The pain of a finding."""
    place = finding.observed.place
    touchpoint = material.walk.plan.points[place].id
    key = key_of("funnel", touchpoint, None, finding.unit)
    attempts = material.funnel[place]
    mine = _of_unit(finding, material)
    since = int(material.weeks[finding.since]) if finding.kind == "before" else 0
    grade: Grade = "B" if finding.has_control else "C"
    overrides = told.of(key)

    def make(begin: int) -> tuple[Numbers, EurosAtStake | None, Surge | None]:
        start = max(begin, since)
        week = int(np.searchsorted(material.weeks, start))
        gap = gap_of(finding, week, random_of(key, "gap"))
        people = yearly(attempts.time[mine], start, material.end, key=key)
        lost = np.maximum(gap.reference_draws - gap.level_draws, 0.0)
        now = attempts.take(mine & attempts.is_followed & (attempts.week >= max(week, finding.since)))
        sides = _sides(finding, material, mine)
        numbers = _numbers(material, told.terms, people, lost, gap, now, sides, key)
        numbers = numbers.with_overrides(overrides)
        return numbers, numbers.stake(key, grade), people.surge

    figure = figure_of(
        make, counted="people", key=key, begin=material.begin, first=material.first, end=material.end
    )
    start = max(material.begin, since)
    gap = gap_of(finding, int(np.searchsorted(material.weeks, start)), random_of(key, "gap"))
    return Pain(
        key=key,
        kind="funnel",
        touchpoint=touchpoint,
        unit=finding.unit,
        reason=None,
        numbers=figure.numbers,
        stake=figure.stake,
        grade=grade,
        level=gap.level.as_data(),
        reference=reference_data(material, finding, gap),
        days=(material.end - start) / _DAY,
        windows=figure.windows,
        widened=figure.widened,
        split=figure.split,
        people=people_of(finding),
        lacks=lacks_of(told.terms, figure.numbers),
        raises_grade=RAISES[grade],
    )


_DAY = 86_400_000_000


def reference_data(material: Material, finding: Finding, gap: Gap) -> dict[str, Any]:
    """The reference as the document has it."""
    others = None
    if finding.kind == "comparable" and finding.table is not None:
        values = [finding.table.units.values[at] for at in sorted(finding.others)]
        others = {"property": finding.table.units.name, "value": ", ".join(values)}
    since = None
    if finding.kind == "before":
        since = day_of(int(material.weeks[finding.since]), material.walk.plan.timezone)
    return {"kind": finding.kind, **gap.reference.as_data(), "since": since, "unit": others}


def lacks_of(terms: MoneyTerms | None, numbers: Numbers) -> tuple[str, ...]:
    """Codes of what would give a figure."""
    if terms is None:
        return ("money",)
    codes: list[str] = []
    for name in numbers.lacking:
        if name in ("lost_share", "avoidable_share", "lost_retention"):
            codes += ["earlier-level", "comparable-units", "goal"]
        elif name in ("downstream", "order_value"):
            codes.append("orders")
        else:
            codes.append(name)
    return tuple(dict.fromkeys(codes))


def open_pain(material: Material, place: int, told: Told) -> Pain:
    """A touchpoint where nothing was found: with a goal, or with a person's own figure, it has euros all the same."""
    touchpoint = material.walk.plan.points[place].id
    key = key_of("funnel", touchpoint, None, None)
    attempts = material.funnel[place]
    target = told.target(touchpoint, "continued")
    level = _continued(material, place) if target is not None else None
    overrides = told.of(key)

    def make(begin: int) -> tuple[Numbers, EurosAtStake | None, Surge | None]:
        people = yearly(attempts.time, begin, material.end, key=key)
        now = attempts.take(attempts.is_followed & (attempts.time >= begin))
        lost: Floats | None = None
        if target is not None and level is not None:
            drawn = random_of(key, "gap").normal(level.value, level.standard_error or 0.0, DRAWS)
            lost = np.maximum(target.target - np.clip(drawn, 0.0, 1.0), 0.0)
        numbers = _numbers(material, told.terms, people, lost, None, now, None, key, level)
        if target is not None:
            numbers = Numbers(
                numbers.inputs,
                {**numbers.source, "lost_share": "goal"},
                numbers.n,
                is_at_most=target.target >= 1,
            )
        numbers = numbers.with_overrides(overrides)
        return numbers, numbers.stake(key, "D"), people.surge

    figure = figure_of(
        make, counted="people", key=key, begin=material.begin, first=material.first, end=material.end
    )
    reference: dict[str, Any] | None = None
    shown: dict[str, Any] = _now(attempts, material.begin).as_data()
    if "lost_share" in figure.numbers.overrides:
        reference = {"kind": "person", "value": None, "ci": None, "n": None, "since": None, "unit": None}
    elif target is not None and level is not None:
        reference = {
            "kind": "goal", "value": target.target, "ci": None, "n": None, "since": None, "unit": None
        }  # fmt: skip
        shown = {"value": level.value, "ci": [level.low, level.high], "n": level.n}
    return Pain(
        key=key,
        kind="funnel",
        touchpoint=touchpoint,
        unit=None,
        reason=None,
        numbers=figure.numbers,
        stake=figure.stake,
        grade="D",
        level=shown,
        reference=reference,
        days=material.days,
        windows=figure.windows,
        widened=figure.widened,
        split=figure.split,
        lacks=lacks_of(told.terms, figure.numbers),
        raises_grade=RAISES["D"],
    )


def _now(attempts: Attempts, begin: int) -> Counted:
    now = attempts.take(attempts.is_followed & (attempts.time >= begin))
    return Counted(float(now.went_on.sum()), float(len(now)), False)


def _continued(material: Material, place: int) -> Estimate | None:
    """The share that continued as the map has it, which is what a goal is set for."""
    point = material.walk.plan.points[place]
    found = material.lanes.get(point.id)
    return None if found is None or found.continued is None else found.continued.share


def _of_unit(finding: Finding, material: Material) -> Flags:
    """Which attempts at the touchpoint are of the finding's unit."""
    attempts = material.funnel[finding.observed.place]
    if finding.table is None:
        return np.ones(len(attempts), dtype=bool)
    prop = finding.table.units.name
    units = next(each for each in material.units[finding.observed.place] if each.name == prop)
    return np.isin(units.codes, list(finding.values))


@dataclass(frozen=True)
class _Sides:
    """Attempts just before a change and just after it."""

    before: Attempts
    after: Attempts


def _sides(finding: Finding, material: Material, mine: Flags) -> _Sides | None:
    """The attempts around a change that tell what the lost would have spent: between the other changes of the funnel,
    each of which lets others come and so makes what they spend another. None where there are too few."""
    if finding.kind != "before" or finding.strata is not None:
        return None
    attempts = material.funnel[finding.observed.place]
    begin = max([finding.begin, *(week for week in material.changed if week < finding.until)])
    later = [week for week in material.changed if week > finding.since]
    end = min(later, default=len(material.weeks))
    week = np.where(mine & attempts.is_followed, attempts.week, -1)
    before = attempts.take((week >= begin) & (week < finding.until))
    after = attempts.take((week >= finding.since) & (week < end))
    enough = min(before.bought.sum(), after.bought.sum()) >= LEAST_BUYERS
    return _Sides(before, after) if enough else None


def _numbers(
    material: Material,
    terms: MoneyTerms | None,
    people: Yearly,
    lost: Floats | None,
    gap: Gap | None,
    now: Attempts,
    sides: _Sides | None,
    key: str,
    map_level: Estimate | None = None,
) -> Numbers:
    """The inputs of a funnel pain. `map_level` is the level by the map's own measure, where the gap is in its terms."""
    went, bought = int(now.went_on.sum()), int(now.bought.sum())
    downstream: Input | None = None
    order: Input | None = None
    if bought >= LEAST_BUYERS:
        passed = share_draws(bought, went, random_of(key, "downstream"))
        if map_level is not None and map_level.value > 0:
            # Orders for each one who continues as the map means it.
            share = share_draws(bought, len(now), random_of(key, "downstream"))
            passed = np.minimum(share / map_level.value, 1.0)
        spent = now.spent[now.bought]
        mean, error = float(spent.mean()), float(spent.std(ddof=1) / np.sqrt(len(spent)))
        usual = np.maximum(random_of(key, "order_value").normal(mean, error, DRAWS), 0.0)
        order = Given(_lost_orders(usual, passed, gap, sides, key) * material.stays)
        downstream = Given(passed) if bought < went else Known(1.0)
    return Numbers(
        inputs={
            "people": Given(people.draws),
            "lost_share": None if lost is None else Given(lost),
            "downstream": downstream,
            "order_value": order,
            "margin": None if terms is None else Known(terms.margin_of(1.0)),
        },
        source={
            "people": "measured",
            "lost_share": "measured",
            "downstream": "measured",
            "order_value": "measured",
            "margin": "answered",
        },
        n={"people": people.seen, "lost_share": len(now), "downstream": went, "order_value": bought},
    )


def _lost_orders(usual: Floats, passed: Floats, gap: Gap | None, sides: _Sides | None, key: str) -> Floats:
    """What an order that is lost would have been worth.

    Who leaves is often not like who stays: a delivery cost keeps small baskets away. What all who came spent, before
    less after, over the share lost, says what the lost would have spent; as far as that is known. The less sure it is
    the more holds of what the others spend, of which it may be any part.
    """
    if sides is None or gap is None:
        return usual
    random = random_of(key, "lost orders")
    was, then = _per_continuer(sides.before, random), _per_continuer(sides.after, random)
    level = share_draws(float(sides.after.went_on.sum()), float(len(sides.after)), random)
    lost = gap.reference_draws - level
    safe = np.where(lost > 0.01, lost, np.nan)
    ratio = (gap.reference_draws * was - level * then) / safe
    ratio = np.where(np.isfinite(ratio), ratio, np.nan)
    if np.isnan(ratio).mean() > 0.05:
        return usual
    ratio = np.where(np.isnan(ratio), np.nanmedian(ratio), ratio)
    expected = usual * passed
    low, high = np.quantile(ratio, [0.1586, 0.8414])
    error = float(high - low) / 2
    vague = _VAGUE * float(expected.mean())
    weight = vague**2 / (vague**2 + error**2) if vague > 0 else 0.0
    return np.maximum((weight * ratio + (1 - weight) * expected) / passed, 0.0)


def _per_continuer(attempts: Attempts, random: np.random.Generator) -> Floats:
    """What each one who went on spent, purchases or not."""
    spent = attempts.spent[attempts.went_on]
    return random.normal(float(spent.mean()), float(spent.std(ddof=1) / np.sqrt(len(spent))), DRAWS)
