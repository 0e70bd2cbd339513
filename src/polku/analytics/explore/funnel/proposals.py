"""Funnels worth looking at, proposed from what the workspace has received: nobody begins with an empty page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from polku.analytics import QueryError, periods, resolvers, run
from polku.analytics.explore.known_events import (
    BASKET,
    CHECKOUT,
    LISTS,
    ORDER,
    PAYMENT,
    PRODUCT,
    SEARCH,
    KnownEvents,
)
from polku.analytics.explore.pages import Proposal
from polku.analytics.explore.selecting import EVENT, TOUCHPOINT
from polku.eventstore.port import StoreError

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

MOST_STEPS = 7
ENOUGH = 2
"""With so many proposals the frequent paths are not asked for."""
_LEAST_STEPS, _STEPS_OF_WAY = 3, 4


def propose(workspace: Workspace, state: StoreState) -> Sequence[Proposal]:
    """The purchase from the web shop's well-known events, and the way through the stages of each journey."""
    known = KnownEvents(workspace, state)
    found: list[Proposal] = []

    def shop(name: str, *steps: str) -> None:
        if all(steps) and len(steps) > 2:
            found.append(_proposal(workspace, name, _("from your web shop’s events"), steps))

    between = [step for step in map(known, (BASKET, CHECKOUT, PAYMENT)) if step]
    shop(_("From looking at a product to the order"), known(PRODUCT), *between, known(ORDER))
    shop(_("From the basket to the order"), *map(known, (BASKET, CHECKOUT, ORDER)))
    shop(_("From a search to the basket"), *map(known, (SEARCH, PRODUCT, BASKET)))
    shop(_("From browsing to a product"), *map(known, (LISTS, PRODUCT, BASKET)))
    found += _of_journeys(workspace)
    if len(found) < ENOUGH:
        found += _of_paths(workspace, state)
    return found


def _of_paths(workspace: Workspace, state: StoreState) -> list[Proposal]:
    """The most frequent way through the events of the last days with data, where no words of a shop are known."""
    newest = periods.newest_day(state, workspace.timezone)
    lately = periods.read_period("", "", "", newest=newest)
    try:
        answer: dict[str, Any] = run(
            workspace,
            {
                "kind": "paths",
                "range": lately.range(workspace.timezone),
                "collapse_repeats": True,
                "top": 50,
            },
        )
    except (QueryError, StoreError):
        return []
    way = _commonest_way(answer)
    if len(way) < _LEAST_STEPS:
        return []
    steps = [EVENT + name for name in way]
    return [_proposal(workspace, _("The commonest way"), _("from the most frequent paths"), steps)]


def _commonest_way(answer: Mapping[str, Any]) -> list[str]:
    """From the commonest beginning on by the most frequent transition to an event not passed yet."""
    if not answer["starts"]:
        return []
    way = [answer["starts"][0]["name"]]
    onward = answer["transitions"]
    while len(way) < _STEPS_OF_WAY:
        following = next(
            (each["to"] for each in onward if each["from"] == way[-1] and each["to"] not in way), None
        )
        if following is None:
            break
        way.append(following)
    return way


def _of_journeys(workspace: Workspace) -> list[Proposal]:
    """One step a stage: its first connected touchpoint."""
    proposals = []
    for journey in resolvers.journey_choices(workspace):
        firsts = [stage.touchpoints[0][0] for stage in journey.stages if stage.touchpoints]
        if len(firsts) > 2:
            proposals.append(
                _proposal(
                    workspace,
                    _("Through the stages of “%(journey)s”") % {"journey": journey.name},
                    _("from the stages of your journey, in order"),
                    [f"{TOUCHPOINT}{number}" for number in firsts[:MOST_STEPS]],
                    window="P30D",
                )
            )
    return proposals


def _proposal(
    workspace: Workspace, name: str, why: str, steps: Sequence[str], *, window: str = ""
) -> Proposal:
    names = {
        f"{TOUCHPOINT}{number}": called
        for _journey, points in resolvers.touchpoint_choices(workspace)
        for number, called in points
    }
    words = resolvers.words()
    return Proposal(
        name=name,
        why=why,
        parameters=[*([("window", window)] if window else []), *(("step", step) for step in steps)],
        steps=[names.get(step) or words.event(step.removeprefix(EVENT)) for step in steps],
    )
