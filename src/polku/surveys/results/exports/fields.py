"""The columns of exported answers, over all versions of a survey: names, labels, values and what they mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from django.utils.translation import gettext as _

from polku.surveys.definition.questions import (
    Consent,
    Date,
    Email,
    LongText,
    Matrix,
    Multiple,
    Points,
    Ranking,
    ShortText,
    Single,
    TaskSuccess,
)
from polku.surveys.definition.wordings import (
    TASK_POINTS,
    choices_of,
    ends_of,
    in_language,
    scale_of,
    text_of,
)
from polku.surveys.results.asked import Asked, Versions

Kind = Literal["text", "number", "choice", "yes_no", "date", "moment"]

LONGEST_NAME = 64
"""Bytes: what SPSS takes."""

_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_FOREIGN = re.compile(r"[^A-Za-z0-9_]+")
_LETTERS = str.maketrans("äöåÄÖÅéü", "aoaAOAeu")

Row = Mapping[str, Any]
"""A response as `rows.py` reads it: fields of the model, `answers`, `fields`, `flags`, `version`, `link`."""


@dataclass(frozen=True)
class ExportField:
    """`read` gives a plain value or None: a number for `choice` and `yes_no`, whose meanings are `values`; a day or a
    moment (UTC) for dates. `question` and `type` are for the codebook."""

    name: str
    label: str
    kind: Kind
    read: Callable[[Row], Any]
    values: Mapping[float, str] = field(default_factory=dict)
    question: str = ""
    type: str = ""


def fields_of(versions: Versions, language: str, *, with_doubtful: bool = False) -> list[ExportField]:
    """All columns in order, the answers after what is known of the response. `with_doubtful` adds whether it is held or
    a test."""
    made = [*_about(versions, with_doubtful), *_of_answers(versions, language)]
    names: set[str] = set()
    unique = []
    for each in made:
        name = _unique(each.name, names)
        names.add(name.lower())
        unique.append(_renamed(each, name))
    return unique


def _about(versions: Versions, with_doubtful: bool) -> Iterator[ExportField]:
    def plain(name: str, label: str, kind: Kind = "text") -> ExportField:
        return ExportField(name, label, kind, lambda row: row[name] if row[name] != "" else None)

    states = {"partial": 1.0, "completed": 2.0}
    yield plain("response", _("Number of the answer"))
    yield ExportField(
        "state",
        _("State"),
        "choice",
        lambda row: states.get(row["state"]),
        {1.0: _("answered in part"), 2.0: _("completed")},
    )
    yield plain("version", _("Version of the survey"), "number")
    yield plain("language", _("Language"))
    yield plain("channel", _("Channel"))
    yield plain("link", _("Link"))
    yield plain("started", _("Begun (UTC)"), "moment")
    yield plain("completed", _("Completed (UTC)"), "moment")
    yield plain("seconds", _("Time taken, seconds"), "number")
    yield plain("person", _("Person"))
    yield plain("order", _("Order"))
    yield ExportField("flags", _("Flags"), "text", lambda row: ", ".join(row["flags"]) or None)
    yield ExportField("tags", _("Tags"), "text", lambda row: ", ".join(row["tags"]) or None)
    answers = {0.0: _("No"), 1.0: _("Yes")}
    if with_doubtful:
        yield ExportField("held", _("Held back"), "yes_no", lambda row: int(row["held"]), answers)
        yield ExportField("test", _("Test answer"), "yes_no", lambda row: int(row["test"]), answers)
    yield ExportField("may_be_quoted", _("May be quoted"), "yes_no", lambda row: int(row["quoted"]), answers)
    for name in versions.fields:
        yield ExportField(f"field_{name}", name, "text", partial(_carried, name), type="field")


def _of_answers(versions: Versions, language: str) -> Iterator[ExportField]:
    for asked in versions.questions:
        for each in _fields(asked, language):
            yield _with(each, asked, versions)


def _with(each: ExportField, asked: Asked, versions: Versions) -> ExportField:
    """Read only from versions that asked it: the same key may have been another question."""
    read, asked_in = each.read, frozenset(asked.versions)
    everywhere = len(asked_in) == len(versions.numbers)
    return ExportField(
        each.name,
        each.label,
        each.kind,
        read if everywhere else (lambda row: read(row) if row["version"] in asked_in else None),
        each.values,
        question=asked.key,
        type=str(asked.question.__struct_config__.tag),
    )


def _fields(asked: Asked, language: str) -> Iterator[ExportField]:
    question, key = asked.question, asked.key
    name, label = asked.column.replace("~", "_"), text_of(asked.question, language)
    yes_no = {0.0: _("No"), 1.0: _("Yes")}

    def given(row: Row) -> Any:
        return row["answers"].get(key)

    def reading(part: Callable[[Any, Any], Any], option: object) -> Callable[[Row], Any]:
        return lambda row: part(given(row), option)

    match question:
        case Single():
            codes, values = _coded(question, language)
            yield ExportField(name, label, "choice", lambda row: codes.get(_hashable(given(row))), values)
        case Multiple():
            for option, text in choices_of(question, language):
                yield ExportField(
                    f"{name}_{option}",
                    f"{label}: {text}",
                    "yes_no",
                    reading(_chosen, option),
                    yes_no,
                )
        case Matrix():
            codes = {column.key: float(place) for place, column in enumerate(question.columns, 1)}
            values = {codes[column.key]: in_language(column.text, language) for column in question.columns}
            for part in question.rows:
                yield ExportField(
                    f"{name}_{part.key}",
                    f"{label}: {in_language(part.text, language)}",
                    "choice",
                    reading(partial(_code_of, codes), part.key),
                    values,
                )
        case Ranking():
            for option, text in choices_of(question, language):
                yield ExportField(
                    f"{name}_{option}",
                    f"{label}: {text}",
                    "number",
                    reading(_rank, option),
                )
        case Points():
            for option, text in choices_of(question, language):
                yield ExportField(
                    f"{name}_{option}",
                    f"{label}: {text}",
                    "number",
                    reading(_points, option),
                )
        case Consent():
            yield ExportField(name, label, "yes_no", lambda row: _truth(given(row)), yes_no)
        case Date():
            yield ExportField(name, label, "date", lambda row: _day(given(row)))
        case ShortText() | LongText() | Email():
            yield ExportField(name, label, "text", lambda row: _text(given(row)))
        case TaskSuccess():
            values = {TASK_POINTS[str(value)]: text for value, text in choices_of(question, language)}
            yield ExportField(
                name, label, "choice", lambda row: TASK_POINTS.get(_hashable(given(row))), values
            )
        case _:
            values = {}
            if scale_of(question):
                offered = choices_of(question, language)
                values = {float(value): text for value, text in offered if text != str(value)}
                if not values and offered:
                    ends = zip((offered[0][0], offered[-1][0]), ends_of(question, language), strict=True)
                    values = {float(value): text for value, text in ends if text}
            yield ExportField(name, label, "number", lambda row: _number(given(row)), values)
    if isinstance(question, (Single, Multiple)) and question.other:
        written = _("%(question)s: in their own words") % {"question": label}
        yield ExportField(
            f"{name}_other_text", written, "text", lambda row: _text(row["answers"].get(f"{key}.other"))
        )


def _coded(question: Single, language: str) -> tuple[dict[Any, float], dict[float, str]]:
    offered = choices_of(question, language)
    codes: dict[Any, float] = {str(key): float(place) for place, (key, _label) in enumerate(offered, 1)}
    return codes, {codes[str(key)]: label for key, label in offered}


def _hashable(given: Any) -> Any:
    return given if isinstance(given, str) else None


def _carried(name: str, row: Row) -> str | None:
    return _text(row["fields"].get(name))


def _code_of(codes: Mapping[Any, float], given: Any, key: Any) -> float | None:
    return codes.get(_hashable(given.get(key))) if isinstance(given, dict) else None


def _chosen(given: Any, option: object) -> int | None:
    return int(option in given) if isinstance(given, list) else None


def _rank(given: Any, option: object) -> int | None:
    return given.index(option) + 1 if isinstance(given, list) and option in given else None


def _points(given: Any, option: object) -> float | None:
    return _number(given.get(option, 0)) if isinstance(given, dict) and given else None


def _truth(given: Any) -> int | None:
    return int(given) if isinstance(given, bool) else None


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    return given


def _day(given: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given)
    except (TypeError, ValueError):
        return None


def _text(given: Any) -> str | None:
    return None if given is None or given == "" else str(given)


def _unique(name: str, taken: set[str]) -> str:
    """Letters, digits and underscores, beginning with a letter, at most 64 bytes, no reserved word of SPSS."""
    plain = _FOREIGN.sub("_", name.translate(_LETTERS)).strip("_") or "q"
    if not plain[0].isalpha():
        plain = f"q{plain}"
    plain = plain[:LONGEST_NAME].rstrip("_")
    if plain.lower() in _RESERVED:
        plain = f"{plain}_q"
    found, number = plain, 2
    while found.lower() in taken:
        end = f"_{number}"
        found, number = plain[: LONGEST_NAME - len(end)] + end, number + 1
    return found


def _renamed(each: ExportField, name: str) -> ExportField:
    return ExportField(name, each.label, each.kind, each.read, each.values, each.question, each.type)
