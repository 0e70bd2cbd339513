"""Which questions a person meets, given what they have answered and what is known of them.

One walk from the first question to the last decides it. A question is met where its `show_if` holds. After a met
question the first of its skips that holds leads on: to a later question, past those between, or to the end. Answers
of questions that are not met count as absent, so that nothing follows from what somebody took back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from polku.surveys.definition.piping import Known, keys_in, texts_of
from polku.surveys.definition.questions import END, Answer, AnyQuestion, Definition, Rule, Test

__all__ = ["Known", "holds", "met_answers", "next_question", "page_of", "path", "test_holds"]

_OTHER = ".other"


def path(definition: Definition, answers: Mapping[str, Answer | None], known: Known) -> list[str]:
    """Keys of the questions in the order in which this person meets them.

    What is not answered yet counts as absent; so later questions may come or go as answers are given.
    """
    return _walk(definition, answers, known).met


def met_answers(
    definition: Definition, answers: Mapping[str, Answer | None], known: Known
) -> dict[str, Answer]:
    """The answers that count: given ones of questions that are met, what was written beside `other` with them."""
    return _walk(definition, answers, known).visible


def next_question(
    definition: Definition, answers: Mapping[str, Answer | None], known: Known, after: str | None
) -> str | None:
    """Key of the first question that is met after the question `after` (None: at all); None at the end."""
    places = _places(definition)
    first = -1 if after is None else places[after]
    return next((key for key in path(definition, answers, known) if places[key] > first), None)


def page_of(
    definition: Definition, answers: Mapping[str, Answer | None], known: Known, after: str | None
) -> list[str]:
    """Keys of the questions on the page after the question `after` (None: on the first page); empty at the end.

    With one question at a time it is that one. Else as many as can be shown before something must be known: the page
    ends before a question whose presence, or whose text, depends on an answer given on this page.
    """
    first = next_question(definition, answers, known, after)
    if first is None:
        return []
    if definition.pages == "one":
        return [first]
    met = set(path(definition, answers, known))
    page: list[str] = []
    for question in definition.questions[_places(definition)[first] :]:
        if page and _depends(question, page):
            break
        if question.key in met:
            page.append(question.key)
            if any(_asks_for(skip.rule, page) for skip in question.skips):
                break
    return page


@dataclass
class _Walked:
    met: list[str] = field(default_factory=list)
    visible: dict[str, Answer] = field(default_factory=dict)


def _walk(definition: Definition, answers: Mapping[str, Answer | None], known: Known) -> _Walked:
    walked, places = _Walked(), _places(definition)
    place = 0
    while place < len(definition.questions):
        question = definition.questions[place]
        place += 1
        if question.show_if is not None and not holds(question.show_if, walked.visible, known):
            continue
        walked.met.append(question.key)
        for key in (question.key, question.key + _OTHER):
            answer = answers.get(key)
            if _is_given(answer):
                walked.visible[key] = answer  # type: ignore[assignment]
        skip = next((skip for skip in question.skips if holds(skip.rule, walked.visible, known)), None)
        if skip is not None:
            # Only forward, whatever a definition says: a walk must end.
            place = len(definition.questions) if skip.to == END else max(place, places.get(skip.to, place))
    return walked


def _places(definition: Definition) -> dict[str, int]:
    return {question.key: place for place, question in enumerate(definition.questions)}


def _depends(question: AnyQuestion, page: list[str]) -> bool:
    if question.show_if is not None and _asks_for(question.show_if, page):
        return True
    return any(key.removesuffix(_OTHER) in page for text in texts_of(question) for key in keys_in(text))


def _asks_for(rule: Rule, page: list[str]) -> bool:
    return any(test.of == "answer" and test.name.removesuffix(_OTHER) in page for test in rule.tests)


def holds(rule: Rule, answers: Mapping[str, Answer | None], known: Known) -> bool:
    """Whether the rule holds, for answers of questions that are met."""
    results = (test_holds(test, answers, known) for test in rule.tests)
    return not rule.tests or (all(results) if rule.match == "all" else any(results))


def test_holds(test: Test, answers: Mapping[str, Answer | None], known: Known) -> bool:
    """Whether one test holds. Absent fulfils only `ne` and `not_answered`."""
    given: object
    match test.of:
        case "answer":
            given = answers.get(test.name)
        case "field":
            given = known.fields.get(test.name)
        case "trait":
            given = known.traits.get(test.name)
    if test.op in {"answered", "not_answered"}:
        return _is_given(given) is (test.op == "answered")
    if not _is_given(given):
        return test.op == "ne"
    if test.op == "ne":
        return not any(_same(each, test.value) for each in _each(given))
    return any(_compares(each, test) for each in _each(given))


test_holds.__test__ = False  # type: ignore[attr-defined]  # its name is no promise to pytest


def _is_given(value: object) -> bool:
    return value is not None and value != "" and value != [] and value != {}


def _each(given: object) -> Iterator[object]:
    if isinstance(given, list):
        yield from given
    elif isinstance(given, dict):
        yield from given.values()
    else:
        yield given


def _compares(given: object, test: Test) -> bool:
    match test.op:
        case "eq":
            return _same(given, test.value)
        case "contains":
            return (
                str(test.value).casefold() in str(given).casefold()
                if _is_text(given)
                else _same(given, test.value)
            )
    if isinstance(given, bool) or isinstance(test.value, bool) or test.value is None:
        return False
    left, right = _number(given), _number(test.value)
    one: float | str
    two: float | str
    if left is not None and right is not None:
        one, two = left, right
    else:
        one, two = str(given), str(test.value)  # dates compare by their letters
    match test.op:
        case "lt":
            return one < two  # type: ignore[operator]
        case "le":
            return one <= two  # type: ignore[operator]
        case "gt":
            return one > two  # type: ignore[operator]
    return one >= two  # type: ignore[operator]


def _same(given: object, value: object) -> bool:
    """Numbers as numbers, also where one of them was written as text; texts without regard to capitals."""
    if isinstance(given, bool) or isinstance(value, bool):
        return _truth(given) is not None and _truth(given) == _truth(value)
    if not (_is_text(given) and _is_text(value)):
        left, right = _number(given), _number(value)
        return left is not None and left == right
    return str(given).casefold() == str(value).casefold()


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).casefold())


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
