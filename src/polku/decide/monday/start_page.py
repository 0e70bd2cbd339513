"""Where a workspace opens: on Monday's page, once a map has data connected to it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from polku.accounts.models import Workspace
from polku.journeys.queries import has_connected_journey
from polku.journeys.start_page import start_page as map_page


def start_page(request: HttpRequest, workspace: Workspace) -> str:
    """The address; runs inside the workspace's scope. The demo opens at its live map: it shows what Polku is."""
    if workspace.is_simulated or not has_connected_journey(workspace):
        return map_page(request, workspace)
    return reverse("decide:monday", kwargs={"workspace": workspace.slug})
