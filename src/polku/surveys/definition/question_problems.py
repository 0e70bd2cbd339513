"""What is wrong with one question by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from polku.surveys.definition import limits
from polku.surveys.definition.problem import Problem
from polku.surveys.definition.questions import (
    AnyQuestion,
    Email,
    LongText,
    Matrix,
    Multiple,
    Number,
    Option,
    Points,
    Ranking,
    ShortText,
    Single,
)


def question_problems(question: AnyQuestion, index: int, *, is_anonymous: bool) -> Iterator[Problem]:
    """Problems of its options, limits and numbers; texts and logic are looked at elsewhere."""
    for place, sentence in _found(question, is_anonymous):
        yield Problem(f"questions[{index}].{place}", sentence, question=question.key)


def _found(question: AnyQuestion, is_anonymous: bool) -> Iterator[tuple[str, str]]:
    match question:
        case Single() | Multiple():
            if len(question.options) + question.other + question.none < 2 or not question.options:
                yield "options", _("Give at least two options to choose from.")
            if isinstance(question, Multiple):
                yield from _most(question)
        case Ranking() | Points():
            if len(question.options) < 2:
                yield "options", _("Give at least two options to choose from.")
            if isinstance(question, Points) and not 1 <= question.total <= limits.POINTS:
                yield "total", _("Share out 1–%s points.") % limits.POINTS
        case Matrix():
            if not question.rows:
                yield "rows", _("Give at least one row.")
            if len(question.columns) < 2:
                yield "columns", _("Give at least two columns.")
            yield from _values(question.columns)
        case Number():
            yield from _number(question)
        case ShortText() | LongText():
            if not 1 <= question.most <= limits.LONGEST_ANSWER:
                yield "most", _("An answer may have 1–%s characters.") % limits.LONGEST_ANSWER
        case Email(joins=True) if is_anonymous:
            yield "joins", _("An anonymous survey cannot join its answers to a person: take that off.")


def _most(question: Multiple) -> Iterator[tuple[str, str]]:
    if question.most is not None and not 1 <= question.most <= max(1, len(question.options) + question.other):
        yield "most", _("At most as many can be chosen as there are options.")


def _values(columns: tuple[Option, ...]) -> Iterator[tuple[str, str]]:
    valued = [column.value for column in columns if column.value is not None]
    if valued and len(valued) < len(columns):
        yield "columns", _("Either every column has a number or none has.")
    elif len(set(valued)) < len(valued):
        yield "columns", _("Every column needs a number of its own.")


def _number(question: Number) -> Iterator[tuple[str, str]]:
    low, high = question.low, question.high
    if low is not None and high is not None and low >= high:
        yield "high", _("The highest number should be above the lowest.")
    elif question.is_scale:
        if low is None or high is None or low != int(low) or high != int(high):
            yield "low", _("A scale needs a whole number at both ends.")
        elif high - low >= limits.SCALE_STEPS:
            yield "high", _("A scale has at most %s steps.") % limits.SCALE_STEPS
