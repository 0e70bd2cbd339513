"""By what results are split and filtered: what answers know, and what the event store knows of people and orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import resolvers
from polku.analytics.explore.forms import properties_received
from polku.analytics.parsing import parse_scope
from polku.analytics.personal import says_who
from polku.eventstore.port import Condition, Scope
from polku.eventstore.registry import store
from polku.journeys.display_names import channel_name
from polku.surveys.definition.questions import Single
from polku.surveys.definition.wordings import choices_of, text_of
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.results.asked import Versions
from polku.surveys.results.columns import Columns
from polku.surveys.results.encoding import Coded, option_keys

TOUCHPOINT = "touchpoint"
_JOINED = ("person.", "order.")
_MOST_ANONYMOUS = 8


@dataclass(frozen=True)
class Dimension:
    """`codes` gives each response the place of its value in `values`, −1 where it is not known. `labels` are the values
    as people call them."""

    key: str
    name: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int32]


class Dimensions:
    """Those of one survey. Keys: link, channel, language, version, field.NAME, answer.KEY; and of surveys that are not
    anonymous touchpoint, person.NAME and order.NAME, by the event store."""

    def __init__(self, survey: Survey, versions: Versions, columns: Columns, *, sees_people: bool) -> None:
        self.survey, self.versions, self.columns = survey, versions, columns
        self._sees_people = sees_people
        self._workspace: Workspace = survey.workspace
        self._language = (get_language() or "fi")[:2]

    def names(self) -> dict[str, str]:
        """Key → name of all that may be chosen, in order."""
        columns = self.columns
        found = {"link": _("Link")}
        if len(columns.channels.values) > 1:
            found["channel"] = _("Channel")
        if len(columns.languages.values) > 1:
            found["language"] = _("Language")
        if len(self.versions.numbers) > 1:
            found["version"] = _("Version")
        found |= {f"field.{name}": resolvers.words().property(name) for name in self.versions.fields}
        found |= {
            f"answer.{asked.column}": text_of(asked.question, self._language)
            for asked in self.versions.questions
            if isinstance(asked.question, Single)
        }
        if self.survey.is_anonymous:
            return dict(list(found.items())[:_MOST_ANONYMOUS])
        if self.versions.scores:
            found[TOUCHPOINT] = _("Touchpoint")
            found |= {name: resolvers.words().property(name) for name in self._joined()}
        return found

    def find(self, key: str) -> Dimension | None:
        """None for a key that is not among `names`. Raises StoreError where the store gives up."""
        name = self.names().get(key)
        if name is None:
            return None
        kind, _dot, rest = key.partition(".")
        columns = self.columns
        if kind == "link":
            return self._link(name)
        if kind == "channel":
            return self._coded(
                key, name, columns.channels, {v: channel_name(v) for v in columns.channels.values}
            )
        if kind == "language":
            return self._coded(key, name, columns.languages, language_names())
        if kind == "version":
            numbers = sorted(self.versions.definitions)
            places = {number: place for place, number in enumerate(numbers)}
            codes = np.array([places.get(int(each), -1) for each in columns.versions], dtype=np.int32)
            values = tuple(map(str, numbers))
            return Dimension(key, name, values, values, codes)
        if kind == "field":
            words = resolvers.words()
            coded = columns.fields[rest]
            return self._coded(key, name, coded, {value: words.value(rest, value) for value in coded.values})
        if kind == "answer":
            return self._answer(key, name, rest)
        return self._from_store(key, name)

    def _joined(self) -> list[str]:
        state = store().state(self._workspace.key.hex)
        names = properties_received(self._workspace.key.hex, state.version)
        return [
            name for name in names if name.startswith(_JOINED) and (self._sees_people or not says_who(name))
        ]

    def _link(self, name: str) -> Dimension:
        names = dict(SurveyLink.objects.filter(survey=self.survey).values_list("pk", "name"))
        numbers, places = np.unique(self.columns.links, return_inverse=True)
        codes = places.astype(np.int32)
        if len(numbers) and numbers[0] == 0:
            numbers, codes = numbers[1:], (places - 1).astype(np.int32)
        labels = tuple(names.get(int(number), _("removed link")) for number in numbers)
        return Dimension("link", name, tuple(str(number) for number in numbers), labels, codes)

    def _answer(self, key: str, name: str, column: str) -> Dimension | None:
        asked = self.versions.find(column)
        if asked is None:
            return None
        labels = {str(value): label for value, label in choices_of(asked.question, self._language)}
        values = tuple(option_keys(asked.question))
        codes = self.columns.answers[column].astype(np.int32)
        return Dimension(key, name, values, tuple(labels[value] for value in values), codes)

    def _coded(self, key: str, name: str, coded: Coded, labels: Mapping[str, str]) -> Dimension:
        return Dimension(
            key, name, coded.values, tuple(labels.get(value, value) for value in coded.values), coded.codes
        )

    def _from_store(self, key: str, name: str) -> Dimension:
        known, values = told(self._workspace, self.survey, self.versions, split=key)
        numbers = np.array([number for number, _value in known], dtype="S32")
        order = np.argsort(numbers)
        places = {value: place for place, value in enumerate(values)}
        codes_of = np.array([places[value] for _number, value in known], dtype=np.int32)
        codes = np.full(len(self.columns), -1, dtype=np.int32)
        if len(numbers):
            found = np.minimum(np.searchsorted(numbers[order], self.columns.numbers), len(numbers) - 1)
            there = numbers[order][found] == self.columns.numbers
            codes[there] = codes_of[order][found[there]]
        return Dimension(key, name, values, tuple(self._said(key, value) for value in values), codes)

    def _said(self, key: str, value: str) -> str:
        if key == TOUCHPOINT:
            found = resolvers.find_touchpoint(self._workspace, int(value)) if value.isdigit() else None
            return found.name if found else value
        return resolvers.words().value(key, value)

    def in_segment(self, name: str) -> npt.NDArray[np.bool_]:
        """Which responses are of people in the segment, as the event store knows them."""
        known, _values = told(self._workspace, self.survey, self.versions, segment=name)
        numbers = np.array([number for number, _value in known], dtype="S32")
        return np.isin(self.columns.numbers, numbers)


def told(
    workspace: Workspace, survey: Survey, versions: Versions, *, split: str = "", segment: str = ""
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """((response, value), …) and the values, by the scores that the event store was told of: the property or touchpoint
    `split` of each response, or whether its person is in `segment`. An answer at several touchpoints counts at the
    first. Raises StoreError."""
    state = store().state(workspace.key.hex)
    scope = parse_scope(workspace, {"segment": segment} if segment else {}, warnings=[])
    metrics = tuple(dict.fromkeys(asked.metric for asked in versions.scores if asked.metric))
    return _told(workspace.key.hex, state.version, survey.key, metrics, split, scope)


@lru_cache(maxsize=16)
def _told(
    key: str, version: int, survey: str, metrics: tuple[str, ...], split: str, scope: Scope
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Kept while the store's data, whose `version` it is, stays the same."""
    scope = replace(scope, where=(Condition("survey", "eq", survey),))
    by = ["response", split] if split else ["response"]
    found: dict[str, str] = {}
    for metric in metrics:
        table = store().scores(key, scope, metric, interval=None, group_by=by)
        numbers = table.column("g0").to_pylist()
        values = table.column("g1").to_pylist() if split else [""] * len(numbers)
        for number, value in zip(numbers, values, strict=True):
            if number is not None and value is not None:
                found.setdefault(number, str(value))
    return tuple(found.items()), tuple(sorted(set(found.values())))


def language_names() -> dict[str, str]:
    return {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}
