"""What moments wait for, as the event store takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pyarrow as pa

from polku.accounts.models import Workspace
from polku.analytics import QueryError
from polku.analytics.parsing import parse_selector
from polku.eventstore.arrivals import MOST_SELECTORS
from polku.eventstore.port import Condition, Selector
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.definition.wordings import metrics_of
from polku.surveys.models import Moment, Survey
from polku.surveys.moments.engine import Occasion, Rule
from polku.surveys.moments.hours import microseconds
from polku.surveys.moments.people import Person
from polku.surveys.queries import published_definition

MOST_AT_ONCE = MOST_SELECTORS // 2
"""Moments that one question to the store can tell apart: each has a selector, and one for orders cancelled by then."""


@dataclass(frozen=True)
class Watch:
    """A moment, what it asks about, and which signals it waits for."""

    moment: Moment
    definition: Definition
    selector: Selector

    @cached_property
    def rule(self) -> Rule:
        moment = self.moment
        return Rule(
            moment=moment.pk or 0,
            metrics=frozenset(metrics_of(self.definition)),
            delay_minutes=moment.delay_minutes,
            delay_months=moment.delay_months,
            share=moment.share,
            not_within_days=moment.not_within_days,
            hours_from=moment.hours_from,
            hours_to=moment.hours_to,
            begins=microseconds(moment.begun_at) if moment.begun_at else None,
        )


def watch(moment: Moment, workspace: Workspace, *, only_open: bool = True) -> Watch | None:
    """None where its trigger means nothing any more (its touchpoint is gone), and with `only_open` where its survey
    asks nobody: not published, closed, deleted."""
    survey = moment.survey
    definition = published_definition(survey)
    if only_open and (survey.deleted_at or survey.state != Survey.State.OPEN or definition is None):
        return None
    selector = selector_of(moment, workspace)
    if selector is None:
        return None
    return Watch(moment, definition or from_data(survey.draft), selector)


def selector_of(moment: Moment, workspace: Workspace) -> Selector | None:
    """What its trigger takes; None where that means nothing any more."""
    try:
        return parse_selector(workspace, moment.trigger, field="trigger")
    except QueryError:
        return None


def selectors_of(watches: Sequence[Watch], workspace: Workspace) -> list[Selector]:
    """Of each its own; and after all of them, where the workspace says which orders are cancelled, the same signals
    again where they are of one that is."""
    own = [each.selector for each in watches]
    if not workspace.cancelled_states:
        return own
    is_cancelled = Condition("order.status", "in", tuple(workspace.cancelled_states))
    return [*own, *(replace(one, where=(*one.where, is_cancelled)) for one in own)]


def occasions(
    rows: pa.Table, watches: Sequence[Watch], people: dict[int, Person], usual: ZoneInfo
) -> Iterable[tuple[Watch, Occasion]]:
    """What rows of ARRIVED, found by `selectors_of`, are to each moment that they are something to, in their order."""
    names = ("arrival", "selectors", "person", "order")
    columns = [rows[name].to_pylist() for name in names]
    times = rows["time"].cast(pa.int64()).to_pylist()
    zones = {number: person.zone(usual) for number, person in people.items()}
    reachable = {number: bool(person.email) for number, person in people.items()}
    many = len(watches)
    for at, arrival, mask, number, order in zip(times, *columns, strict=True):
        for place, each in enumerate(watches):
            if mask >> place & 1:
                yield (
                    each,
                    Occasion(
                        person=number,
                        known_as=people[number].known_as,
                        at=at,
                        arrival=arrival,
                        zone=zones[number],
                        order=order,
                        is_reachable=reachable[number],
                        is_cancelled=bool(mask >> (many + place) & 1),
                    ),
                )
