"""The measurement plan of a map: what is known at each touchpoint, what is not, how to know it, and who sees to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.models import Workspace
from polku.eventstore.port import StoreError
from polku.journeys import domain
from polku.journeys.feelings import step_of, word_of
from polku.journeys.live.structure import read_structure
from polku.journeys.measuring.knowledge import Knowledge, State, known_at
from polku.journeys.measuring.ways import Means, Situation, Way, way_of
from polku.journeys.models import Journey, Lane, MeasurementCheck, Touchpoint
from polku.journeys.proposing.connecting import match
from polku.journeys.proposing.gathering import received_by
from polku.journeys.proposing.proposals import propose
from polku.journeys.views.lookups import edit_view, get_journey, get_touchpoint, read_view, tell
from polku.journeys.views.proposing import reader_of
from polku.site.formats import Reader

_ASKED = (Lane.DO, Lane.SAY, Lane.CONTACT, Lane.BUY)
"""Lanes that are seen to one by one; how customers feel follows from what they say."""


@dataclass(frozen=True)
class Cell:
    """A lane of a touchpoint. `state` is that of the knowledge, or `arranged`, `not-needed`, `guessed`."""

    lane: Lane
    name: str
    state: str
    figure: str
    detail: str
    step: int | None = None


@dataclass(frozen=True)
class Task:
    """A lane that is not known and that somebody could see to; `check` says that somebody did."""

    lane: Lane
    name: str
    way: Way | None
    address: str
    link: str
    check: MeasurementCheck | None


@dataclass(frozen=True)
class PointPlan:
    touchpoint: Touchpoint
    cells: list[Cell]
    tasks: list[Task]
    checked: list[Task]
    is_open: bool = False
    """Where there is little room, the tasks of one touchpoint are shown and those of the others folded away."""


@require_safe
@never_cache
@read_view
def measurement_plan(request: Any, journey: int) -> HttpResponse:
    """The whole plan."""
    row = get_journey(journey)
    try:
        stages = plan_of(request.workspace, row)
    except StoreError as error:
        return render(request, "journeys/plan.html", {"journey": row, "problem": str(error)})
    stages = _with_one_open(stages, request.GET.get("open", ""))
    cells = [cell for _name, points in stages for point in points for cell in point.cells]
    known = sum(cell.state == State.KNOWN for cell in cells)
    seen_to = sum(cell.state == MeasurementCheck.State.ARRANGED for cell in cells)
    not_needed = sum(cell.state == MeasurementCheck.State.NOT_NEEDED for cell in cells)
    total = len(cells) - not_needed
    context = {
        "journey": row,
        "stages": stages,
        "is_empty": not cells,
        "asks": any(
            task.way is not None and task.way.means is Means.SURVEY
            for _name, points in stages
            for point in points
            for task in point.tasks
        ),
        "known": known,
        "total": total,
        "seen_to": seen_to,
        "not_needed": not_needed,
        "open": total - known - seen_to,
        "known_width": _width(known, total),
        "seen_to_x": _width(known, total),
        "seen_to_width": _width(seen_to, total),
    }
    return render(request, "journeys/plan.html", context)


@require_POST
@edit_view
def plan_check(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    """Check a lane off (`state`), or take it back (`state` empty), and go on where the reader was."""
    row = get_touchpoint(journey, touchpoint)
    lane, state = request.POST.get("lane", ""), request.POST.get("state", "")
    try:
        if state:
            domain.check_lane(touchpoint=row, lane=lane, state=state, actor=request.user)
        else:
            domain.uncheck_lane(touchpoint=row, lane=lane, actor=request.user)
    except ValidationError as error:
        tell(request, error)
    page = reverse("journeys:plan", args=[request.workspace.slug, journey])
    return redirect(f"{page}?open={touchpoint}#touchpoint-{touchpoint}")


def _with_one_open(
    stages: list[tuple[str, list[PointPlan]]], wanted: str
) -> list[tuple[str, list[PointPlan]]]:
    """The touchpoint whose number was asked for, else the first at which something is still to be seen to."""
    points = [point for _name, of in stages for point in of]
    first = next((point for point in points if str(point.touchpoint.pk) == wanted), None) or next(
        (point for point in points if point.tasks), None
    )
    return [(name, [replace(point, is_open=point is first) for point in of]) for name, of in stages]


def plan_of(workspace: Workspace, journey: Journey) -> list[tuple[str, list[PointPlan]]]:
    """(stage, touchpoints that customers meet there); stages that have none are left out. Raises StoreError."""
    structure = read_structure(workspace, journey)
    known = known_at(workspace, structure.plan)
    proposal = propose(workspace)
    received = received_by(workspace)
    points = [point for _stage, of in structure.stages for point in of if not point.is_backstage]
    fitting, _left = match(points, proposal.drafts if proposal else [])
    checks: dict[int, dict[str, MeasurementCheck]] = {}
    rows = MeasurementCheck.objects.filter(touchpoint__stage__journey=journey).select_related("checked_by")
    for check in rows:
        checks.setdefault(check.touchpoint_id, {})[check.lane] = check
    reader = reader_of(workspace)
    made = []
    for stage, of in structure.stages:
        plans = []
        for point in of:
            if point.is_backstage:
                continue
            situation = Situation(
                channels=point.channels,
                known=known[point.pk],
                draft=fitting.get(point.pk),
                has_orders=received.orders > 0,
                has_contacts=bool(received.reasons),
            )
            plans.append(_point(workspace, journey, point, situation, checks.get(point.pk, {}), reader))
        if plans:
            made.append((stage.name, plans))
    return made


def _point(
    workspace: Workspace,
    journey: Journey,
    point: Touchpoint,
    situation: Situation,
    checks: Mapping[str, MeasurementCheck],
    reader: Reader,
) -> PointPlan:
    cells = [_cell(lane, point, situation.known[lane], checks, reader) for lane in Lane]
    is_connected = any(knowledge.state is not State.UNKNOWN for knowledge in situation.known.values())
    tasks: list[Task] = []
    checked: list[Task] = []
    for lane in _ASKED:
        if situation.known[lane].state is State.KNOWN:
            continue
        way, check = way_of(lane, situation), checks.get(lane)
        if way is None and check is None:
            continue
        address, link = "", ""
        if way is not None:
            address, link = _where(workspace, journey, point, lane, way, is_connected=is_connected)
        task = Task(lane, _called(lane), way, address, link, check)
        (checked if check else tasks).append(task)
    return PointPlan(point, cells, tasks, checked)


def _called(lane: Lane) -> str:
    return _("Say and feel") if lane is Lane.SAY else str(lane.label)


def _cell(
    lane: Lane,
    point: Touchpoint,
    knowledge: Knowledge,
    checks: Mapping[str, MeasurementCheck],
    reader: Reader,
) -> Cell:
    name = str(lane.label)
    if knowledge.state is State.KNOWN:
        count = {"count": reader.number(knowledge.count)}
        figure = {
            Lane.DO: ngettext("%(count)s person", "%(count)s people", knowledge.count),
            Lane.SAY: ngettext("%(count)s answer", "%(count)s answers", knowledge.count),
            Lane.FEEL: _("measured"),
            Lane.CONTACT: ngettext("%(count)s contact", "%(count)s contacts", knowledge.count),
            Lane.BUY: ngettext("%(count)s order", "%(count)s orders", knowledge.count),
        }[lane] % count
        last = knowledge.last
        day = reader.day(reader.local(last).date(), year=True) if last else ""
        return Cell(lane, name, knowledge.state, figure, _("last %(day)s") % {"day": day} if day else "")
    if lane is Lane.FEEL and point.assumed_feeling is not None:
        word = word_of(point.assumed_feeling)
        return Cell(lane, name, "guessed", _("a guess: %(feeling)s") % {"feeling": word}, "",
                    step_of(point.assumed_feeling))  # fmt: skip
    check = checks.get(Lane.SAY if lane is Lane.FEEL else lane)
    if check is not None:
        return Cell(lane, name, check.state, str(check.get_state_display()), "")
    figure = _("nothing yet") if knowledge.state is State.WAITING else _("not known")
    return Cell(lane, name, knowledge.state, figure, "")


def _where(
    workspace: Workspace, journey: Journey, point: Touchpoint, lane: Lane, way: Way, *, is_connected: bool
) -> tuple[str, str]:
    """(address, words) of where the way begins; `is_connected`: the touchpoint has some data already, so that it is no
    longer among those for which whole proposals are made."""
    bindings = reverse("journeys:bindings", args=[workspace.slug, journey.pk, point.pk])
    kind = {Lane.SAY: "score", Lane.CONTACT: "contact", Lane.BUY: "order"}.get(lane, "event")
    match way.means:
        case Means.CONNECT if not is_connected:
            return reverse("journeys:connect", args=[workspace.slug, journey.pk]), _("See what fits")
        case Means.CONNECT | Means.CHOOSE:
            return f"{bindings}?kind={kind}", _("To the data connections")
        case Means.TRACKER:
            return reverse("capture:install", args=[workspace.slug]), _("To the tracker")
        case Means.JOIN:
            return reverse("people:joins", args=[workspace.slug]), _("How sources join")
        case Means.IMPORT | Means.SURVEY:
            return reverse("capture:imports", args=[workspace.slug]), _("Bring in a file")


def _width(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.2f}%"
