"""Actions as their templates draw them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language

from polku.accounts.models import Workspace
from polku.decide.acting.effect_words import EffectWords, due_words, effect_words, metric_words, worth_words
from polku.journeys.models import Action
from polku.site.formats import Reader


@dataclass(frozen=True)
class Shown:
    """`map_address` opens the map with the panel of its touchpoint. `worth` is the middle of the yearly loss that the
    list said, `worth_range` its range."""

    action: Action
    address: str
    map_address: str
    touchpoint: str
    journey: str
    due: str
    is_overdue: bool
    done: str
    worth: str
    worth_range: str
    grade: str
    metric: str
    effect: EffectWords | None


def reader_of(workspace: Workspace, language: str = "") -> Reader:
    return Reader((language or get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def today_in(workspace: Workspace) -> dt.date:
    return dt.datetime.now(ZoneInfo(workspace.timezone)).date()


def shown(action: Action, reader: Reader, today: dt.date) -> Shown:
    opportunity = action.opportunity
    point = opportunity.touchpoint
    slug = action.workspace.slug
    due, is_overdue = due_words(action, today, reader)
    worth, worth_range = worth_words(opportunity.estimate, reader)
    return Shown(
        action=action,
        address=reverse("decide:action", args=[slug, action.pk]),
        map_address=reverse("journeys:map", args=[slug, point.stage.journey_id]) + f"?touchpoint={point.pk}",
        touchpoint=point.name,
        journey=point.stage.journey.name,
        due=due,
        is_overdue=is_overdue,
        done=reader.day(action.done_on, year=action.done_on.year != today.year) if action.done_on else "",
        worth=worth,
        worth_range=worth_range,
        grade=(opportunity.estimate or {}).get("grade", ""),
        metric=metric_words(action.metric),
        effect=effect_words(action, reader),
    )


def all_shown(actions: Iterable[Action], workspace: Workspace) -> list[Shown]:
    reader, today = reader_of(workspace), today_in(workspace)
    return [shown(action, reader, today) for action in actions]
