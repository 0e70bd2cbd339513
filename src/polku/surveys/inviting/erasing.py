"""What of a person is erased of surveys: their invitations and their answers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.surveys.models import Invitation, Response

_CHUNK = 500


def erase_invitations(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete every invitation of the person; how many."""
    return sum(_of(workspace, Invitation, ids, lambda rows: rows.delete()[0]))


def erase_responses(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete every answer of the person, with its corrections and tags; how many rows. What the event store was told of
    them is erased there."""
    return sum(_of(workspace, Response, ids, lambda rows: rows.delete()[0]))


def _of(workspace: Workspace, model: Any, ids: Collection[str], act: Any) -> list[int]:
    known = [text for each in ids if (text := each.strip())]
    # Addresses are kept as they came; ids that are some are compared without regard to case.
    wanted = list(dict.fromkeys([*known, *(text.lower() for text in known if "@" in text)]))
    done = []
    with scope(workspace=workspace):
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            address = Q(email__in=chunk) if model is Invitation else Q(contact__in=chunk)
            done.append(act(model.objects.filter(Q(person__in=chunk) | address)))
    return done
