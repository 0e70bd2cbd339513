"""The list as data: what pages, files and the kind of question "fix_first" are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.accounts.models import Workspace
from polku.analytics.money import MoneyTerms
from polku.decide.losing.counting import Counted
from polku.decide.losing.inputs import KINDS, Numbers
from polku.decide.losing.material import Material, day_of
from polku.decide.losing.ranking import Ranked
from polku.decide.losing.told import Told
from polku.journeys.live.structure import Structure
from polku.statistics.euros import DRAWS, euros_at_stake

Document = dict[str, Any]


def document(workspace: Workspace, structure: Structure, told: Told, counted: Counted) -> Document:
    """Plain data without sentences; what it means is told in docs/reference/queries.md."""
    places = {
        point.pk: ({"id": point.pk, "name": point.name}, {"id": stage.pk, "name": stage.name})
        for stage, points in structure.stages
        for point in points
    }
    turnover, total = counted.turnover, counted.total
    return {
        "journey": {"id": structure.journey.pk, "name": structure.journey.name},
        "currency": workspace.currency,
        "money": _money(told.terms),
        "period": _period(counted.material),
        "turnover": turnover and {"sales": turnover.sales, "margin": turnover.margin},
        "total": total and {"p10": total.p10, "p50": total.p50, "p90": total.p90, "share": total.share},
        "rows": [_row(rank, row, places, told) for rank, row in enumerate(counted.rows, 1)],
    }


def _money(terms: MoneyTerms | None) -> Document | None:
    if terms is None:
        return None
    names = ("margin", "vat_included", "vat_rate", "returned", "contact_cost", "is_estimate")
    return {name: getattr(terms, name) for name in names}


def _period(material: Material | None) -> Document | None:
    if material is None:
        return None
    timezone = material.walk.plan.timezone
    return {
        "from": day_of(material.begin, timezone),
        "to": day_of(material.end - 1, timezone),
        "days": round(material.days),
    }


def _row(rank: int, row: Ranked, places: Mapping[int, tuple[Document, Document]], told: Told) -> Document:
    pain, stake = row.pain, row.pain.stake
    touchpoint, stage = places[pain.touchpoint]
    action, dismissal = told.actions.get(pain.key), told.dismissals.get(pain.key)
    return {
        "key": pain.key,
        "rank": rank,
        "touchpoint": touchpoint,
        "stage": stage,
        "pain": pain.kind,
        "unit": pain.unit,
        "reason": pain.reason,
        "p10": stake and stake.p10,
        "p50": stake and stake.p50,
        "p90": stake and stake.p90,
        "grade": pain.grade,
        "is_at_most": pain.numbers.is_at_most,
        "cost": row.cost,
        "net": row.net,
        "days": pain.days,
        "level": pain.level,
        "reference": pain.reference,
        "inputs": _inputs(pain.numbers),
        "windows": [{"days": days, "p50": p50} for days, p50 in pain.windows],
        "widened": pain.widened,
        "split": pain.split and list(pain.split),
        "swings": dict(stake.swings) if stake else {},
        "raises_grade": list(pain.raises_grade),
        "lacks": list(pain.lacks) if stake is None else [],
        "overlaps": list(row.overlaps),
        "is_distinguishable": row.is_distinguishable,
        "people": pain.people,
        "state": "dismissed" if dismissal else "in-work" if action else "open",
        "action": action,
        "dismissal": dismissal,
    }


def _inputs(numbers: Numbers) -> list[Document]:
    return [_input(name, numbers) for name in numbers.inputs]


def _input(name: str, numbers: Numbers) -> Document:
    held, override = numbers.inputs[name], numbers.overrides.get(name)
    # One factor alone: its own points.
    points = (
        (None, None, None)
        if held is None
        else euros_at_stake(factors={name: held}, grade="D", draws=DRAWS).inputs[name]
    )
    return {
        "name": name,
        "value": points[1],
        "p10": points[0],
        "p50": points[1],
        "p90": points[2],
        "kind": KINDS[name],
        "source": numbers.source[name],
        "n": numbers.n.get(name),
        "override": override and override.as_data(),
    }
