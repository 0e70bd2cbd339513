"""What people wrote, beside what they answered: the newest of what is asked for, searched by words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc

from polku.site.formats import Reader
from polku.surveys.definition.questions import TaskSuccess
from polku.surveys.definition.wordings import choices_of, text_of
from polku.surveys.honesty.flags import FLAGS
from polku.surveys.models import Response, Tag, TaggedResponse
from polku.surveys.results import texts, words
from polku.surveys.results.asked import Versions
from polku.surveys.results.selection import Mask, Selection

PER_PAGE = 50


@dataclass(frozen=True)
class Said:
    """One answer's texts. `scores` are (metric, value) pairs; of an anonymous survey there are none, no time and no
    way to the whole answer."""

    response: int
    texts: Sequence[tuple[str, str]]
    scores: Sequence[tuple[str, str]]
    when: str
    tags: Sequence[tuple[int, str]]
    flags: Sequence[str]
    is_held: bool
    link: str


@dataclass(frozen=True)
class Search:
    """`score` is `low`, `middle` or `high` of the first score question."""

    words: str = ""
    tag: int | None = None
    flag: str = ""
    score: str = ""


@dataclass(frozen=True)
class Found:
    said: Sequence[Said]
    n: int
    page: int
    pages: int


SCORE_BANDS = ("low", "middle", "high")
_BANDS = {
    "nps": (7.0, 9.0), "smiley": (3.0, 4.0), "stars": (3.0, 4.0), "task_success": (0.5, 1.0), "ces": (4.0, 5.0),
}  # fmt: skip


class Comments:
    """Those of a selection. `hidden` where they may not be read."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._is_anonymous = selection.survey.is_anonymous

    @cached_property
    def _has_words(self) -> Mask:
        return np.asarray(pc.is_valid(self._selection.columns.words), dtype=bool)

    @property
    def is_hidden(self) -> bool:
        return not self._selection.may_show_comments(self._has_words)

    @property
    def n(self) -> int:
        return int((self._has_words & self._selection.mask).sum())

    def rows(self, search: Search) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Places of the responses, the newest first; of an anonymous survey in an order that says nothing."""
        if self.is_hidden:
            return np.zeros(0, dtype=np.int64)
        selection, columns = self._selection, self._selection.columns
        mask = selection.mask & self._has_words
        if search.words:
            mask &= np.asarray(texts.found_in(columns.words, search.words), dtype=bool)
        if search.tag is not None:
            tagged = TaggedResponse.objects.filter(tag=search.tag, response__survey=selection.survey)
            mask &= np.isin(columns.ids, list(tagged.values_list("response_id", flat=True)))
        if not self._is_anonymous:
            if search.flag in FLAGS:
                mask &= (columns.flags >> FLAGS.index(search.flag)) & 1 == 1
            if search.score in SCORE_BANDS and selection.versions.scores:
                mask &= self._in_band(search.score)
        found = np.flatnonzero(mask)
        if self._is_anonymous:
            return found[np.argsort(columns.numbers[found])]
        return found[np.lexsort((columns.ids[found], columns.seen[found]))[::-1]]

    def _in_band(self, band: str) -> Mask:
        asked = self._selection.versions.scores[0]
        values = self._selection.columns.answers[asked.column]
        low, high = asked.scale or (0.0, 0.0)
        middle, top = _BANDS.get(asked.metric or "", (low + (high - low) * 0.5, low + (high - low) * 0.75))
        with np.errstate(invalid="ignore"):
            chosen = {
                "low": values < middle,
                "middle": (values >= middle) & (values < top),
                "high": values >= top,
            }
        return np.asarray(chosen[band], dtype=bool)

    def page(self, search: Search, page: int, reader: Reader, *, per_page: int = PER_PAGE) -> Found:
        rows = self.rows(search)
        pages = max(1, -(-len(rows) // per_page))
        page = min(max(1, page), pages)
        chosen = self._selection.columns.ids[rows[(page - 1) * per_page : page * per_page]]
        return Found(said_by(self._selection, chosen.tolist(), reader), len(rows), page, pages)


def latest(selection: Selection, reader: Reader, most: int) -> Found | None:
    """The newest few; None where nobody wrote or they may not be read."""
    comments = Comments(selection)
    if comments.is_hidden or not comments.n:
        return None
    return comments.page(Search(), 1, reader, per_page=most)


def said_by(selection: Selection, ids: Sequence[int], reader: Reader) -> list[Said]:
    """The responses in this order, with their texts, scores and tags."""
    rows = {
        response.pk: response
        for response in Response.objects.filter(pk__in=ids).select_related("version", "link")
    }
    tags: dict[int, list[tuple[int, str]]] = {}
    tagged = Tag.objects.filter(responses__in=ids).values_list("responses", "pk", "name").order_by("name")
    for response, tag, name in tagged:
        tags.setdefault(response, []).append((tag, name))
    return [
        _said(rows[each], tags.get(each, []), selection.versions, reader, selection.survey.is_anonymous)
        for each in ids
        if each in rows
    ]


def _said(
    response: Response, tags: Sequence[tuple[int, str]], versions: Versions, reader: Reader, anonymous: bool
) -> Said:
    written = texts.written_in(response.answers, versions.questions)
    titles = {
        name: text_of(asked.question, reader.language)
        for asked in versions.questions
        for name in texts.names_of(asked.question)
    }
    moment = response.completed_at or response.changed_at
    return Said(
        response=response.pk,
        texts=[(titles[name], text) for name, text in written],
        scores=() if anonymous else scores_of(response.answers, versions, reader),
        when="" if anonymous else said_when(moment, reader),
        tags=tags,
        flags=() if anonymous else [words.flag_word(flag) for flag in response.flags],
        is_held=response.is_held,
        link=response.link.name if response.link and not anonymous else "",
    )


def said_when(moment: dt.datetime, reader: Reader) -> str:
    local = reader.local(moment)
    return f"{reader.day(local, year=True)} {reader.clock(local)}"


def scores_of(answers: Mapping[str, Any], versions: Versions, reader: Reader) -> list[tuple[str, str]]:
    """(metric, answer as people read it) of each score question that was answered."""
    found = []
    for asked in versions.scores:
        given = answers.get(asked.key)
        if given is None:
            continue
        if isinstance(asked.question, TaskSuccess):
            labels = dict(choices_of(asked.question, reader.language))
            found.append((words.metric_word(asked), labels.get(given, str(given))))
        elif isinstance(given, (int, float)):
            high = asked.scale[1] if asked.scale else None
            said = reader.number(given, 0 if float(given).is_integer() else 1)
            found.append((words.metric_word(asked), f"{said}/{high:g}" if high else said))
    return found
