"""Retention worth looking at, from what the workspace has received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from polku.analytics.explore.known_events import ORDER, KnownEvents
from polku.analytics.explore.pages import Proposal

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState


def propose(workspace: Workspace, state: StoreState) -> Sequence[Proposal]:
    """Who buys again, and whether a first visit leads to an order later."""
    order = KnownEvents(workspace, state)(ORDER)
    if not order:
        return ()
    why = _("from your web shop’s events")
    return [
        Proposal(
            name=_("Who buys again, month by month"),
            why=why,
            parameters=[("start", order), ("back", order), ("every", "month")],
        ),
        Proposal(
            name=_("In which week after the first visit people buy"),
            why=why,
            parameters=[("back", order)],
        ),
    ]
