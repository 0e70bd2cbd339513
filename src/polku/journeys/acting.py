"""Reads of opportunities and actions; all expect the caller inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from polku.accounts.models import Workspace
from polku.journeys.models import Action, Journey, Touchpoint

OPEN = (Action.State.PLANNED, Action.State.UNDER_WAY)


def actions_of(
    where: Workspace | Journey | Touchpoint, states: Sequence[str] | None = None
) -> QuerySet[Action]:
    """Actions of all of a workspace, of a map or of a touchpoint, those due first before the others; one query.

    `states` are values of `Action.State`, all by default. What they hang on is there without further queries.
    """
    actions = Action.objects.select_related(
        "owner", "workspace", "opportunity__touchpoint__stage__journey__workspace"
    )
    if isinstance(where, Journey):
        actions = actions.filter(opportunity__touchpoint__stage__journey=where)
    elif isinstance(where, Touchpoint):
        actions = actions.filter(opportunity__touchpoint=where)
    else:
        actions = actions.filter(workspace=where)
    return actions if states is None else actions.filter(state__in=list(states))


def find_action(number: int) -> Action | None:
    """The action of this number with what it hangs on."""
    return (
        Action.objects.select_related(
            "owner", "workspace", "opportunity__touchpoint__stage__journey__workspace"
        )
        .filter(pk=number)
        .first()
    )


def work_by_pain(journey: Journey) -> dict[str, Action]:
    """The newest action on each pain of a map that is planned, under way or done, by the pain's key."""
    found = actions_of(journey).exclude(state=Action.State.DROPPED).exclude(opportunity__pain_key="")
    return {action.opportunity.pain_key: action for action in found.order_by("pk")}
