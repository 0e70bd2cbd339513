"""What is still to be done until a workspace is of use: upper rooms register their steps when the program starts.

The list stands at the top of the pages where a workspace opens until every step is done or somebody puts it away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from polku.site import navigation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """`title` and `text` may be lazy; `url_name` takes the workspace's slug; `is_done` gets the workspace, runs in its
    scope, and is quick. Who may not do what `permission` names does not see the step."""

    key: str
    title: Any
    text: Any
    url_name: str
    is_done: Callable[[Any], bool]
    order: int = 100
    permission: str = "edit"


@dataclass(frozen=True)
class Row:
    """A step ready to be drawn."""

    step: Step
    url: str
    is_done: bool


@dataclass(frozen=True)
class Checklist:
    rows: tuple[Row, ...]

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.rows)

    @property
    def next(self) -> Row | None:
        return next((row for row in self.rows if not row.is_done), None)


@dataclass
class Steps:
    """Steps by key, and (workspace's key, step's key) of what was done once: it is not asked for again, for what was
    done stays done."""

    by_key: dict[str, Step] = field(default_factory=dict)
    known: set[tuple[object, str]] = field(default_factory=set)


_steps = Steps()
_pages: set[str] = set()
_is_wanted: Callable[[Any], bool] = lambda workspace: False  # noqa: E731


def register(step: Step) -> None:
    """Add a step; one with the same key is replaced."""
    _steps.by_key[step.key] = step


def use_steps(steps: Steps) -> Steps:
    """Let the list be of these steps; returns those of before."""
    global _steps
    before, _steps = _steps, steps
    return before


def show_on(*view_names: str) -> None:
    """Let the list stand at the top of these pages."""
    _pages.update(view_names)


def use_workspaces(is_wanted: Callable[[Any], bool]) -> None:
    """`is_wanted` tells whether a workspace's list is still to be shown; accounts stand above this room."""
    global _is_wanted
    _is_wanted = is_wanted


def whole(request: HttpRequest) -> Checklist:
    """All steps that this request's member may do, in order; none outside a workspace."""
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return Checklist(())
    return Checklist(
        tuple(
            Row(step, reverse(step.url_name, kwargs={"workspace": workspace.slug}), _is_done(step, workspace))
            for step in sorted(_steps.by_key.values(), key=lambda step: (step.order, step.key))
            if navigation.allowed(request, step.permission)
        )
    )


def of_page(request: HttpRequest) -> Checklist | None:
    """The list where it is to be shown on this request's page: one of those where a workspace opens, while something
    is left to do and nobody has put the list away."""
    match = getattr(request, "resolver_match", None)
    workspace = getattr(request, "workspace", None)
    if match is None or workspace is None or match.view_name not in _pages or not _is_wanted(workspace):
        return None
    found = whole(request)
    return None if found.is_complete else found


def _is_done(step: Step, workspace: Any) -> bool:
    known = (workspace.key, step.key)
    if known in _steps.known:
        return True
    try:
        is_done = bool(step.is_done(workspace))
    except Exception:
        # A step that cannot be looked up, because the store is busy perhaps, must not take the page with it.
        logger.warning("the step %s of the checklist could not be looked up", step.key, exc_info=True)
        return False
    if is_done:
        _steps.known.add(known)
    return is_done
