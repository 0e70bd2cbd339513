"""Retention pains: customers who do not come back after something went wrong, and what they would have brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polku.accounts.models import Workspace
from polku.analytics import QueryError, run
from polku.decide.losing.annual import Surge, figure_of, yearly
from polku.decide.losing.funnel import lacks_of
from polku.decide.losing.inputs import Given, Numbers, random_of
from polku.decide.losing.levels import Counted
from polku.decide.losing.loyalty import Loyalty
from polku.decide.losing.material import Material
from polku.decide.losing.pains import RAISES, Pain, key_of
from polku.decide.losing.told import Told
from polku.statistics import Estimate
from polku.statistics.euros import EurosAtStake, Measured


@dataclass(frozen=True)
class Worth:
    """What a customer brings in a year, in margin; None where no model fits."""

    value: Estimate | None


def worth_of(workspace: Workspace) -> Worth:
    """From the kind of question "clv", whose answer is kept while nothing changes."""
    try:
        answer = run(workspace, {"kind": "clv"})
    except QueryError:
        return Worth(None)
    mean, ends, customers = answer["mean"], answer["ci"], answer["customers"]
    if not isinstance(mean, float) or not isinstance(ends, list):
        return Worth(None)
    n = customers if isinstance(customers, int) else 0
    return Worth(Estimate(value=mean, low=ends[0], high=ends[1], n=n, method="BG/NBD and Gamma-Gamma"))


def found_pain(material: Material, loyalty: Loyalty, worth: Worth, told: Told) -> Pain:
    """The pain of an experience: statistics among customers alike, so grade C."""
    seen = loyalty.experience
    touchpoint = material.walk.plan.points[seen.place].id
    key = key_of("retention", touchpoint, seen.cause, None)
    overrides = told.of(key)
    when = np.sort(seen.time[seen.bad])

    def make(begin: int) -> tuple[Numbers, EurosAtStake | None, Surge | None]:
        people = yearly(when, begin, material.end, key=key)
        value = None if told.terms is None or worth.value is None else Measured(worth.value, least=0.0)
        numbers = Numbers(
            inputs={
                "people": Given(people.draws),
                "lost_retention": Given(loyalty.lost(random_of(key, "gap"))),
                "lifetime_value": value,
            },
            source=dict.fromkeys(("people", "lost_retention", "lifetime_value"), "measured"),
            n={
                "people": people.seen,
                "lost_retention": int(loyalty.own[1].sum() + loyalty.others[1].sum()),
                "lifetime_value": 0 if worth.value is None else worth.value.n,
            },
        ).with_overrides(overrides)
        return numbers, numbers.stake(key, "C"), people.surge

    figure = figure_of(
        make, counted="people", key=key, begin=material.begin, first=material.first, end=material.end
    )
    reference: dict[str, Any] = {
        "kind": "comparable",
        **_level(loyalty.others).as_data(),
        "since": None,
        "unit": None,
    }
    return Pain(
        key=key,
        kind="retention",
        touchpoint=touchpoint,
        unit=None,
        reason=seen.cause,
        numbers=figure.numbers,
        stake=figure.stake,
        grade="C",
        level=_level(loyalty.own).as_data(),
        reference=reference,
        days=material.days,
        windows=figure.windows,
        widened=figure.widened,
        split=figure.split,
        lacks=lacks_of(told.terms, figure.numbers),
        raises_grade=RAISES["C"],
    )


def _level(counted: tuple[np.ndarray, np.ndarray]) -> Counted:
    return Counted(float(counted[0].sum()), float(counted[1].sum()), False)
