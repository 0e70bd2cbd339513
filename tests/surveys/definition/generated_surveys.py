"""Surveys with logic, and answers to them, as hypothesis makes them up."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import (
    END,
    Answer,
    AnyQuestion,
    Consent,
    Definition,
    Matrix,
    Multiple,
    Nps,
    Number,
    Option,
    Points,
    Rule,
    ShortText,
    Single,
    Skip,
    Statement,
    Test,
)

OPTIONS = tuple(Option(key=key, text={"fi": key, "en": key}) for key in ("red", "blue", "green"))
NAMES = ("store", "city", "level")
WORDS = ("red", "blue", "Blue", "north", "7", "07", "7.0", "true", "2026-03-01", "x")
OPS = ("eq", "ne", "lt", "le", "gt", "ge", "contains", "answered", "not_answered")

_values = st.one_of(
    st.sampled_from(WORDS), st.integers(-1, 11), st.sampled_from([0.5, 7.0]), st.booleans(), st.none()
)


@st.composite
def _tests(draw: Any, earlier: list[str]) -> Test:
    of = draw(st.sampled_from(["answer", "answer", "field", "trait"] if earlier else ["field", "trait"]))
    names = [*earlier, *(f"{key}.other" for key in earlier)] if of == "answer" else NAMES
    return Test(of=of, name=draw(st.sampled_from(names)), op=draw(st.sampled_from(OPS)), value=draw(_values))


@st.composite
def _rules(draw: Any, earlier: list[str]) -> Rule:
    tests = draw(st.lists(_tests(earlier), max_size=3))
    return Rule(tests=tuple(tests), match=draw(st.sampled_from(["all", "any"])))


@st.composite
def _questions(draw: Any, key: str, earlier: list[str], later: list[str]) -> AnyQuestion:
    skips = [
        Skip(rule=draw(_rules([*earlier, key])), to=draw(st.sampled_from([*later, END])))
        for _each in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
    common: dict[str, Any] = {
        "key": key,
        "text": {"en": draw(st.sampled_from(["?", "{answer.q0}?", "{trait.city|you}"]))},
        "show_if": draw(st.none() | _rules(earlier)),
        "skips": tuple(skips),
    }
    kind = draw(
        st.sampled_from([Nps, Number, Single, Multiple, ShortText, Matrix, Points, Consent, Statement])
    )
    if kind is Matrix:
        common |= {"rows": OPTIONS[:2], "columns": OPTIONS}
    if kind in (Single, Multiple, Points):
        common |= {"options": OPTIONS}
    if kind in (Single, Multiple):
        common |= {"other": draw(st.booleans())}
    return kind(**common)


@st.composite
def definitions(draw: Any, pages: str | None = None) -> Definition:
    keys = [f"q{place}" for place in range(draw(st.integers(1, 7)))]
    questions = [draw(_questions(key, keys[:place], keys[place + 1 :])) for place, key in enumerate(keys)]
    return Definition(
        title={"en": "?"},
        languages=("en",),
        questions=tuple(questions),
        pages=pages or draw(st.sampled_from(["one", "all"])),
    )


@st.composite
def answer_of(draw: Any, question: AnyQuestion) -> Answer | None:
    keys = [option.key for option in OPTIONS]
    match question:
        case Nps():
            made: Any = st.integers(0, 10)
        case Number():
            made = st.integers(-3, 12) | st.sampled_from([0.5, 7.0])
        case Single():
            made = st.sampled_from([*keys, "other"] if question.other else keys)
        case Multiple():
            made = st.lists(st.sampled_from(keys), unique=True, min_size=1)
        case Matrix():
            made = st.dictionaries(st.sampled_from(keys[:2]), st.sampled_from(keys), min_size=1)
        case Points():
            made = st.fixed_dictionaries({key: st.integers(0, 9) for key in keys})
        case Consent():
            made = st.booleans()
        case Statement():
            made = st.none()
        case _:
            made = st.sampled_from(WORDS)
    return draw(st.none() | made)


@st.composite
def answers_to(draw: Any, definition: Definition) -> dict[str, Answer | None]:
    given = {question.key: draw(answer_of(question)) for question in definition.questions}
    others = draw(st.lists(st.sampled_from(sorted(given)), max_size=2))
    return given | {f"{key}.other": draw(st.sampled_from(WORDS)) for key in others}


known = st.builds(
    Known,
    fields=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(WORDS)),
    traits=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(WORDS)),
)


@st.composite
def situations(draw: Any, pages: str | None = None) -> tuple[Definition, dict[str, Answer | None], Known]:
    definition = draw(definitions(pages))
    return definition, draw(answers_to(definition)), draw(known)
