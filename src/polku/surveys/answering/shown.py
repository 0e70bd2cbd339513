"""Questions as the page shows them: texts in the respondent's language, what was answered before, what is to mend."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from polku.surveys.definition.piping import Known, pipe
from polku.surveys.definition.questions import (
    Answer,
    AnyQuestion,
    Csat,
    Definition,
    Matrix,
    Number,
    Option,
    Points,
    Ranking,
)
from polku.surveys.definition.reading import LONGEST_TEXT, field_of
from polku.surveys.definition.wordings import choices_of, ends_of, in_language, text_of

_LAST = ("other", "none")


_SHORT = 3  # characters


@dataclass
class Choice:
    value: str
    label: str
    is_chosen: bool = False


@dataclass
class Row:
    """Of a matrix: `choices` are its columns. Of a ranking or points: `value` is what stands there."""

    name: str
    label: str
    value: str = ""
    choices: list[Choice] = field(default_factory=list)


@dataclass
class ShownQuestion:
    key: str
    name: str
    """Of its form field."""
    kind: str
    shape: str
    """The template's part that draws it."""
    text: str
    help: str
    is_required: bool
    problem: str = ""
    value: str = ""
    choices: list[Choice] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    low_end: str = ""
    high_end: str = ""
    unit: str = ""
    most: int = 0
    total: int = 0
    low: str = ""
    high: str = ""
    other: str = ""
    has_other: bool = False

    @property
    def has_short_columns(self) -> bool:
        """Numbers and the like, of which several fit beside each other on a phone."""
        return bool(self.columns) and max(map(len, self.columns)) <= _SHORT

    @property
    def described_by(self) -> str:
        """Ids of what says more about it."""
        ids = [f"{self.name}-help"] if self.help else []
        ids += [f"{self.name}-problem"] if self.problem else []
        return " ".join(ids)


_SHAPES = {
    "nps": "scale",
    "number": "text",
    "csat": "labelled",
    "ces": "labelled",
    "smiley": "smiley",
    "stars": "stars",
    "task_success": "choices",
    "single": "choices",
    "multiple": "choices",
    "short_text": "text",
    "long_text": "text",
    "date": "text",
    "email": "text",
}


def show(
    question: AnyQuestion,
    *,
    definition: Definition,
    answers: Mapping[str, Answer | None],
    known: Known,
    language: str,
    typed: Mapping[str, Sequence[str]] | None = None,
    problem: str = "",
    seed: str = "",
) -> ShownQuestion:
    """`typed` is what the form brought where something is to be mended: shown again as it was typed. `seed` keeps a
    random order the same for one person."""

    def words(text: str) -> str:
        return pipe(text, definition=definition, answers=answers, known=known, language=language)

    kind = str(question.__struct_config__.tag)
    name = field_of(question)
    is_scale = isinstance(question, Number) and question.is_scale
    shown = ShownQuestion(
        key=question.key,
        name=name,
        kind=kind,
        shape="scale" if is_scale else _SHAPES.get(kind, kind),
        text=words(text_of(question, language)),
        help=words(in_language(question.help, language)),
        is_required=question.required,
        problem=problem,
    )
    given = _given(question, answers, typed)
    shown.value = "" if isinstance(given, list | dict) or given is None else _plain(given)
    shown.low_end, shown.high_end = ends_of(question, language)
    shown.most = min(int(getattr(question, "most", 0) or 0), LONGEST_TEXT)
    if isinstance(question, Number):
        shown.unit = in_language(question.unit, language)
        shown.low = "" if question.low is None else f"{question.low:g}"
        shown.high = "" if question.high is None else f"{question.high:g}"
    if isinstance(question, Matrix):
        _show_matrix(shown, question, given, words, language, seed)
    elif isinstance(question, Ranking | Points):
        _show_rows(shown, question, given, words, language, seed)
    else:
        chosen = {_plain(each) for each in given} if isinstance(given, list) else {shown.value}
        shown.choices = [
            Choice(str(value), words(label), str(value) in chosen and given is not None)
            for value, label in _ordered(question, choices_of(question, language), seed)
        ]
        shown.has_other = bool(getattr(question, "other", False))
        if shown.has_other:
            other = typed.get(f"{name}-other", ("",))[-1] if typed else answers.get(f"{question.key}.other")
            shown.other = str(other or "")
    if isinstance(question, Csat):
        shown.most = question.scale
    return shown


def _given(
    question: AnyQuestion, answers: Mapping[str, Answer | None], typed: Mapping[str, Sequence[str]] | None
) -> object:
    """The answer that is kept, or what was typed, in the same form."""
    if typed is None:
        answer = answers.get(question.key)
        if isinstance(question, Ranking) and isinstance(answer, list):
            return {key: place for place, key in enumerate(answer, start=1)}
        return answer
    name = field_of(question)
    if isinstance(question, Matrix | Ranking | Points):
        parts = question.rows if isinstance(question, Matrix) else question.options
        return {part.key: typed.get(f"{name}-{part.key}", ("",))[-1] for part in parts}
    values = list(typed.get(name, ()))
    return values if question.__struct_config__.tag == "multiple" else (values[-1] if values else None)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _ordered(
    question: AnyQuestion, choices: list[tuple[int | str, str]], seed: str
) -> list[tuple[int | str, str]]:
    """In a random order where that is wanted, "something else" and "none of these" always last."""
    if not getattr(question, "random_order", False):
        return choices
    mixed = [choice for choice in choices if choice[0] not in _LAST]
    random.Random(f"{seed}{question.key}").shuffle(mixed)  # noqa: S311 - an order on a page is no secret
    return mixed + [choice for choice in choices if choice[0] in _LAST]


def _mixed(question: AnyQuestion, parts: Sequence[Option], seed: str) -> list[Option]:
    mixed = list(parts)
    if getattr(question, "random_order", False):
        random.Random(f"{seed}{question.key}").shuffle(mixed)  # noqa: S311
    return mixed


def _show_matrix(
    shown: ShownQuestion,
    question: Matrix,
    given: object,
    words: Callable[[str], str],
    language: str,
    seed: str,
) -> None:
    chosen = cast(dict[str, object], given) if isinstance(given, dict) else {}
    columns = [(column.key, words(in_language(column.text, language))) for column in question.columns]
    shown.columns = [label for _key, label in columns]
    for row in _mixed(question, question.rows, seed):
        choices = [Choice(key, label, str(chosen.get(row.key, "")) == key) for key, label in columns]
        shown.rows.append(
            Row(f"{shown.name}-{row.key}", words(in_language(row.text, language)), choices=choices)
        )


def _show_rows(
    shown: ShownQuestion,
    question: Ranking | Points,
    given: object,
    words: Callable[[str], str],
    language: str,
    seed: str,
) -> None:
    values = cast(dict[str, object], given) if isinstance(given, dict) else {}
    for option in _mixed(question, question.options, seed):
        value = str(values.get(option.key, ""))
        places = []
        if isinstance(question, Ranking):
            places = [
                Choice(str(place), str(place), str(place) == value)
                for place in range(1, len(question.options) + 1)
            ]
        shown.rows.append(
            Row(f"{shown.name}-{option.key}", words(in_language(option.text, language)), value, places)
        )
    shown.total = question.total if isinstance(question, Points) else 0
