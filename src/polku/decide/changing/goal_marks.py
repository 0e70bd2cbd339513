"""The goals of a touchpoint for the panel of the map."""

from __future__ import annotations

from polku.decide.changing.goal_words import form_address, words_of
from polku.decide.changing.goals import states_of
from polku.decide.models import Goal
from polku.journeys.goal_marks import Mark, PanelGoals
from polku.journeys.models import Touchpoint
from polku.site.formats import Reader


def marks_of(touchpoint: Touchpoint, reader: Reader) -> PanelGoals:
    """Those of the touchpoint itself; inside the workspace's scope."""
    journey = touchpoint.stage.journey
    goals = Goal.objects.filter(touchpoint=touchpoint).select_related(
        "stage", "touchpoint", "journey__workspace"
    )
    marks = []
    for state in states_of(journey, goals):
        words = words_of(state, reader)
        marks.append(
            Mark(
                name=words.name,
                now=words.now,
                target=words.target,
                by=words.by,
                state_name=words.state_name,
                tone=words.tone,
                note=" · ".join(part for part in (words.probably, words.gap) if part),
                address=words.change_address,
                is_small=words.is_small,
            )
        )
    return PanelGoals(tuple(marks), form_address(journey, None, touchpoint))
