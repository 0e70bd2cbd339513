"""Rules as rows of a form: which thing, how it compares, with what. The last row is empty, for one more.

Field names, after a prefix: `match`, and of row N `N-thing` (`answer:KEY`, `field:NAME`, `trait`), `N-name` (of a
trait), `N-op`, `N-value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from polku.surveys.definition import limits
from polku.surveys.definition.logic_problems import NUMBERS, operators_for
from polku.surveys.definition.questions import (
    AnyQuestion,
    Consent,
    Date,
    Definition,
    Matrix,
    Rule,
    Statement,
    Test,
)
from polku.surveys.definition.wordings import choices_of, in_language, text_of
from polku.surveys.designer.words import OPERATORS, read_in

_FREE = ("eq", "ne", "contains", "lt", "le", "gt", "ge")
_PRESENCE = ("answered", "not_answered")


@dataclass(frozen=True)
class Chosen:
    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class RuleRow:
    """A row of the form. `values` are what the answer can be; without them the value is written."""

    prefix: str
    things: list[tuple[str, list[Chosen]]]
    operators: list[Chosen]
    values: list[Chosen]
    name: str = ""
    value: str = ""
    is_trait: bool = False
    is_date: bool = False
    needs_value: bool = True
    is_new: bool = False


@dataclass(frozen=True)
class RuleForm:
    prefix: str
    match: str
    rows: list[RuleRow] = field(default_factory=list)

    @property
    def has_several(self) -> bool:
        return len(self.rows) > 2


def show_rule(definition: Definition, rule: Rule | None, *, prefix: str, before: int) -> RuleForm:
    """The form of a rule that may ask for answers of questions with a smaller index than `before`."""
    rule = rule or Rule()
    tests: list[Test | None] = [*rule.tests, *([None] if len(rule.tests) < limits.TESTS else [])]
    rows = [_row(definition, test, f"{prefix}-{number}", before) for number, test in enumerate(tests)]
    return RuleForm(prefix, rule.match, rows)


def read_rule(definition: Definition, form: Mapping[str, str], *, prefix: str) -> Rule | None:
    """The rule that a form tells; None where it has no condition. Rows without a thing are left out."""
    tests = []
    for number in range(limits.TESTS):
        row = f"{prefix}-{number}"
        of, _colon, name = form.get(f"{row}-thing", "").partition(":")
        if of == "trait":
            name = form.get(f"{row}-name", "").strip()
        if of not in ("answer", "field", "trait"):
            continue
        question = _question(definition, name) if of == "answer" else None
        allowed = _operators(question if of == "answer" else None)
        op = form.get(f"{row}-op", "")
        op = op if op in allowed else allowed[0]
        written = form.get(f"{row}-value", "").strip().replace("\0", "")[: limits.VALUE]
        tests.append(
            Test(
                of=of,  # type: ignore[arg-type]
                name=name.replace("\0", "")[: limits.VALUE],
                op=op,  # type: ignore[arg-type]
                value=None if op in _PRESENCE else _value(question, written),
            )
        )
    if not tests:
        return None
    return Rule(tests=tuple(tests), match="any" if form.get(f"{prefix}-match") == "any" else "all")


def rule_in_words(definition: Definition, rule: Rule, language: str) -> str:
    """A rule as one sentence part: “Satisfaction is at most 3 and …”."""
    joint = _(" or ") if rule.match == "any" else _(" and ")
    return joint.join(_test_in_words(definition, test, language) for test in rule.tests)


def _test_in_words(definition: Definition, test: Test, language: str) -> str:
    question = _question(definition, test.name) if test.of == "answer" else None
    thing = _short(text_of(question, language) or test.name) if question else test.name
    words = _("“%(thing)s” %(how)s") % {"thing": thing, "how": OPERATORS[test.op]}
    if test.op in _PRESENCE:
        return words
    labels = dict(_known_values(question, language)) if question else {}
    return f"{words} {labels.get(_plain(test.value), _plain(test.value))}"


def _row(definition: Definition, test: Test | None, prefix: str, before: int) -> RuleRow:
    language = read_in(definition)
    question = _question(definition, test.name) if test and test.of == "answer" else None
    operators = _operators(question) if question else (*_FREE, *_PRESENCE)
    value = _plain(test.value) if test else ""
    known = _known_values(question, language) if question else []
    if known and value and value not in dict(known):
        known = [*known, (value, value)]
    chosen = _thing(test)
    return RuleRow(
        prefix=prefix,
        things=_things(definition, before, chosen),
        operators=[Chosen(op, str(OPERATORS[op]), bool(test) and test.op == op) for op in operators]  # type: ignore[union-attr]
        if test
        else [],
        values=[Chosen(key, label, key == value) for key, label in known],
        name=test.name if test and test.of == "trait" else "",
        value=value,
        is_date=isinstance(question, Date),
        is_trait=bool(test) and test.of == "trait",  # type: ignore[union-attr]
        needs_value=test is None or test.op not in _PRESENCE,
        is_new=test is None,
    )


def _things(definition: Definition, before: int, chosen: str) -> list[tuple[str, list[Chosen]]]:
    language = read_in(definition)
    answers = []
    for number, question in enumerate(definition.questions[:before], start=1):
        if isinstance(question, Statement):
            continue
        key = f"answer:{question.key}"
        answers.append(
            Chosen(key, f"{number}. {_short(text_of(question, language) or question.key)}", key == chosen)
        )
        if getattr(question, "other", False):
            other = f"{key}.other"
            answers.append(
                Chosen(other, _("%s. What was written as something else") % number, other == chosen)
            )
    fields = [Chosen(f"field:{name}", name, f"field:{name}" == chosen) for name in definition.fields]
    groups = [
        (_("Answers"), answers),
        (_("Hidden fields"), fields),
        (_("What is known of the person"), [Chosen("trait", _("A trait by its name"), chosen == "trait")]),
    ]
    known = {each.value for _name, things in groups for each in things}
    if chosen and chosen not in known:
        groups.append((_("Not there"), [Chosen(chosen, chosen.partition(":")[2], is_chosen=True)]))
    return [group for group in groups if group[1]]


def _thing(test: Test | None) -> str:
    if test is None:
        return ""
    return "trait" if test.of == "trait" else f"{test.of}:{test.name}"


def _question(definition: Definition, name: str) -> AnyQuestion | None:
    return next((question for question in definition.questions if question.key == name), None)


def _operators(question: AnyQuestion | None) -> tuple[str, ...]:
    return (*(operators_for(question) if question else _FREE), *_PRESENCE)


def _known_values(question: AnyQuestion, language: str) -> list[tuple[str, str]]:
    if isinstance(question, Matrix):
        return [(column.key, in_language(column.text, language)) for column in question.columns]
    if isinstance(question, Consent):
        return [("true", _("ticked")), ("false", _("not ticked"))]
    choices = choices_of(question, language)
    numbered = isinstance(question, NUMBERS)
    return [
        (str(value), f"{value} {label}" if numbered and str(value) != label else label)
        for value, label in choices
    ]


def _value(question: AnyQuestion | None, written: str) -> str | float | bool | None:
    if not written:
        return None
    if isinstance(question, Consent):
        return written == "true"
    if isinstance(question, NUMBERS):
        try:
            number = float(written.replace(",", "."))
        except ValueError:
            return written
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return written


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
