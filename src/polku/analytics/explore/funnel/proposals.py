"""Funnels worth looking at, proposed from what the workspace has received: nobody begins with an empty page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from polku.analytics import QueryError, periods, resolvers, run
from polku.analytics.explore.pages import Proposal
from polku.analytics.explore.selecting import EVENT, TOUCHPOINT, events_received
from polku.eventstore.port import StoreError

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

MOST_STEPS = 7
ENOUGH = 2
"""With so many proposals the frequent paths are not asked for."""
_LEAST_STEPS, _STEPS_OF_WAY = 3, 4

_LOOKS = ("product viewed", "product view", "view item", "tuote avattu")
_BASKET = ("product added", "add to cart", "cart viewed", "view cart", "cart view")
_CHECKOUT = ("checkout started", "begin checkout")
_PAYMENT = ("payment info entered", "payment page", "add payment info")
_ORDER = ("order completed", "purchase", "order placed")
_SEARCH = ("products searched", "site search", "search")
_LISTS = ("product list viewed", "category view")


def propose(workspace: Workspace, state: StoreState) -> Sequence[Proposal]:
    """The purchase from the web shop's well-known events, and the way through the stages of each journey."""
    received = {_plain(entry.name): entry.name for entry in reversed(events_received(workspace, state))}
    found: list[Proposal] = []

    def shop(name: str, *steps: Sequence[str]) -> None:
        names = [received[known] for step in steps if (known := _first(step, received))]
        if len(names) == len(steps):
            found.append(
                _proposal(workspace, name, _("from your web shop’s events"), [EVENT + n for n in names])
            )

    purchase = [step for step in (_LOOKS, _BASKET, _CHECKOUT, _PAYMENT, _ORDER) if _first(step, received)]
    if len(purchase) > 2:
        shop(_("From looking at a product to the order"), *purchase)
    shop(_("From the basket to the order"), _BASKET, _CHECKOUT, _ORDER)
    shop(_("From a search to the basket"), _SEARCH, _LOOKS, _BASKET)
    shop(_("From browsing to a product"), _LISTS, _LOOKS, _BASKET)
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


def _first(known: Sequence[str], received: dict[str, str]) -> str | None:
    return next((name for name in known if name in received), None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
