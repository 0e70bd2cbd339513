"""Answers one after another from the database, a thousand at a time: the memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast
from django_scopes import scope

from polku.surveys.models import Response, Survey, TaggedResponse
from polku.surveys.results.asked import Versions
from polku.surveys.results.exports.fields import Row

AT_ONCE = 1_000

_FIELDS = (
    "pk", "number", "state", "version_id", "language", "channel", "link__name", "started_at", "completed_at",
    "seconds", "person", "order", "is_held", "is_test", "may_be_quoted",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which answers: `ids` are those of a selection, None for all; held and test answers only where asked for."""

    held: bool = False
    tests: bool = False
    ids: Sequence[int] | None = None


def pieces(survey: Survey, versions: Versions, wanted: Wanted) -> Iterator[list[Row]]:
    """Each piece is read by itself, in the workspace's scope: whoever takes them may do so from any thread."""
    last = 0
    places = iter(range(0, len(wanted.ids), AT_ONCE)) if wanted.ids is not None else None
    while True:
        with scope(workspace=survey.workspace):
            rows = _answers(survey, wanted)
            if places is not None and wanted.ids is not None:
                place = next(places, None)
                if place is None:
                    return
                found = list(rows.filter(pk__in=wanted.ids[place : place + AT_ONCE]))
            else:
                found = list(rows.filter(pk__gt=last)[:AT_ONCE])
                if not found:
                    return
                last = found[-1][0]
            piece = _read(found, versions)
        yield piece


def count(survey: Survey, wanted: Wanted) -> int:
    return len(wanted.ids) if wanted.ids is not None else _answers(survey, wanted).count()


def _answers(survey: Survey, wanted: Wanted) -> Any:
    rows = Response.objects.filter(survey=survey).exclude(state=Response.State.STARTED).order_by("pk")
    if not wanted.held:
        rows = rows.filter(is_held=False)
    if not wanted.tests:
        rows = rows.filter(is_test=False)
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("answers", "fields", "flags")}
    return rows.annotate(**texts).values_list(*_FIELDS, *texts)


def _read(found: Sequence[tuple[Any, ...]], versions: Versions) -> list[Row]:
    numbers = [row[0] for row in found]
    tags: dict[int, list[str]] = {}
    tagged = TaggedResponse.objects.filter(response__in=numbers).order_by("tag__name")
    for response, name in tagged.values_list("response_id", "tag__name"):
        tags.setdefault(response, []).append(name)
    decode = msgspec.json.decode
    return [
        {
            "response": number,
            "state": state,
            "version": versions.numbers.get(version),
            "language": language,
            "channel": channel,
            "link": link or "",
            "started": started,
            "completed": completed,
            "seconds": seconds,
            "person": person,
            "order": order,
            "held": held,
            "test": test,
            "quoted": quoted,
            "answers": decode(answers),
            "fields": decode(carried),
            "flags": decode(flags),
            "tags": tags.get(pk, ()),
        }
        for (
            pk, number, state, version, language, channel, link, started, completed, seconds, person, order, held,
            test, quoted, answers, carried, flags,
        ) in found
    ]  # fmt: skip
