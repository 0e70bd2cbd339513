"""The kind of question "changes": every figure of a map against another period, the clear changes apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics import QueryError
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Kind
from polku.analytics.parsing import parse_compare
from polku.analytics.ranges import parse_range
from polku.decide.changing.periods import newest
from polku.eventstore.port import Scope
from polku.journeys.live.assembling import written
from polku.journeys.live.changes import ENOUGH, REASON, Change
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.live.plan import Plan
from polku.journeys.live.reading import LiveNumbers, live_numbers
from polku.journeys.live.structure import Structure, read_structure
from polku.journeys.live.times import local, microseconds
from polku.journeys.models import Journey

Document = dict[str, Any]

_LARGEST_ID = 2**63 - 1


def changes_kind() -> Kind:
    """What `analytics.kinds.register` takes."""
    return Kind(name="changes", fields=("journey", "compare"), run=_run, version=_version)


def _run(context: QueryContext, query: Mapping[str, object]) -> dict[str, object]:
    """The map's own comparison (`journeys.live.changes`), told figure by figure.

    Without `range` the last 28 days, without `compare` as many days just before the range. `clear` are the changes
    that survive the correction over the whole map, the surest first, how many came last; `unchanged` were tested
    without evidence; `untested` could not be, and `why` says the reason.
    """
    structure = _structure(context.workspace, query)
    now, before = _periods(context, query)
    numbers = live_numbers(context.store, context.key, structure.plan, context.state, now, before)
    rows, untested = _rows(structure, numbers, _day(now, structure.plan))
    tested = sorted((row for row in rows if row["p"] is not None), key=_surest_first)
    return {
        "journey": {"id": structure.journey.pk, "name": structure.journey.name},
        "range": _told(now, structure.plan),
        "compare": {
            **_told(before, structure.plan),
            "as_of": f"{numbers.compared_as_of.isoformat()}Z" if numbers.compared_as_of else None,
        },
        "tested": len(tested),
        "clear": [row for row in tested if row["clear"]],
        "unchanged": [row for row in tested if not row["clear"]],
        "untested": untested,
        "rows_scanned": numbers.rows_scanned,
    }


def _surest_first(row: Document) -> tuple[bool, float, str]:
    """How many came stands behind what happened to them: crowds change more surely than anything else."""
    return row["figure"] == "reached", row["p"], row["key"]


def _periods(context: QueryContext, query: Mapping[str, object]) -> tuple[Scope, Scope]:
    zone = context.workspace.timezone
    now = context.scope
    if "range" not in query:
        start, end = parse_range(newest(context.state, zone).range(zone), zone)
        now = replace(now, start=start, end=end)
    if context.compare is not None:
        if "range" in query:
            return now, context.compare
        return now, parse_compare(context.workspace, query["compare"], now, segments=False, warnings=[])
    if now.start is None or now.end is None:
        raise QueryError(
            _("Changes need both ends of “range”, or a range in “compare” as well."), field="range"
        )
    # On the calendar, so that a change to summer time does not move midnights.
    first, behind = (local(microseconds(end), zone) for end in (now.start, now.end))
    length = max(timedelta(days=1), behind - first)
    try:
        stretch = {"from": (first - length).isoformat(), "to": first.isoformat()}
    except OverflowError:
        raise QueryError(_("There is no time before “range”."), field="range") from None
    start, end = parse_range(stretch, zone, field="compare")
    return now, replace(now, start=start, end=end)


def _rows(structure: Structure, numbers: LiveNumbers, since: str) -> tuple[list[Document], list[Document]]:
    """Every figure that both periods have, and those that could not be tested with the reason."""
    rows: list[Document] = []
    untested: list[Document] = []
    changes = numbers.changes or {}
    for stage, touchpoints in structure.stages:
        for touchpoint in touchpoints:
            if touchpoint.pk not in changes:
                continue
            lanes = numbers.points[touchpoint.pk]
            place = {
                "touchpoint": {"id": touchpoint.pk, "name": touchpoint.name},
                "stage": {"id": stage.pk, "name": stage.name},
            }
            of_point = changes[touchpoint.pk]
            for name, change in of_point.items():
                row = {**place, **_named(name, lanes)}
                if change is not None:
                    repeats = name == "feel" and _is_same_question(lanes)
                    rows.append({**row, **_told_change(change, since), "repeats": "say" if repeats else None})
                if change is None and _is_there(name, lanes):
                    untested.append({**row, "why": "not-before"})
                elif change is not None and change.p is None:
                    few = min(change.previous_n, change.now_n) < ENOUGH
                    untested.append({**row, "why": "few" if few else "no-spread"})
    for row in rows:
        row["key"] = f"{row['touchpoint']['id']}:{row['figure']}:{row['metric'] or ''}"
    return rows, untested


def _named(name: str, lanes: PointNumbers) -> Document:
    named: Document = {"figure": name, "metric": None, "scale": None}
    if name.startswith(REASON):
        named |= {"figure": "reason", "metric": name.removeprefix(REASON)}
    elif name == "say" and lanes.say:
        named |= {"metric": lanes.say[0].metric, "scale": list(lanes.say[0].scale)}
    elif name == "feel" and lanes.feel:
        named |= {"metric": lanes.feel.source, "scale": list(lanes.feel.scale)}
    return named


def _is_same_question(lanes: PointNumbers) -> bool:
    """Whether the feeling was read from the very answers of the score."""
    first = lanes.say[0] if lanes.say else None
    return bool(first and lanes.feel and (lanes.feel.source, lanes.feel.scale) == (first.metric, first.scale))


def _is_there(name: str, lanes: PointNumbers) -> bool:
    there = {
        "continued": lanes.continued,
        "say": lanes.say,
        "contact": lanes.contact,
        "buy": lanes.buy and lanes.buy.buyers,
    }
    return bool(there.get(name))


def _told_change(change: Change, since: str) -> Document:
    return {
        "before": _figure(change.previous, change.previous_interval, change.previous_n),
        "after": _figure(change.now, change.now_interval, change.now_n),
        "difference": change.difference,
        "ci": list(change.interval) if change.interval else None,
        "p": change.p,
        "clear": change.clear,
        "since": since,
    }


def _figure(value: float, interval: tuple[float, float] | None, n: int) -> Document:
    return {"value": value, "ci": list(interval) if interval else None, "n": n}


def _day(scope_: Scope, plan: Plan) -> str:
    return "" if scope_.start is None else local(microseconds(scope_.start), plan.timezone).date().isoformat()


def _told(scope_: Scope, plan: Plan) -> Document:
    """The range in local time, as it was asked for or chosen."""
    ends = (scope_.start, scope_.end)
    first, behind = (None if end is None else f"{end.isoformat()}Z" for end in ends)
    return {"from": first, "to": behind}


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """Everything people wrote into the map, and the day: without a range the answer follows the calendar."""
    structure = _structure(context.workspace, query)
    day = "" if "range" in query else newest(context.state, context.workspace.timezone).last
    text = repr((written(structure), structure.plan, day))
    return hashlib.sha256(text.encode()).hexdigest()


def _structure(workspace: Workspace, query: Mapping[str, object]) -> Structure:
    number = query.get("journey")
    if isinstance(number, bool) or not isinstance(number, int):
        raise QueryError(_("“journey” must be the number of a journey."), field="journey")
    with scope(workspace=workspace):
        journey = Journey.objects.filter(pk=number).first() if 0 < number <= _LARGEST_ID else None
        if journey is None:
            raise QueryError(_("There is no journey %(number)d.") % {"number": number}, field="journey")
        return read_structure(workspace, journey)
