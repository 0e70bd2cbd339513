"""How far goals are: what each figure is now, and whether it is surely where it should be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from polku.decide.changing.gathering import WHOLE, numbers_of_places, numbers_of_touchpoints
from polku.decide.changing.periods import DAYS, Days
from polku.decide.models import Goal
from polku.eventstore.registry import store as open_store
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.live.structure import Structure, read_structure
from polku.journeys.models import Journey
from polku.journeys.views.map_filters import last_day
from polku.statistics import Estimate, poisson_rate

ENOUGH = 30
_SCALE = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)-(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)")
"""Both ends may lie below zero: "-1-1"."""


class State(StrEnum):
    MET = "met"
    ON_THE_WAY = "on the way"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Figure:
    """A figure of a place: `n` is what it rests on, `people` how many it is about."""

    value: float
    ci: tuple[float, float] | None
    n: int
    people: int


@dataclass(frozen=True)
class GoalState:
    """A goal and its figure of the 28 days `days`: the last ones, or those that ended with its day.

    *Met*: the whole interval lies on the right side of the target. *Missed*: its day has passed, and the whole interval
    lies on the wrong side. *On the way*: its day has not passed, and it is not met. *Unknown*: there is no figure, it
    rests on fewer than 30, or its day has passed and the interval reaches over the target.
    """

    goal: Goal
    place: str
    state: State
    days: Days
    value: float | None
    ci: tuple[float, float] | None
    n: int

    @property
    def target(self) -> float:
        return self.goal.target

    @property
    def by(self) -> dt.date:
        return self.goal.by


def goals_of(journey: Journey) -> list[GoalState]:
    """Every goal of a journey with its state, the nearest day first. Inside the workspace's scope.

    Raises StoreError where the figures cannot be counted.
    """
    goals = list(Goal.objects.filter(journey=journey).select_related("stage", "touchpoint", "author"))
    if not goals:
        return []
    return states_of(journey, goals)


def states_of(journey: Journey, goals: Iterable[Goal]) -> list[GoalState]:
    """The state of some goals of one journey."""
    workspace = journey.workspace
    structure = read_structure(workspace, journey)
    state = open_store().state(workspace.key.hex)
    newest = last_day(state, workspace.timezone)
    numbers: dict[tuple[Days, bool], dict[int, PointNumbers]] = {}
    found = []
    for goal in goals:
        last = min(newest, goal.by)
        days = Days(last - dt.timedelta(days=DAYS - 1), last)
        is_point = goal.touchpoint_id is not None
        if (days, is_point) not in numbers:
            read = numbers_of_touchpoints if is_point else numbers_of_places
            numbers[days, is_point] = read(workspace, structure, days.range(workspace.timezone), state)
        place, name = _place(structure, goal)
        lanes = numbers[days, is_point].get(place)
        figure = figure_of(lanes, goal.figure, goal.metric, goal.scale) if lanes else None
        is_over = newest > goal.by
        found.append(
            GoalState(
                goal=goal,
                place=name,
                state=judge(figure, goal.target, lower_is_better=goal.lower_is_better, is_over=is_over),
                days=days,
                value=figure.value if figure else None,
                ci=figure.ci if figure else None,
                n=figure.n if figure else 0,
            )
        )
    return found


def judge(figure: Figure | None, target: float, *, lower_is_better: bool, is_over: bool) -> State:
    """The rules of `GoalState`."""
    if figure is None or figure.ci is None or min(figure.n, figure.people) < ENOUGH:
        return State.UNKNOWN
    low, high = figure.ci
    if lower_is_better:
        low, high, target = -high, -low, -target
    if low >= target:
        return State.MET
    if not is_over:
        return State.ON_THE_WAY
    return State.MISSED if high < target else State.UNKNOWN


def figure_of(lanes: PointNumbers, figure: str, metric: str = "", scale: str = "") -> Figure | None:
    """The figure of a place; None where it has none."""
    made: Estimate | None = None
    people = lanes.reached
    if figure == "reached":
        made = poisson_rate(count=lanes.reached, exposure=1, per=1)
    elif figure == "continued":
        made = lanes.continued.share if lanes.continued else None
    elif figure == "promise":
        made = lanes.promise.kept if lanes.promise else None
    elif figure == "feel":
        made = lanes.feel.estimate if lanes.feel else None
    elif figure == "contact" and lanes.contact:
        made = lanes.contact.rate
        return Figure(made.value, made.interval, max(made.n, people), people)
    elif figure == "reason" and lanes.contact and people:
        made = poisson_rate(count=dict(lanes.contact.reasons).get(metric, 0), exposure=people, per=100)
        return Figure(made.value, made.interval, people, people)
    elif figure == "buy" and lanes.buy:
        made, people = lanes.buy.total, lanes.buy.buyers
        return Figure(made.value, made.interval, people, people)
    elif figure == "say":
        made = next(
            (s.estimate for s in lanes.say if (s.metric, scale_text(s.scale)) == (metric, scale)), None
        )
    return Figure(made.value, made.interval, made.n, made.n) if made else None


def scale_text(scale: tuple[float, float]) -> str:
    return f"{scale[0]:.12g}-{scale[1]:.12g}"


def scale_ends(scale: str) -> list[float]:
    """The reverse; [] for "" and for what is no scale."""
    found = _SCALE.fullmatch(scale)
    return [float(end) for end in found.groups()] if found else []


def _place(structure: Structure, goal: Goal) -> tuple[int, str]:
    if goal.touchpoint is not None:
        return goal.touchpoint.pk, goal.touchpoint.name
    for number, (stage, _touchpoints) in enumerate(structure.stages):
        if stage.pk == goal.stage_id:
            return number + 1, stage.name
    return WHOLE, structure.journey.name
