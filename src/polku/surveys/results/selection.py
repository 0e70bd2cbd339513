"""Which answers results are of: what the address says, as a mask over the responses.

Of an anonymous survey only what cannot isolate anybody is answered (honesty/suppression.py): everybody, split by one
thing, or one group that may be shown; never a group of a group, a stretch of days or a segment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.http import QueryDict
from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.analytics.periods import ALL, Period, read_period
from polku.surveys.honesty.suppression import K_DETAILS, K_SCORES, Shown, what_may_be_shown
from polku.surveys.models import Survey
from polku.surveys.results.asked import Asked, Versions
from polku.surveys.results.columns import Columns
from polku.surveys.results.dimensions import Dimension, Dimensions
from polku.surveys.results.encoding import Array, is_answered

MOST_FILTERS = 5
LONGEST = 300

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filter:
    """One value of a dimension, and whether it is written so."""

    dimension: Dimension
    place: int

    @property
    def parameter(self) -> str:
        return f"{self.dimension.key}={self.dimension.values[self.place]}"

    @property
    def words(self) -> str:
        return f"{self.dimension.name}: {self.dimension.labels[self.place]}"


@dataclass(frozen=True)
class Wish:
    """What the address asks for, not yet looked at: see `read_wish`."""

    by: str = ""
    only: tuple[str, ...] = ()
    segment: str = ""
    range: str = ALL
    first: str = ""
    last: str = ""
    interval: Literal["week", "month"] = "month"


def read_wish(given: QueryDict) -> Wish:
    """`by` a dimension, `only` dimension=value (may repeat), `segment`, `range` with `from` and `to`, `interval`."""

    def one(name: str) -> str:
        return given.get(name, "").replace("\0", "").strip()[:LONGEST]

    only = [value.replace("\0", "")[:LONGEST] for value in given.getlist("only")]
    return Wish(
        by=one("by"),
        only=tuple(dict.fromkeys(value for value in only if "=" in value))[: MOST_FILTERS + 1],
        segment=one("segment"),
        range=one("range") or ALL,
        first=one("from"),
        last=one("to"),
        interval="week" if one("interval") == "week" else "month",
    )


class Selection:
    """The answers that count and that the address asks for.

    `problem` says why nothing is shown; then `mask` is empty. Raises StoreError where the store is asked and gives up.
    """

    def __init__(
        self,
        survey: Survey,
        versions: Versions,
        columns: Columns,
        wish: Wish,
        *,
        sees_people: bool,
        today: dt.date,
    ) -> None:
        self.survey, self.versions, self.columns, self.wish = survey, versions, columns, wish
        self.dimensions = Dimensions(survey, versions, columns, sees_people=sees_people)
        self.problem = ""
        self.period: Period = read_period(wish.range, wish.first, wish.last, newest=today, default=ALL)
        self.segment = wish.segment
        self.filters = self._filters()
        self.by = self._split()
        if survey.is_anonymous:
            self._refuse_what_isolates()
        else:
            self.problem = self.problem or self.period.problem
        self.mask: Mask = np.zeros(len(columns), dtype=bool) if self.problem else self._masked()

    # what is asked

    def _filters(self) -> list[Filter]:
        found = []
        for parameter in self.wish.only:
            key, _equals, value = parameter.partition("=")
            dimension = self.dimensions.find(key)
            if dimension is None or value not in dimension.values:
                self.problem = _("Nobody’s answers are of the kind that was chosen.")
                continue
            found.append(Filter(dimension, dimension.values.index(value)))
        if len(found) > MOST_FILTERS:
            self.problem = _("That is more than %d filters at once.") % MOST_FILTERS
        return found

    def _split(self) -> Dimension | None:
        chosen = self.wish.by or ("link" if len(np.unique(self.columns.links)) > 1 else "")
        return self.dimensions.find(chosen) if chosen else None

    def _masked(self) -> Mask:
        mask = self.columns.counts.copy()
        for each in self.filters:
            mask &= each.dimension.codes == each.place
        if self.period.first is not None and self.period.last is not None:
            days = self.days
            first, last = self.period.first.toordinal(), self.period.last.toordinal()
            mask &= (days >= first) & (days <= last)
        if self.segment:
            if self.segment not in resolvers.segment_names(self.survey.workspace) or not self.versions.scores:
                self.problem = _("There is no segment called “%s”.") % self.segment[:80]
                return np.zeros(len(self.columns), dtype=bool)
            mask &= self.dimensions.in_segment(self.segment)
        return mask

    # times

    @cached_property
    def days(self) -> npt.NDArray[np.int64]:
        """Each response's day in the workspace's zone, as an ordinal."""
        seconds = self.columns.seen
        quarters, places = np.unique(
            seconds // 900, return_inverse=True
        )  # no zone is finer than a quarter of an hour
        zone = ZoneInfo(self.survey.workspace.timezone)
        ordinals = [dt.datetime.fromtimestamp(int(quarter) * 900, zone).toordinal() for quarter in quarters]
        return np.array(ordinals, dtype=np.int64)[places] if len(ordinals) else np.zeros(0, dtype=np.int64)

    @property
    def interval(self) -> Literal["week", "month"]:
        """Anonymous surveys have months only: a month less its weeks could be a few people."""
        return "month" if self.survey.is_anonymous else self.wish.interval

    @cached_property
    def periods(self) -> tuple[list[dt.date], npt.NDArray[np.int64]]:
        """The starts of the periods that have answers, and the place of each response's."""
        days = self.days
        if self.interval == "week":
            starts = days - (days - 1) % 7
        else:
            months = np.array(days - 719_163, dtype="datetime64[D]").astype("datetime64[M]")
            starts = months.astype("datetime64[D]").astype(np.int64) + 719_163
        found, places = np.unique(starts, return_inverse=True)
        return [dt.date.fromordinal(int(start)) for start in found], places

    # anonymity

    def _refuse_what_isolates(self) -> None:
        if self.segment or self.period.first is not None or len(self.wish.only) > 1:
            self.problem = _(
                "The survey is anonymous: its answers are shown together or by one thing at a time, "
                "so that nobody can be told apart."
            )

    @cached_property
    def _groupings(self) -> dict[str, npt.NDArray[np.int32]]:
        """All that an anonymous survey may be split by; what is not known is a group too."""
        found = {"month": self.periods[1].astype(np.int32)}
        for key in self.dimensions.names():
            dimension = self.dimensions.find(key)
            if dimension is not None:
                codes = dimension.codes
                found[key] = np.where(codes < 0, len(dimension.values), codes).astype(np.int32)
        return found

    def protected(self, answered: Mask) -> tuple[Shown, Shown]:
        """Of an anonymous survey's answers that count and are `answered`: groups that may show a score, and details."""
        of = self.columns.counts & answered
        scores = what_may_be_shown(self._groupings, k=K_SCORES, of=of)
        return scores, what_may_be_shown(self._groupings, k=K_DETAILS, of=of, within=scores)

    def view_of(self, asked: Asked) -> View:
        """The answers to one question, and what of them may be shown."""
        array = self.columns.answers[asked.column]
        answered = is_answered(array)
        if not self.survey.is_anonymous:
            return View(array, answered & self.mask, True, True, None)
        scores, details = self.protected(answered)
        if self.problem:
            return View(array, answered & self.mask, False, False, scores)
        if self.filters:
            only = self.filters[0]
            key, place = only.dimension.key, only.place
            return View(
                array,
                answered & self.mask,
                place in scores.groups[key],
                place in details.groups[key],
                None,
                is_group=True,
            )
        return View(array, answered & self.mask, scores.whole, details.whole, scores)

    def may_show_comments(self, has_words: Sequence[bool] | Mask) -> bool:
        """Whether what people wrote may be read."""
        if not self.survey.is_anonymous:
            return True
        words = np.asarray(has_words, dtype=bool)
        return not (self.filters or self.problem) and int((words & self.columns.counts).sum()) >= K_DETAILS


@dataclass(frozen=True)
class View:
    """The answers to one question: `mask` are those that are asked for and there. `by_group` says which groups may be
    shown beside each other, None for all. A `is_group` is one already and is not split further."""

    array: Array
    mask: Mask
    shows_score: bool
    shows_details: bool
    by_group: Shown | None
    is_group: bool = False

    @property
    def n(self) -> int:
        return int(self.mask.sum())

    def may_split(self, key: str, place: int) -> bool:
        """Whether the score of this group may be shown; `key` is the dimension's, or `month`."""
        if self.is_group:
            return False
        return self.by_group is None or place in self.by_group.groups.get(key, frozenset())
