"""What of a person is erased of surveys: their invitations and their answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.surveys.models import Invitation, Response

_CHUNK = 500


def erase_invitations(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete every invitation of the person; how many rows."""
    with scope(workspace=workspace):
        return sum(rows.delete()[0] for rows in _of(Invitation, "email", ids))


def erase_responses(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete every answer of the person, with its corrections and tags; how many rows. Who answered a question with one
    of the person's addresses is the person. What the event store was told of them is erased there."""
    with scope(workspace=workspace):
        erased = sum(rows.delete()[0] for rows in _of(Response, "contact", ids))
        for address in _addresses(ids):
            numbers = list(_answered_with(address))
            for start in range(0, len(numbers), _CHUNK):
                erased += Response.objects.filter(pk__in=numbers[start : start + _CHUNK]).delete()[0]
    return erased


def _of(model: Any, address_field: str, ids: Collection[str]) -> Iterator[QuerySet[Any]]:
    """Rows of any of the ids, some at a time. Addresses are compared without regard to case."""
    known = [text for each in ids if (text := each.strip())]
    wanted = list(dict.fromkeys([*known, *_addresses(ids)]))
    rows = model.objects.annotate(address_in_lower_case=Lower(address_field))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        yield rows.filter(Q(person__in=chunk) | Q(address_in_lower_case__in=[text.lower() for text in chunk]))


def _addresses(ids: Collection[str]) -> list[str]:
    return list(dict.fromkeys(text.strip().lower() for text in ids if "@" in text))


def _answered_with(address: str) -> Iterator[int]:
    """Keys of the responses with an answer that is the address. Reads all of the workspace: erasing is rare."""
    # As it stands in the column's text, which has other letters than those of ASCII escaped on SQLite.
    holds = Q(answers__icontains=address) | Q(answers__icontains=json.dumps(address)[1:-1])
    for pk, answers in Response.objects.filter(holds).values_list("pk", "answers").iterator():
        if any(isinstance(answer, str) and answer.strip().lower() == address for answer in answers.values()):
            yield pk
