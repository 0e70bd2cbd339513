"""Dates and decimals of mappings: settled where the file tells, asked where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from polku.capture.imports.mapping import ColumnMapping, Decimal, Question, Reading
from polku.capture.imports.questions import parse_question
from polku.capture.imports.recognition import asking
from polku.capture.imports.recognition.columns import Column


def settle(
    mappings: list[ColumnMapping], columns: list[Column], reading: Reading, answers: Mapping[str, str]
) -> tuple[list[ColumnMapping], list[Question], list[str]]:
    """(mappings, questions, notes): the mappings with the order of day and month, and the decimal mark, of every column
    where that matters, and the questions about those that nothing tells."""
    by_name = {column.name: column for column in columns if column.usable}
    moments = {name: by_name[name] for mapping in mappings for name in _moments(mapping) if name in by_name}
    amounts = {name: by_name[name] for mapping in mappings for name in _amounts(mapping) if name in by_name}
    told_before = {name: value for mapping in mappings for name, value in mapping.month_first.items()}
    marks_before: dict[str, Decimal] = {n: v for mapping in mappings for n, v in mapping.decimal.items()}
    months, asked = _months(moments, columns, answers, told_before)
    decimals, asked_too = _decimals(amounts, columns, reading, answers, marks_before)
    settled = [
        replace(
            mapping,
            month_first={name: months[name] for name in _moments(mapping) if name in months},
            decimal={name: decimals[name] for name in _amounts(mapping) if name in decimals},
        )
        for mapping in mappings
    ]
    questions = [question for question in asked if _given(answers, question) != "year"]
    backwards = [question.column for question in asked if _given(answers, question) == "year"]
    if backwards:
        note = _(
            "Dates of column “%s” have their year first in two digits. Write years in four digits and try again."
        )
        return [], [], [note % backwards[0]]
    return settled, [*questions, *asked_too], []


def _given(answers: Mapping[str, str], question: Question) -> str:
    return answers.get(f"{question.about}:{question.column}", "")


def _moments(mapping: ColumnMapping) -> list[str]:
    options = mapping.options
    named = [options.time, options.promised, options.delivered, options.start, options.end, options.day]
    return [*(name for name in named if name), *(text.rpartition("=")[0] for text in options.wide)]


def _amounts(mapping: ColumnMapping) -> list[str]:
    options = mapping.options
    questions = [parse_question(text) for text in options.questions]
    named = [options.value, options.score, options.amount, *(each.column for each in questions if each.scale)]
    return [name for name in named if name]


def _months(
    moments: Mapping[str, Column],
    columns: list[Column],
    answers: Mapping[str, str],
    before: Mapping[str, bool],
) -> tuple[dict[str, bool], list[Question]]:
    """(column → whether the month stands first, questions). A column that tells it tells it for the whole file."""
    told = {
        c.dates.month_first
        for c in columns
        if c.dates and c.dates.order == "told" and c.meaning in ("time", "day")
    }
    settled: dict[str, bool] = {}
    questions = []
    for name, column in moments.items():
        dates = column.dates
        if dates is None or dates.order == "none":
            continue
        answer = answers.get(f"month_first:{name}", "")
        if dates.order == "told":
            settled[name] = dates.month_first
        elif answer in ("day", "month"):
            settled[name] = answer == "month"
        elif dates.order == "open" and len(told) == 1:
            settled[name] = next(iter(told))
        elif dates.order != "contradicted" and name in before:
            settled[name] = before[name]
        else:
            questions.append(
                asking.month_first(
                    column, year=dates.order == "year", contradicted=dates.order == "contradicted"
                )
            )
    return settled, questions


def _decimals(
    amounts: Mapping[str, Column],
    columns: list[Column],
    reading: Reading,
    answers: Mapping[str, str],
    before: Mapping[str, Decimal],
) -> tuple[dict[str, Decimal], list[Question]]:
    told = {
        c.amounts.decimal
        for c in columns
        if c.amounts and c.amounts.decimal and c.meaning in ("money", "number")
    }
    settled: dict[str, Decimal] = {}
    questions = []
    for name, column in amounts.items():
        found = column.amounts
        if found is None:
            continue
        answer = answers.get(f"decimal:{name}", "")
        if found.decimal:
            settled[name] = found.decimal
        elif not found.doubtful and not found.contradicted:
            continue
        elif answer == "comma" or answer == "point":
            settled[name] = "comma" if answer == "comma" else "point"
        elif found.doubtful and len(told) == 1:
            settled[name] = next(mark for mark in told if mark)
        elif found.doubtful and name in before:
            settled[name] = before[name]
        else:
            questions.append(asking.decimal(column, "comma" if reading.delimiter == ";" else ""))
    return settled, questions
