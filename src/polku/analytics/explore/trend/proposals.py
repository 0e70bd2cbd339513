"""Trends worth looking at, from what the workspace has received."""

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
    """Sales, and people by channel."""
    found = []
    order = KnownEvents(workspace, state)(ORDER)
    if order:
        found.append(
            Proposal(
                name=_("Sales by week, compared with the weeks before"),
                why=_("from your web shop’s events"),
                parameters=[
                    ("range", "90"),
                    ("compare", "previous"),
                    ("select", order),
                    ("measure", "sum_value"),
                ],
            )
        )
    found.append(
        Proposal(
            name=_("How many people, channel by channel"),
            why=_("from all events"),
            parameters=[("range", "90"), ("breakdown", "channel"), ("measure", "persons")],
        )
    )
    return found
