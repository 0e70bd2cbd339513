"""Lists of losses written by hand, kept as the engine keeps those it counts."""

from __future__ import annotations

import copy
from typing import Any

from django.utils import timezone
from django_scopes import scope

from polku.decide.losing.keeping import present_version
from polku.decide.models import KeptLosses
from polku.journeys import domain

MONEY = {
    "margin": 0.42,
    "vat_included": True,
    "vat_rate": 0.255,
    "returned": 0.0,
    "contact_cost": 6.5,
    "is_estimate": True,
}


def level(value: float, n: int) -> dict[str, Any]:
    return {"value": value, "ci": [0.9 * value, 1.1 * value], "n": n}


def an_input(
    name: str, kind: str, value: float | None, source: str = "measured", n: int | None = 900
) -> dict:
    points = (None, None, None) if value is None else (0.9 * value, value, 1.1 * value)
    return {"name": name, "value": value, "p10": points[0], "p50": points[1], "p90": points[2], "kind": kind}  | {
        "source": source, "n": n, "override": None,
    }  # fmt: skip


def funnel_inputs(lost: float | None = 0.3) -> list[dict]:
    return [
        an_input("people", "count", 9213),
        an_input("lost_share", "share", lost),
        an_input("downstream", "share", 0.9),
        an_input("order_value", "money", 87.4),
        an_input("margin", "share", 0.32, "answered", None),
    ]


def a_row(rank: int, touchpoint: Any, **changes: Any) -> dict[str, Any]:
    """A funnel pain of Safari that costs 58,000–112,000 a year."""
    row: dict[str, Any] = {
        "key": f"funnel:{touchpoint.pk}:browser=Safari",
        "rank": rank,
        "touchpoint": {"id": touchpoint.pk, "name": touchpoint.name},
        "stage": {"id": touchpoint.stage_id, "name": touchpoint.stage.name},
        "pain": "funnel",
        "unit": {"property": "browser", "value": "Safari"},
        "reason": None,
        "p10": 58_123.0,
        "p50": 84_222.0,
        "p90": 112_480.0,
        "grade": "B",
        "is_at_most": False,
        "cost": None,
        "net": 84_222.0,
        "days": 79.0,
        "level": level(0.44, 1988),
        "reference": {"kind": "before", **level(0.77, 917), "since": "2026-07-13", "unit": None},
        "inputs": funnel_inputs(),
        "windows": [{"days": 28, "p50": 91_000.0}, {"days": 90, "p50": 84_222.0}],
        "widened": None,
        "split": None,
        "swings": {"people": 0.07, "lost_share": 0.54, "order_value": 0.39},
        "raises_grade": ["experiment"],
        "lacks": [],
        "overlaps": [],
        "is_distinguishable": True,
        "people": {"property": "browser", "op": "eq", "value": "Safari"},
        "state": "open",
        "action": None,
        "dismissal": None,
    }
    return row | copy.deepcopy(changes)


def without_euros(rank: int, touchpoint: Any, **changes: Any) -> dict[str, Any]:
    """Nothing there is clearly worse than anything."""
    return a_row(rank, touchpoint) | {
        "key": f"funnel:{touchpoint.pk}", "unit": None, "p10": None, "p50": None, "p90": None, "net": None,
        "grade": "D", "reference": None, "inputs": funnel_inputs(lost=None), "windows": [], "swings": {},
        "lacks": ["earlier-level", "comparable-units", "goal"], "people": None,
    } | changes  # fmt: skip


def a_list(rows: list[dict], **changes: Any) -> dict[str, Any]:
    return {
        "kind": "fix_first",
        "data_as_of": "2026-09-30T03:59:15Z",
        "currency": "EUR",
        "money": MONEY,
        "period": {"from": "2026-07-02", "to": "2026-09-30", "days": 90},
        "turnover": {"sales": 2_100_000.0, "margin": 882_000.0},
        "total": {"p10": 120_000.0, "p50": 166_000.0, "p90": 221_000.0, "share": 0.188},
        "rows": rows,
    } | changes


def draw_map(workspace: Any) -> tuple[Any, Any]:
    """(payment, basket)."""
    journey = domain.create_journey(workspace=workspace, name="Ostopolku")
    stage = domain.add_stage(journey=journey, name="Osto")
    return domain.add_touchpoint(stage=stage, name="Maksu"), domain.add_touchpoint(
        stage=stage, name="Ostoskori"
    )


def keep(journey: Any, document: dict[str, Any]) -> None:
    """As what was counted last, and is the newest until somebody writes something."""
    workspace = journey.workspace
    with scope(workspace=workspace):
        KeptLosses.objects.update_or_create(
            journey=journey,
            defaults={
                "workspace": workspace,
                "version": present_version(workspace, journey),
                "document": document | {"journey": {"id": journey.pk, "name": journey.name}},
                "counted_at": timezone.now(),
            },
        )
