"""Monday, the first page: what changed, what to fix first, the map, the surprises and what came of finished work.

Everything here is read from what is kept; `is_whole` is false where something would take long to count, and the page
then asks for itself once more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from polku.accounts.models import Workspace
from polku.decide.acting.shown import Shown, shown
from polku.decide.changing.queries import changes
from polku.decide.fixing.page import Page as FixPage
from polku.decide.fixing.page import page_of
from polku.decide.fixing.reading import read_list
from polku.decide.live_maps import newest_map
from polku.decide.monday.changed import Changed, changed
from polku.decide.monday.freshness import Freshness, freshness
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store
from polku.journeys.acting import OPEN, actions_of
from polku.journeys.feelings import step_of
from polku.journeys.models import Action, Journey
from polku.journeys.views import feeling_lane, map_model
from polku.site.formats import Reader

Record = Mapping[str, Any]

FIXES, SURPRISES, FINISHED = 3, 3, 4
_SMALL = 10_000
"""So many signals are counted while somebody waits; of more, a map that this process knows already."""

_known: set[tuple[str, int]] = set()


@dataclass(frozen=True)
class Stop:
    """A touchpoint of the small map. `step` is its measured feeling, None where there is none."""

    name: str
    address: str
    step: int | None
    is_backstage: bool
    loss: str


@dataclass(frozen=True)
class StripStage:
    name: str
    stops: Sequence[Stop]


@dataclass(frozen=True)
class Strip:
    stages: Sequence[StripStage]
    curve: Any
    count: int


@dataclass(frozen=True)
class Live:
    """What follows from the newest signals."""

    freshness: Freshness | None
    changed: Changed
    surprises: Sequence[Record]
    strip: Strip
    has_guesses: bool
    has_feelings: bool


@dataclass(frozen=True)
class Monday:
    """`live` is None where it is being counted. `late` are open actions past their day."""

    journey: Journey
    today: str
    week: int
    live: Live | None
    fix: FixPage
    finished: Sequence[Shown]
    late: Sequence[Shown]

    @property
    def is_whole(self) -> bool:
        return self.live is not None and self.fix.is_newest


def monday(journey: Journey, reader: Reader, *, now: dt.datetime, may_wait: bool) -> Monday:
    """Inside the workspace's scope; `now` is aware. With `may_wait` what is not known yet is counted first."""
    workspace = journey.workspace
    state = store().state(workspace.key.hex)
    today = reader.local(now).date()
    listed = read_list(workspace, journey, reader)
    live = None
    if may_wait or state.signals <= _SMALL or (workspace.key.hex, journey.pk) in _known:
        live = _live(journey, state, reader, now, _losses(listed.document, reader))
        _known.add((workspace.key.hex, journey.pk))
    done = actions_of(journey, [Action.State.DONE]).order_by("-done_on", "-pk")[:FINISHED]
    open_late = actions_of(journey, OPEN).filter(due_on__lt=today)[:FINISHED]
    return Monday(
        journey=journey,
        today=reader.day(today),
        week=today.isocalendar().week,
        live=live,
        fix=page_of(listed),
        finished=[shown(action, reader, today) for action in done],
        late=[shown(action, reader, today) for action in open_late],
    )


def journey_of(workspace: Workspace, wanted: object = None) -> Journey | None:
    """The journey of this number, else the first that has data connected, else the first; None without any."""
    journeys = Journey.objects.select_related("workspace").filter(workspace=workspace)
    chosen = journeys.filter(pk=wanted).first() if isinstance(wanted, int) else None
    connected = journeys.filter(stages__touchpoints__bindings__isnull=False)
    return chosen or connected.first() or journeys.first()


def _live(
    journey: Journey, state: StoreState, reader: Reader, now: dt.datetime, losses: Mapping[int, str]
) -> Live:
    workspace = journey.workspace
    answer, _filters = newest_map(journey, state)
    base = reverse("journeys:map", args=[workspace.slug, journey.pk])
    points = [point for stage in answer["stages"] for point in stage["touchpoints"]]
    addresses = {point["id"]: (f"{base}?touchpoint={point['id']}", "") for point in points}
    return Live(
        freshness=freshness(workspace, state, reader, now),
        changed=changed(changes(workspace, journey), reader),
        surprises=map_model.surprise_rows(answer, reader, addresses)[:SURPRISES],
        strip=Strip(
            stages=[
                StripStage(
                    map_model.soften(stage["name"]),
                    [_stop(point, addresses, losses) for point in stage["touchpoints"]],
                )
                for stage in answer["stages"]
                if stage["touchpoints"]
            ],
            curve=replace(feeling_lane.curve(points, answer["surprises"]), width="100%"),
            count=len(points),
        ),
        has_guesses=any(point["feel"]["assumed"] is not None for point in points),
        has_feelings=any(point["feel"]["measured"] for point in points),
    )


def _stop(point: Record, addresses: Mapping[int, tuple[str, str]], losses: Mapping[int, str]) -> Stop:
    measured = point["feel"]["measured"]
    return Stop(
        name=map_model.soften(point["name"]),
        address=addresses[point["id"]][0],
        step=step_of(measured["value"]) if measured else None,
        is_backstage=bool(point["backstage"]),
        loss=losses.get(point["id"], ""),
    )


def _losses(document: Record | None, reader: Reader) -> Mapping[int, str]:
    """The greatest loss at each touchpoint: pains of one place may be of the same people and are not added up."""
    greatest: dict[int, float] = {}
    for row in document["rows"] if document else ():
        if row["p50"] is not None and not row["dismissal"]:
            point = row["touchpoint"]["id"]
            greatest[point] = max(greatest.get(point, 0.0), row["p50"])
    return {point: reader.rough_money(value) for point, value in greatest.items()}
