"""Where a workspace opens. The room of journeys stands above this one and registers its map."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse

from polku.accounts.models import Workspace

StartPage = Callable[[HttpRequest, Workspace], str]


def _journeys(request: HttpRequest, workspace: Workspace) -> str:
    return reverse("journeys:list", kwargs={"workspace": workspace.slug})


_start_page: StartPage = _journeys


def use_start_page(start_page: StartPage) -> None:
    """Let `start_page` name the address at which a workspace opens; it runs inside the workspace's scope."""
    global _start_page
    _start_page = start_page


def start_page_of(request: HttpRequest, workspace: Workspace) -> str:
    return _start_page(request, workspace)
