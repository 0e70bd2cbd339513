"""Paths worth looking at, from what the workspace has received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from polku.analytics.explore.known_events import BASKET, ORDER, SEARCH, KnownEvents
from polku.analytics.explore.pages import Proposal

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState


def propose(workspace: Workspace, state: StoreState) -> Sequence[Proposal]:
    """What leads to an order, and what follows the basket and a search."""
    known, why = KnownEvents(workspace, state), _("from your web shop’s events")
    wanted = [
        (_("What leads to an order"), "end", known(ORDER)),
        (_("Where people go from the basket"), "begin", known(BASKET)),
        (_("What people do after a search"), "begin", known(SEARCH)),
    ]
    return [
        Proposal(name=name, why=why, parameters=[("through", "event"), (side, event)])
        for name, side, event in wanted
        if event
    ]
