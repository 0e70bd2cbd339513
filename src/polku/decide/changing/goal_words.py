"""Goals in words, and the figures that a goal can be set for at a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.decide.changing import figures
from polku.decide.changing.goals import GoalState, State, figure_of, goals_of, scale_ends, scale_text
from polku.decide.models import Goal
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.models import Journey, Stage, Touchpoint
from polku.site.formats import Reader

CHOICES = ("say", "continued", "contact", "promise", "feel", "reached", "buy")


@dataclass(frozen=True)
class GoalWords:
    """`sentence` is `CSAT 78 %, goal 85 %`; `probably` the interval and n of what is now; `gap` how far it is."""

    state: GoalState
    name: str
    now: str
    target: str
    by: str
    probably: str
    state_name: str
    tone: str
    gap: str
    days: str
    is_small: bool
    change_address: str


def words_of(state: GoalState, reader: Reader) -> GoalWords:
    goal = state.goal
    row = row_of(goal, state.value)
    gap = ""
    if state.value is not None and state.state not in (State.MET, State.UNKNOWN):
        short = (goal.target - state.value) * (-1 if goal.lower_is_better else 1)
        if short > 0:
            measure = figures.measure_of(row, reader)
            gap = _("%(gap)s to go") % {"gap": measure.gap(short).lstrip("+")}
        else:
            gap = _("on the right side, but not surely")
    probably = ""
    if state.value is not None:
        parts = [figures.interval_words(row, state.ci, reader), f"n {reader.number(state.n)}"]
        probably = ", ".join(part for part in parts if part)
    return GoalWords(
        state=state,
        name=figures.figure_name(row),
        now="" if state.value is None else figures.value_words(row, state.value, reader),
        target=figures.value_words(row, goal.target, reader),
        by=reader.day(goal.by, year=True),
        probably=probably,
        state_name=state_names()[state.state],
        tone={State.MET: "good", State.MISSED: "bad"}.get(state.state, ""),
        gap=gap,
        days=f"{reader.day(state.days.first)}–{reader.day(state.days.last, year=True)}",
        is_small=state.n < 30,
        change_address=form_address(goal.journey, goal.stage, goal.touchpoint, option_of(goal)),
    )


def state_names() -> Mapping[State, str]:
    return {
        State.MET: pgettext("goal", "met"),
        State.ON_THE_WAY: pgettext("goal", "on the way"),
        State.MISSED: pgettext("goal", "missed"),
        State.UNKNOWN: pgettext("goal", "not known yet"),
    }


def row_of(goal: Goal, value: float | None = None) -> dict[str, Any]:
    """The goal's figure as `figures` takes rows."""
    return {
        "figure": goal.figure,
        "metric": goal.metric,
        "scale": scale_ends(goal.scale),
        "largest": max(goal.target, value or 0.0),
    }


def option_of(goal: Goal) -> str:
    return "|".join((goal.figure, goal.metric, goal.scale))


def options(lanes: PointNumbers | None, reader: Reader) -> list[tuple[str, str]]:
    """(value, name with what it is now) of every figure that the place has."""
    found: list[tuple[str, str]] = []
    if lanes is None:
        return found
    names = [(score.metric, scale_text(score.scale)) for score in lanes.say]
    for figure in CHOICES:
        for metric, scale in names if figure == "say" else [("", "")]:
            made = figure_of(lanes, figure, metric, scale)
            if made is None:
                continue
            row = {"figure": figure, "metric": metric, "scale": scale_ends(scale), "largest": made.value}
            name = figures.figure_name(row)
            now = figures.value_words(row, made.value, reader)
            named = _("%(figure)s: now %(value)s") % {"figure": name, "value": now}
            found.append(("|".join((figure, metric, scale)), named[:1].upper() + named[1:]))
    return found


def form_address(
    journey: Journey, stage: Stage | None = None, touchpoint: Touchpoint | None = None, option: str = ""
) -> str:
    """Where a goal is set, with the place and figure chosen."""
    from urllib.parse import urlencode

    parts: dict[str, object] = {"journey": journey.pk}
    parts |= {"stage": stage.pk} if stage else {}
    parts |= {"touchpoint": touchpoint.pk} if touchpoint else {}
    parts |= {"figure": option} if option else {}
    return reverse("decide:goal-new", args=[journey.workspace.slug]) + "?" + urlencode(parts)


def shown_goals(journey: Journey, reader: Reader) -> list[GoalWords]:
    return [words_of(state, reader) for state in goals_of(journey)]
