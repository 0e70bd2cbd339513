"""From a finished action to the document of its effect, counted from the signals; and who is estimated when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics.ranges import local_midnight
from polku.decide.acting.effects import CLEAR, ENOUGH, Level, effect_of, in_money
from polku.decide.acting.levels import Counted, People, feeling_source, level, shared_horizon
from polku.decide.acting.windows import Windows, final_on, full_on, windows_of
from polku.eventstore.port import EventStore, Scope, Selector, SignalKind
from polku.eventstore.registry import store as open_store
from polku.journeys.acting import actions_of
from polku.journeys.domain import note_effect
from polku.journeys.live.changes import same_age
from polku.journeys.live.plan import Plan
from polku.journeys.live.reading import period_of, read_map
from polku.journeys.live.structure import read_structure
from polku.journeys.live.times import local, microseconds
from polku.journeys.models import Action

Document = dict[str, Any]

_VISITS = (SignalKind.EVENT, SignalKind.ORDER)
_VOICES = (SignalKind.SCORE, SignalKind.CONTACT, SignalKind.COMMENT)


def estimate_effects(workspace: Workspace) -> int:
    """Estimate every finished action of a workspace whose estimate is not final; how many were written."""
    with scope(workspace=workspace):
        waiting = [
            action
            for action in actions_of(workspace, [Action.State.DONE])
            if action.metric and not (action.effect or {}).get("is_final")
        ]
        written = 0
        for action in waiting:
            effect = estimate(action)
            if effect is not None:
                written += note_effect(action=action, effect=effect)
    return written


def estimate(action: Action) -> Document | None:
    """The effect of a finished action as it is known now, inside the workspace's scope; None without any signals.

    {"state": "too-early" | "few" | "no-figure" | "estimated", "figure", "metric", "before", "after", "control",
    "difference": {"value", "ci", "p"}, "grade", "windows", "weeks", "is_full", "is_final", "is_clear", "again_on",
    "money": {"p10", "p50", "p90"} | null, "needs", "as_of"}. Whether it is clear is said once the window is full, and
    not by every look before: somebody who looks often enough would always see something.
    """
    workspace, store = action.workspace, open_store()
    touchpoint = action.opportunity.touchpoint
    plan = read_structure(workspace, touchpoint.stage.journey).plan
    point = next((each for each in plan.points if each.id == touchpoint.pk), None)
    state = store.state(workspace.key.hex)
    if state.data_as_of is None or action.done_on is None or not action.metric:
        return None
    known_on = local(microseconds(state.data_as_of), plan.timezone).date()
    document: Document = {
        "state": "too-early",
        "figure": action.metric["figure"],
        "metric": action.metric,
        **dict.fromkeys(["before", "after", "control", "difference", "grade", "windows", "money"]),
        "weeks": 0,
        "is_full": False,
        "is_final": known_on >= final_on(action.done_on),
        "is_clear": False,
        "needs": ENOUGH,
        "again_on": full_on(action.done_on).isoformat(),
        "as_of": known_on.isoformat(),
    }
    windows = windows_of(action.done_on, known_on)
    if windows is None:
        return document
    document |= {
        "windows": {name: _days(*getattr(windows, name)) for name in ("before", "after")},
        "weeks": windows.weeks,
        "is_full": windows.is_full,
    }
    if point is None or point.backstage or not point.bound:
        return document | {"state": "no-figure"}
    return document | _compare(action, store, plan, windows)


def _compare(action: Action, store: EventStore, plan: Plan, windows: Windows) -> Document:
    workspace, touchpoint, metric = action.workspace, action.opportunity.touchpoint_id, action.metric
    key, state = workspace.key.hex, store.state(workspace.key.hex)
    scopes = [_scope(plan.timezone, days) for days in (windows.before, windows.after)]
    signals, orders, purchases = read_map(store, key, plan, scopes[0])
    after_period = period_of(scopes[1], state)
    periods = (same_age(after_period, period_of(scopes[0], state), plan.timezone), after_period)

    def counted(groups: Sequence[People | None]) -> list[Counted]:
        return [
            Counted(signals, orders, purchases, plan, period, people)
            for period, people in zip(periods, groups, strict=True)
        ]

    touched: Sequence[People | None] = [None, None]
    others: Sequence[People] = []
    if unit := metric.get("unit"):
        found = [_people_of(store, key, each, plan, touchpoint, unit) for each in scopes]
        touched = [here for here, _elsewhere in found]
        others = [elsewhere for _here, elsewhere in found]
    mine = counted(touched)
    control = counted(others) if others else []
    levels = _levels([*mine, *control], touchpoint, metric)
    before, after = levels[:2]
    if before is None or after is None:
        return {"state": "few" if before is not None or after is not None else "no-figure"} | _shown(
            before, after
        )
    if min(before.n, after.n) < ENOUGH:
        return {"state": "few", **_shown(before, after)}
    beside = _control(levels[2:])
    effect = effect_of(before, after, beside, is_count=metric["figure"] == "reached")
    return {
        "state": "estimated",
        **_shown(before, after),
        "control": beside and {"unit": unit, **_shown(*beside)},
        "difference": {"value": effect.value, "ci": [effect.low, effect.high], "p": effect.p},
        "grade": effect.grade,
        "is_clear": windows.is_full and effect.p is not None and effect.p <= CLEAR,
        "money": _money(action, effect),
    }


def _levels(counted: list[Counted], touchpoint: int, metric: Document) -> list[Level | None]:
    if metric["figure"] == "feel":
        sources = {feeling_source(each, touchpoint) for each in counted[:2]}
        if len(sources) != 1:
            return [None] * len(counted)
    horizon = shared_horizon(counted, touchpoint) if metric["figure"] == "continued" else None
    return [level(each, touchpoint, metric, horizon=horizon) for each in counted]


def _control(levels: list[Level | None]) -> tuple[Level, Level] | None:
    """A control that is too small tells less than none."""
    if len(levels) != 2 or levels[0] is None or levels[1] is None:
        return None
    return (levels[0], levels[1]) if min(levels[0].n, levels[1].n) >= ENOUGH else None


def _people_of(
    store: EventStore, key: str, within: Scope, plan: Plan, touchpoint: int, unit: Document
) -> tuple[People, People]:
    """Those whose first signal at the touchpoint had the unit's value, or one of them, and the others there."""
    basis = next(point.basis for point in plan.points if point.id == touchpoint)
    here = Selector(kinds=_VISITS if basis == "signals" else _VOICES, touchpoint=touchpoint)
    rows = store.sequences(key, within, [here], unit="person", others=False, breakdown=unit["property"])
    starts = np.ones(len(rows.unit), dtype=bool)
    np.not_equal(rows.unit[1:], rows.unit[:-1], out=starts[1:])
    wanted = list(unit.get("values") or [unit["value"]])
    people, has = rows.unit[starts], np.isin(rows.key[starts].astype(str), wanted)
    return np.unique(people[has]), np.unique(people[~has])


def _money(action: Action, effect: Any) -> Document | None:
    estimate = action.opportunity.estimate or {}
    if not {"p10", "p50", "p90", "level", "reference"} <= estimate.keys():
        return None
    loss = (estimate["p10"], estimate["p50"], estimate["p90"])
    made = in_money(effect, loss=loss, level=estimate["level"], reference=estimate["reference"])
    return None if made is None else dict(zip(("p10", "p50", "p90"), made, strict=True))


def _scope(timezone: str, days: tuple[date, date]) -> Scope:
    return Scope(
        start=local_midnight(days[0], timezone), end=local_midnight(days[1], timezone), timezone=timezone
    )


def _shown(before: Level | None, after: Level | None) -> Document:
    def shown(one: Level | None) -> Document | None:
        return None if one is None else {"value": one.value, "ci": [one.low, one.high], "n": one.n}

    return {"before": shown(before), "after": shown(after)}


def _days(first: date, behind: date) -> list[str]:
    """The first and the last day."""
    return [first.isoformat(), date.fromordinal(behind.toordinal() - 1).isoformat()]
