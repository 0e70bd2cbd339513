"""What accounts add to the list of first steps, and where the list is shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts.models import Membership, Workspace
from polku.site import checklist


def register() -> None:
    """Called once, when the program starts."""
    checklist.use_workspaces(_is_wanted)
    checklist.show_on("journeys:list", "journeys:map")
    checklist.register(
        checklist.Step(
            key="colleagues",
            title=_("Invite your colleagues"),
            text=_("The map is worth most when those who serve customers look at it too."),
            url_name="accounts:members",
            is_done=lambda workspace: Membership.objects.filter(workspace=workspace).count() > 1,
            order=80,
            permission="manage",
        )
    )


def _is_wanted(workspace: Workspace) -> bool:
    return not workspace.is_simulated and workspace.checklist_dismissed_at is None
