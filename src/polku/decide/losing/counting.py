"""The whole list of a journey, counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from polku.accounts.models import Workspace
from polku.decide.losing import contact, findings, funnel, retention
from polku.decide.losing.annual import NEWEST, YEAR
from polku.decide.losing.loyalty import worse_loyalty
from polku.decide.losing.material import Material, read_material
from polku.decide.losing.pains import Pain
from polku.decide.losing.ranking import Ranked, Total, ranked, total
from polku.decide.losing.told import Told
from polku.eventstore import cancelling
from polku.eventstore.port import EventStore, Scope
from polku.journeys.live.plan import DAY
from polku.journeys.live.reading import live_numbers
from polku.journeys.live.structure import Structure
from polku.journeys.live.times import moment


@dataclass(frozen=True)
class Turnover:
    """A year's, without VAT and what comes back."""

    sales: float
    margin: float


@dataclass(frozen=True)
class Counted:
    """A list with all that it rests on; `material` is None where there is too little data yet."""

    material: Material | None
    rows: list[Ranked]
    total: Total | None
    turnover: Turnover | None


def count(
    store: EventStore, key: str, workspace: Workspace, structure: Structure, told: Told, scope: Scope
) -> Counted:
    """Find the pains of a journey and what they cost. Seconds for millions of signals; it looks up now and then whether
    anybody still waits (`eventstore.cancelling`)."""
    material = read_material(store, key, workspace, structure, scope)
    if material is None:
        return Counted(None, [], None, None)
    if any(target.figure == "continued" for target in told.targets):
        start = max(material.end - NEWEST * DAY, material.first)
        newest = replace(scope, start=moment(start))
        numbers = live_numbers(store, key, structure.plan, store.state(key), newest, None)
        material = replace(material, lanes=numbers.points)
    pains, material = find_pains(material, told)
    pains += _of_loyalty(material, workspace, told)
    turnover = _turnover(material, told)
    rows = ranked(pains, {pain.key: told.cost(pain.key) for pain in pains})
    margin = None if turnover is None else turnover.margin
    return Counted(material, rows, total(rows, margin, frozenset(told.dismissals)), turnover)


def find_pains(material: Material, told: Told) -> tuple[list[Pain], Material]:
    """Every pain, with euros and without."""
    found = findings.find(material.observed, period=material.first_week)
    changed = {each.since for each in found if each.observed.reason is None and each.kind == "before"}
    material = replace(material, changed=tuple(sorted(changed)))
    pains: list[Pain] = []
    for observed in material.observed:
        cancelling.check()
        mine = [each for each in found if each.observed is observed]
        room = funnel if observed.reason is None else contact
        pains += [room.found_pain(material, each, told) for each in mine]
        if mine:
            continue
        if observed.reason is None:
            pains.append(funnel.open_pain(material, observed.place, told))
        else:
            pains.append(contact.open_pain(material, observed.place, observed.reason, told))
    for place in {place for place, _reason in material.contacts}:
        if told.target(material.walk.plan.points[place].id, "contact") is not None:
            pains.append(contact.open_pain(material, place, None, told))
    return pains, material


def _of_loyalty(material: Material, workspace: Workspace, told: Told) -> list[Pain]:
    """Retention pains; what a customer is worth is asked only where there are any."""
    found = worse_loyalty(material, material.purchase_stage)
    if not found:
        return []
    worth = retention.worth_of(workspace)
    return [retention.found_pain(material, each, worth, told) for each in found]


def _turnover(material: Material, told: Told) -> Turnover | None:
    if told.terms is None:
        return None
    yearly = material.sold * YEAR / material.days
    return Turnover(
        told.terms.sales_without_vat(yearly) * (1 - told.terms.returned), told.terms.margin_of(yearly)
    )


__all__: Sequence[str] = ["Counted", "Turnover", "count", "find_pains"]
