"""Options, rows and columns as rows of a form.

Field names: `NAME-N-key`, `NAME-N-LANGUAGE`, `NAME-N-value`; what a button asks for stands in `do` (`options:add`,
`options:2:up`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from polku.surveys.definition import limits
from polku.surveys.definition.editing import free_key
from polku.surveys.definition.questions import AnyQuestion, Matrix, Option, Text

_MOST_ROWS = limits.OPTIONS + 1
_LIST_TITLES = {
    "options": gettext_lazy("Options"),
    "rows": gettext_lazy("Rows"),
    "columns": gettext_lazy("Columns"),
}


@dataclass(frozen=True)
class OptionRow:
    number: int
    key: str
    cells: list[tuple[str, str, str]]
    value: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class OptionList:
    """Options, rows or columns; `name` is their field."""

    name: str
    title: str
    rows: list[OptionRow]
    has_values: bool
    can_add: bool


def show_options(
    name: str, options: tuple[Option, ...], question: AnyQuestion, languages: tuple[str, ...]
) -> OptionList:
    rows = [
        OptionRow(
            number=number,
            key=option.key,
            cells=[
                (language, f"{name}-{number}-{language}", option.text.get(language, ""))
                for language in languages
            ],
            value=plain_number(option.value),
            is_first=number == 0,
            is_last=number == len(options) - 1,
        )
        for number, option in enumerate(options)
    ]
    return OptionList(
        name=name,
        title=str(_LIST_TITLES[name]),
        rows=rows,
        has_values=isinstance(question, Matrix) and name == "columns",
        can_add=len(options) < limits.OPTIONS,
    )


def read_options(
    name: str,
    before: tuple[Option, ...],
    form: Mapping[str, str],
    languages: tuple[str, ...],
    is_matrix: bool,
) -> tuple[Option, ...]:
    """The options that the form has, after what its button asks for (`do`: `options:add`, `options:2:up` …)."""
    known = {option.key: option for option in before}
    options: list[Option] = []
    for number in range(_MOST_ROWS):
        key = form.get(f"{name}-{number}-key")
        if key is None:
            if not any(form.get(f"{name}-{number}-{language}", "").strip() for language in languages):
                continue
            key = ""
        old = known.pop(key, None)
        text = read_text(old.text if old else {}, form, f"{name}-{number}", languages)
        value = (
            _read_value(form.get(f"{name}-{number}-value"), old) if is_matrix and name == "columns" else None
        )
        if old is None or not any(old.text.values()):
            taken = {option.key for option in options} | set(known) | {"other", "none"}
            fallback = key if old else f"{name.rstrip('s')}_{number + 1}"
            key = free_key(_key_from(text, languages) or fallback, taken)
        options.append(Option(key, text, value))
    if not any(f"{name}-{number}-key" in form for number in range(_MOST_ROWS)) and not options:
        options = list(before)  # the form has no such list
    return tuple(_rearranged(name, options, form.get("do", "")))


def _rearranged(name: str, options: list[Option], do: str) -> list[Option]:
    if do == f"{name}:add" and len(options) < limits.OPTIONS:
        taken = {option.key for option in options}
        value = None
        if options and options[-1].value is not None:
            value = options[-1].value + 1
        return [*options, Option(free_key(f"{name.rstrip('s')}_{len(options) + 1}", taken), {}, value)]
    found = re.fullmatch(rf"{name}:(\d{{1,3}}):(up|down|remove)", do)
    if found is None or int(found[1]) >= len(options):
        return options
    place = int(found[1])
    option = options.pop(place)
    if found[2] != "remove":
        options.insert(max(0, place + (-1 if found[2] == "up" else 1)), option)
    return options


def _key_from(text: Text, languages: tuple[str, ...]) -> str:
    words = next((text[language] for language in ("en", *languages) if text.get(language)), "")
    key = slugify(words).replace("-", "_")[:30].strip("_")
    return key if limits.KEY.fullmatch(key) else ""


def _read_value(written: str | None, old: Option | None) -> float | None:
    if written is None:
        return old.value if old else None
    try:
        return float(written.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None


def read_text(text: Text, form: Mapping[str, str], name: str, languages: tuple[str, ...]) -> Text:
    """The text with the words of a form's fields `NAME-LANGUAGE`; empty ones are left out, others are kept."""
    read = dict(text)
    for language in languages:
        words = form.get(f"{name}-{language}")
        if words is None:
            continue
        words = words.replace("\r\n", "\n").replace("\0", "").strip()
        read.pop(language, None)
        if words:
            read[language] = words
    return read


def plain_number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
