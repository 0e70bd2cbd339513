"""One question as a form: what the editor shows of it, and the question that a posted form tells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.surveys.definition import limits
from polku.surveys.definition.questions import (
    AnyQuestion,
    Csat,
    Definition,
    Matrix,
    Multiple,
    Number,
    Skip,
    Statement,
    Text,
)
from polku.surveys.definition.texts import option_lists
from polku.surveys.definition.wordings import LOCKED, default_about, default_matter, text_of, wording_of
from polku.surveys.designer.option_form import (
    OptionList,
    plain_number,
    read_options,
    read_text,
    show_options,
)
from polku.surveys.designer.rule_form import RuleForm, read_rule, show_rule
from polku.surveys.designer.words import read_in


@dataclass(frozen=True)
class TextRow:
    """One text in every language: (language, field's name, words, what stands there otherwise)."""

    label: str
    name: str
    cells: list[tuple[str, str, str, str]]
    is_long: bool = False
    help: str = ""


@dataclass(frozen=True)
class SkipForm:
    number: int
    rule: RuleForm
    targets: list[tuple[str, str, bool]]
    is_new: bool


@dataclass(frozen=True)
class QuestionForm:
    """Everything that the editor of one question shows."""

    question: AnyQuestion
    kind: str
    wordings: list[tuple[str, str]]
    """Of a locked question: (language, wording with its blanks)."""
    texts: list[TextRow]
    lists: list[OptionList]
    switches: list[tuple[str, str, bool]]
    numbers: list[tuple[str, str, str]]
    scale: int | None
    show_if: RuleForm
    skips: list[SkipForm]
    can_be_required: bool
    has_logic: bool
    is_first: bool = False


@dataclass
class Read:
    """The question that was posted, and sentences about what could not be read."""

    question: AnyQuestion
    problems: list[str] = field(default_factory=list)
    has_lost: bool = False
    """An option was taken away."""


_TEXT_LABELS = {
    "text": gettext_lazy("Question"),
    "about": gettext_lazy("What stands in the wording"),
    "matter": gettext_lazy("What was made easy"),
    "help": gettext_lazy("Help text"),
    "unit": gettext_lazy("Unit"),
    "low_label": gettext_lazy("At the low end"),
    "high_label": gettext_lazy("At the high end"),
}
_SWITCHES = {
    "other": gettext_lazy("“Something else”, with room to write"),
    "none": gettext_lazy("“None of these”"),
    "random_order": gettext_lazy("In a random order"),
    "is_scale": gettext_lazy("Whole numbers to choose from"),
    "joins": gettext_lazy("The answers belong to the customer who has this address"),
}
_NUMBERS = {
    "most": gettext_lazy("Longest answer, characters"),
    "total": gettext_lazy("Points to share out"),
    "low": gettext_lazy("Lowest"),
    "high": gettext_lazy("Highest"),
}


def show_question(definition: Definition, question: AnyQuestion, index: int) -> QuestionForm:
    languages = definition.languages
    is_locked = isinstance(question, LOCKED)
    names = [name for name in _TEXT_LABELS if hasattr(question, name) and not (is_locked and name == "text")]
    if isinstance(question, Number) and not question.is_scale:
        names = [name for name in names if name not in ("low_label", "high_label")]
    return QuestionForm(
        question=question,
        kind=str(question.__struct_config__.tag),
        wordings=[(language, _with_blanks(question, language)) for language in languages]
        if is_locked
        else [],
        texts=[_text_row(question, name, languages) for name in names],
        lists=[show_options(name, options, question, languages) for name, options in option_lists(question)],
        switches=[
            (name, str(label), getattr(question, name))
            for name, label in _SWITCHES.items()
            if hasattr(question, name)
        ],
        numbers=[
            (name, _number_label(question, name), plain_number(getattr(question, name)))
            for name in _NUMBERS
            if hasattr(question, name)
        ],
        scale=question.scale if isinstance(question, Csat) else None,
        show_if=show_rule(definition, question.show_if, prefix="show", before=index),
        skips=_skip_forms(definition, question, index),
        can_be_required=not isinstance(question, Statement),
        has_logic=question.show_if is not None or bool(question.skips),
        is_first=index == 0,
    )


def read_question(definition: Definition, question: AnyQuestion, form: Mapping[str, str]) -> Read:
    """`question` as the posted form tells it; what the form does not hold stays. Raises nothing."""
    read = Read(question)
    changes: dict[str, Any] = {}
    for name in _TEXT_LABELS:
        if hasattr(question, name) and not (name == "text" and isinstance(question, LOCKED)):
            changes[name] = read_text(getattr(question, name), form, name, definition.languages)
    changes["required"] = "required" in form and not isinstance(question, Statement)
    for name in _SWITCHES:
        if hasattr(question, name):
            changes[name] = name in form
    for name in _NUMBERS:
        if hasattr(question, name):
            changes[name] = _read_number(question, name, form, read)
    if isinstance(question, Csat) and form.get("scale") in ("5", "7"):
        changes["scale"] = int(form["scale"])
    for name, options in option_lists(question):
        changes[name] = read_options(name, options, form, definition.languages, isinstance(question, Matrix))
        read.has_lost |= not {option.key for option in options} <= {option.key for option in changes[name]}
    changes["key"] = _read_key(definition, question, form, read)
    changes["show_if"] = read_rule(definition, form, prefix="show")
    changes["skips"] = _read_skips(definition, form)
    read.question = msgspec.structs.replace(question, **changes)
    return read


def _text_row(question: AnyQuestion, name: str, languages: tuple[str, ...]) -> TextRow:
    text: Text = getattr(question, name)
    defaults = (
        default_about(question) if name == "about" else default_matter(question) if name == "matter" else {}
    )
    hint = ""
    if name == "about":
        hint = _("As the wording’s grammar asks for it: “recommend us”, “suosittelisit meitä”.")
    return TextRow(
        label=str(_TEXT_LABELS[name])
        if not (name == "text" and isinstance(question, Statement))
        else _("Text"),
        name=name,
        cells=[
            (language, f"{name}-{language}", text.get(language, ""), defaults.get(language, ""))
            for language in languages
        ],
        is_long=name in ("text", "help"),
        help=hint,
    )


def _with_blanks(question: AnyQuestion, language: str) -> str:
    return wording_of(question, language).replace("{about}", "…").replace("{matter}", "…")


def _number_label(question: AnyQuestion, name: str) -> str:
    if name == "most" and isinstance(question, Multiple):
        return _("How many may be chosen at most")
    return str(_NUMBERS[name])


def _read_number(question: AnyQuestion, name: str, form: Mapping[str, str], read: Read) -> float | int | None:
    old: float | None = getattr(question, name)
    written = form.get(name)
    if written is None:
        return old
    written = written.strip().replace(",", ".").replace("−", "-").replace("\N{NO-BREAK SPACE}", "")
    if not written and isinstance(question, Number | Multiple):
        return None
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e15:
        read.problems.append(_("%s: this should be a number.") % _number_label(question, name))
        return old
    if isinstance(question, Number):
        return number
    return int(number)


def _read_key(definition: Definition, question: AnyQuestion, form: Mapping[str, str], read: Read) -> str:
    key = form.get("key", question.key).strip() or question.key
    if key == question.key:
        return key
    if not limits.KEY.fullmatch(key) or key == "end":
        read.problems.append(
            _("“%s” cannot be a key: use a–z, 0–9 and _, begin with a letter, at most 40 characters.")
            % key[:60]
        )
        return question.key
    if any(each.key == key for each in definition.questions):
        read.problems.append(_("Another question has the key “%s”.") % key)
        return question.key
    return key


def _skip_forms(definition: Definition, question: AnyQuestion, index: int) -> list[SkipForm]:
    skips: list[Skip | None] = [*question.skips]
    if len(skips) < limits.SKIPS:
        skips.append(None)
    later = [
        (each.key, f"{number}. {_short(each, definition)}")
        for number, each in enumerate(definition.questions[index + 1 :], start=index + 2)
    ]
    targets = [*later, ("end", _("the end"))]
    forms = []
    for number, skip in enumerate(skips):
        to = skip.to if skip else "end"
        missing = [] if any(to == key for key, _name in targets) else [(to, to)]
        forms.append(
            SkipForm(
                number=number,
                rule=show_rule(
                    definition, skip.rule if skip else None, prefix=f"skip-{number}", before=index + 1
                ),
                targets=[(key, name, key == to) for key, name in [*targets, *missing]],
                is_new=skip is None,
            )
        )
    return forms


def _read_skips(definition: Definition, form: Mapping[str, str]) -> tuple[Skip, ...]:
    """A skip without a condition is none: it would pass over the rest always."""
    skips = []
    for number in range(limits.SKIPS):
        rule = read_rule(definition, form, prefix=f"skip-{number}")
        to = form.get(f"skip-{number}-to", "")
        if rule is not None and to:
            skips.append(Skip(rule=rule, to=to[:40]))
    return tuple(skips)


def _short(question: AnyQuestion, definition: Definition) -> str:
    text = text_of(question, read_in(definition)) or question.key
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
