"""What can be an outcome or a driver in a workspace: whatever was asked of customers, and promises kept.

In addresses a choice is a text of five parts, `metric|question|survey|touchpoint|property`; buying again is
`again|90`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import resolvers
from polku.analytics.explore.selecting import Group, Option
from polku.analytics.measures import METRICS
from polku.eventstore.port import Scope, Selector, SignalKind, StoreState
from polku.eventstore.registry import store
from polku.journeys.display_names import metric_name
from polku.site import formats
from polku.surveys.definition.questions import AnyQuestion, Matrix, from_data
from polku.surveys.definition.wordings import in_language, text_of
from polku.surveys.models import Survey
from polku.surveys.queries import newest_version

AGAIN = "again"
AGAIN_DAYS = (30, 90, 180, 365)
ON_TIME = "order.on_time"
LONGEST = 300
LONGEST_NAME = 80
_OF_SURVEYS = frozenset({*METRICS, "task_success", "stars", "number"})
"""Metrics of question types: an answer of another name is a row of a matrix, whose name it has."""
_WEIGHT = "_weight"
_LEAST = 30
"""Fewer answers are not offered: nothing could be said of them."""


@dataclass(frozen=True)
class Choice:
    """It has `answers`; questions that were asked together have some of their `responses` in common."""

    value: str
    name: str
    group: str
    answers: int = 0
    responses: frozenset[int] = frozenset()
    question: str = ""
    metric: str = ""
    is_outcome_only: bool = False


@dataclass(frozen=True)
class _Asked:
    metric: str
    question: str
    survey: str
    touchpoint: int | None
    answers: int
    responses: frozenset[int] = frozenset()

    @property
    def value(self) -> str:
        return "|".join((self.metric, self.question, self.survey, str(self.touchpoint or ""), ""))


class Choices:
    """All of a workspace's, in the language in use; those with most answers first."""

    def __init__(self, workspace: Workspace, state: StoreState) -> None:
        self._words = _Words(workspace)
        self.all = list(self._found(workspace, state))
        self._by_value = {choice.value: choice for choice in self.all}

    def name(self, value: str) -> str:
        """What a choice is called; one that is not offered by its own words."""
        if value in self._by_value:
            return self._by_value[value].name
        parts = parts_of(value)
        if parts is None:
            return value
        if "again" in parts:
            return again_name(int(parts["again"]))
        if parts.get("property"):
            return resolvers.words().property(parts["property"])
        number = parts.get("touchpoint", "")
        return self._words.name(
            parts.get("metric", ""),
            parts.get("question", ""),
            parts.get("survey", ""),
            int(number) if number else None,
        )

    def get(self, value: str) -> Choice | None:
        return self._by_value.get(value)

    def groups(self, *, outcomes: bool, chosen: tuple[str, ...] = ()) -> list[Group]:
        """To choose from, with those chosen that are not offered."""
        language = (get_language() or "fi")[:2]
        found: dict[str, list[Option]] = {}
        for choice in self.all:
            if outcomes or not choice.is_outcome_only:
                number = formats.number(choice.answers, language) if choice.answers else ""
                found.setdefault(choice.group, []).append(Option(choice.value, choice.name, people=number))
        lacking = [value for value in chosen if value and value not in self._by_value]
        if lacking:
            found[_("Not in the data")] = [Option(value, self.name(value)) for value in lacking]
        return [Group(name, tuple(options)) for name, options in found.items()]

    def _found(self, workspace: Workspace, state: StoreState) -> Iterator[Choice]:
        rows = _asked(workspace.key.hex, state.version)
        touchpoints, anywhere, questions = _("At a touchpoint"), _("Anywhere"), _("Questions")
        groups = {True: touchpoints, False: anywhere}
        for row in rows:
            name = self._words.name(row.metric, row.question, row.survey, row.touchpoint)
            if row.question:
                title = self._words.survey(row.survey)
                group = _("Questions: %(survey)s") % {"survey": title} if title else questions
            else:
                group = groups[row.touchpoint is not None]
            yield Choice(row.value, name, group, row.answers, row.responses, row.question, row.metric)
        if _has_orders(workspace.key.hex, state.version):
            orders = _("Orders")
            yield Choice(f"||||{ON_TIME}", _("promise kept (delivered on time)"), orders)
            for days in AGAIN_DAYS:
                yield Choice(f"{AGAIN}|{days}", again_name(days), orders, is_outcome_only=True)


def again_name(days: int) -> str:
    return _("bought again within %(days)d days") % {"days": days}


def parts_of(value: str) -> Mapping[str, str] | None:
    """The parts of a choice that are there; None where it is none."""
    parts = value.split("|")
    if len(value) > LONGEST or "\0" in value:
        return None
    if len(parts) == 2 and parts[0] == AGAIN and parts[1].isascii() and parts[1].isdigit():
        return {AGAIN: parts[1]} if 0 < int(parts[1][:6]) <= 3_650 else None
    if len(parts) != 5 or not (parts[0] or parts[1] or parts[4]):
        return None
    number = parts[3]
    if number and not (number.isascii() and number.isdigit() and 0 < int(number) < 2**63):
        return None
    names = ("metric", "question", "survey", "touchpoint", "property")
    return {name: part for name, part in zip(names, parts, strict=True) if part}


def asked_as(value: str, name: str) -> dict[str, object] | None:
    """The choice as a Query object has it; None where it is none."""
    parts = parts_of(value)
    if parts is None:
        return None
    if AGAIN in parts:
        return {"repurchase": f"P{parts[AGAIN]}D"}
    asked: dict[str, object] = dict(parts)
    if "touchpoint" in parts:
        asked["touchpoint"] = int(parts["touchpoint"])
    return asked | {"name": name}


@lru_cache(maxsize=64)
def _asked(key: str, version: int) -> tuple[_Asked, ...]:
    """What was asked often enough; `version` makes the answer new after a load."""
    anywhere: dict[str, _Asked] = {}
    found = []
    for row in store().asked(key).to_pylist():
        name, question = row["name"], row["question"] or ""
        if name.endswith(_WEIGHT):
            continue
        is_type = name in _OF_SURVEYS
        if row["touchpoint"] is not None:
            if is_type:
                found.append(_Asked(name, "", "", row["touchpoint"], row["answers"]))
            continue
        if is_type:
            before = anywhere.get(name)
            total = row["answers"] + (before.answers if before else 0)
            anywhere[name] = _Asked(name, "", "", None, total)
        if question:
            metric, asked = (name, question) if is_type else ("", name)
            responses = frozenset(row["responses"])
            found.append(_Asked(metric, asked, row["survey"] or "", None, row["answers"], responses))
    return tuple(
        row
        for row in sorted([*anywhere.values(), *found], key=lambda row: -row.answers)
        if row.answers >= _LEAST and len(row.value) <= LONGEST
    )


def questions_asked(workspace: Workspace, state: StoreState) -> dict[str, int]:
    """Answers by what they are called: the question, or the row of a matrix; the commonest first."""
    found: dict[str, int] = {}
    for row in store().asked(workspace.key.hex).to_pylist():
        if row["touchpoint"] is None:
            for name in {row["question"], row["name"]} - {None, *_OF_SURVEYS}:
                found[name] = found.get(name, 0) + row["answers"]
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


@lru_cache(maxsize=64)
def _has_orders(key: str, version: int) -> bool:
    return store().preview(key, [Selector((SignalKind.ORDER,))], Scope()).signals > 0


class _Words:
    """Questions of the workspace's surveys, by the keys that their answers have."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._language = (get_language() or workspace.language)[:2]
        self._surveys: dict[str, str] = {}
        self._texts: dict[tuple[str, str], str] = {}
        rows = Survey.objects.filter(workspace=workspace).prefetch_related("versions")
        for survey in rows:
            self._surveys[survey.key] = survey.name
            version = newest_version(survey)
            if version is not None:
                for question in from_data(version.definition).questions:
                    self._read(survey.key, question)
        self._touchpoints = {
            number: name
            for _journey, points in resolvers.touchpoint_choices(workspace)
            for number, name in points
        }

    def _read(self, survey: str, question: AnyQuestion) -> None:
        self._texts[survey, question.key] = text_of(question, self._language)
        if isinstance(question, Matrix):
            for row in question.rows:
                self._texts[survey, row.key] = in_language(row.text, self._language)

    def survey(self, key: str) -> str:
        return self._surveys.get(key, key)

    def name(self, metric: str, question: str, survey: str, touchpoint: int | None) -> str:
        called = metric_name(metric) if metric else ""
        if question:
            text = self._texts.get((survey, question), question)
            return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"
        if touchpoint is not None:
            place = self._touchpoints.get(touchpoint)
            if place is None:
                found = resolvers.find_touchpoint(self._workspace, touchpoint)
                place = found.name if found else str(touchpoint)
            return f"{place} ({called})"
        return called
