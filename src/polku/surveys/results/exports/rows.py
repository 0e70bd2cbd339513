"""Answers one after another from the database, a thousand at a time: the memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
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
    """Each piece is read by itself, in the workspace's scope: whoever takes them may do so from any thread.

    Which answers there are is read first, eight bytes each: asking for the next thousand of a survey again and again
    would have the database sort the rest of it every time.
    """
    with scope(workspace=survey.workspace):
        ids = _ids(survey, wanted)
    for first in range(0, len(ids), AT_ONCE):
        with scope(workspace=survey.workspace):
            rows = _texted(Response.objects.filter(pk__in=ids[first : first + AT_ONCE].tolist()))
            piece = _read(list(rows), versions)
        yield piece


def _ids(survey: Survey, wanted: Wanted) -> npt.NDArray[np.int64]:
    if wanted.ids is not None:
        return np.array(wanted.ids, dtype=np.int64)
    numbers = _answers(survey, wanted).values_list("pk", flat=True)
    return np.fromiter(numbers.iterator(chunk_size=10_000), dtype=np.int64)


def count(survey: Survey, wanted: Wanted) -> int:
    return len(wanted.ids) if wanted.ids is not None else _answers(survey, wanted).count()


def _answers(survey: Survey, wanted: Wanted) -> Any:
    rows = Response.objects.filter(survey=survey).exclude(state=Response.State.STARTED).order_by("pk")
    if not wanted.held:
        rows = rows.filter(is_held=False)
    return rows if wanted.tests else rows.filter(is_test=False)


def _texted(rows: Any) -> Any:
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("answers", "fields", "flags")}
    return rows.order_by("pk").annotate(**texts).values_list(*_FIELDS, *texts)


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
            "seconds": None if seconds is None else round(seconds, 1),
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
