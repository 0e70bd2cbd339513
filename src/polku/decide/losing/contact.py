"""Contact pains: contacts that would not come if the level were that of its reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.analytics.money import MoneyTerms
from polku.decide.losing.annual import Surge, figure_of, yearly
from polku.decide.losing.findings import Finding
from polku.decide.losing.funnel import lacks_of, reference_data
from polku.decide.losing.inputs import Floats, Given, Numbers, random_of
from polku.decide.losing.levels import Counted, gap_of
from polku.decide.losing.material import Material
from polku.decide.losing.observing import Observed
from polku.decide.losing.pains import RAISES, Pain, key_of, people_of
from polku.decide.losing.told import Target, Told
from polku.journeys.live.plan import DAY
from polku.statistics.euros import EurosAtStake, Grade, Known


def found_pain(material: Material, finding: Finding, told: Told) -> Pain:
    """The pain of a finding."""
    observed = finding.observed
    touchpoint = material.walk.plan.points[observed.place].id
    key = key_of("contact", touchpoint, observed.reason, finding.unit)
    visits, contacts = _times(material, observed, finding)
    since = int(material.weeks[finding.since]) if finding.kind == "before" else 0
    grade: Grade = "B" if finding.has_control else "C"
    overrides = told.of(key)

    def make(begin: int) -> tuple[Numbers, EurosAtStake | None, Surge | None]:
        start = max(begin, since)
        gap = gap_of(finding, int(np.searchsorted(material.weeks, start)), random_of(key, "gap"))
        people = yearly(visits, start, material.end, key=key)
        avoidable = 1 - np.minimum(gap.reference_draws / np.maximum(gap.level_draws, 1e-12), 1.0)
        seen = int((contacts >= start).sum())
        numbers = _numbers(told.terms, people.draws * gap.level_draws, seen, avoidable, int(gap.level.n))
        numbers = numbers.with_overrides(overrides)
        return numbers, numbers.stake(key, grade), people.surge

    figure = figure_of(
        make, counted="contacts", key=key, begin=material.begin, first=material.first, end=material.end
    )
    start = max(material.begin, since)
    gap = gap_of(finding, int(np.searchsorted(material.weeks, start)), random_of(key, "gap"))
    return Pain(
        key=key,
        kind="contact",
        touchpoint=touchpoint,
        unit=finding.unit,
        reason=observed.reason,
        numbers=figure.numbers,
        stake=figure.stake,
        grade=grade,
        level=gap.level.as_data(),
        reference=reference_data(material, finding, gap),
        days=(material.end - start) / DAY,
        windows=figure.windows,
        widened=figure.widened,
        split=figure.split,
        people=people_of(finding),
        lacks=lacks_of(told.terms, figure.numbers),
        raises_grade=RAISES[grade],
    )


def open_pain(material: Material, place: int, reason: str | None, told: Told) -> Pain:
    """Contacts of a reason (None: all of the touchpoint's, as a goal may be set for them) of which the data alone does
    not say what could be avoided."""
    touchpoint = material.walk.plan.points[place].id
    key = key_of("contact", touchpoint, reason, None)
    visits = material.visits[place].time
    contacts = np.sort(
        np.concatenate([_contacts(material, place, each) for each in _reasons(material, place, reason)])
    )
    target = told.target(touchpoint, *(("contact", "") if reason is None else ("reason", reason)))
    overrides = told.of(key)

    def make(begin: int) -> tuple[Numbers, EurosAtStake | None, Surge | None]:
        level = _level(visits, contacts, begin)
        drawn = level.draws(random_of(key, "gap"))
        people = yearly(visits, begin, material.end, key=key)
        avoidable = None
        if target is not None:
            avoidable = 1 - np.minimum(target.target / 100 / np.maximum(drawn, 1e-12), 1.0)
        numbers = _numbers(told.terms, people.draws * drawn, int(level.hits), avoidable, int(level.n))
        if target is not None:
            numbers = Numbers(numbers.inputs, {**numbers.source, "avoidable_share": "goal"}, numbers.n)
        numbers = numbers.with_overrides(overrides)
        return numbers, numbers.stake(key, "D"), people.surge

    figure = figure_of(
        make, counted="contacts", key=key, begin=material.begin, first=material.first, end=material.end
    )
    return Pain(
        key=key,
        kind="contact",
        touchpoint=touchpoint,
        unit=None,
        reason=reason,
        numbers=figure.numbers,
        stake=figure.stake,
        grade="D",
        level=_level(visits, contacts, material.begin).as_data(),
        reference=_open_reference(figure.numbers, target),
        days=material.days,
        windows=figure.windows,
        widened=figure.widened,
        split=figure.split,
        lacks=lacks_of(told.terms, figure.numbers),
        raises_grade=RAISES["D"],
    )


def _open_reference(numbers: Numbers, target: Target | None) -> dict[str, Any] | None:
    empty = {"ci": None, "n": None, "since": None, "unit": None}
    if "avoidable_share" in numbers.overrides:
        return {"kind": "person", "value": None, **empty}
    return None if target is None else {"kind": "goal", "value": target.target, **empty}


def _level(visits: NDArray[np.int64], contacts: NDArray[np.int64], begin: int) -> Counted:
    return Counted(float((contacts >= begin).sum()), float((visits >= begin).sum()), True)


def _times(
    material: Material, observed: Observed, finding: Finding
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When attempts and contacts of a finding's unit were (None: of everybody)."""
    visits = material.visits[observed.place].time
    contacts = _contacts(material, observed.place, str(observed.reason))
    if finding.table is None:
        return visits, contacts
    mine = np.isin(finding.table.units.codes, list(finding.values))
    theirs = np.isin(observed.hit_codes(finding.table.units), list(finding.values))
    return visits[mine], contacts[theirs]


def _contacts(material: Material, place: int, reason: str) -> NDArray[np.int64]:
    return material.walk.signals.time[material.contacts[place, reason]]


def _reasons(material: Material, place: int, reason: str | None) -> list[str]:
    """The reason itself, or all that people gave at the touchpoint."""
    return [each for at, each in material.contacts if at == place and reason in (None, each)]


def _numbers(
    terms: MoneyTerms | None, contacts: Floats, seen: int, avoidable: Floats | None, n: int
) -> Numbers:
    return Numbers(
        inputs={
            "contacts": Given(contacts),
            "avoidable_share": None if avoidable is None else Given(avoidable),
            "unit_cost": None if terms is None else Known(terms.contact_cost),
        },
        source={"contacts": "measured", "avoidable_share": "measured", "unit_cost": "answered"},
        n={"contacts": seen, "avoidable_share": n},
    )
