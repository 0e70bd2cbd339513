"""Sound surveys of every shape, with any text, as hypothesis makes them up. They need not be ready to publish."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from polku.surveys.definition.editing import TYPES
from polku.surveys.definition.questions import (
    LANGUAGES,
    AnyQuestion,
    Definition,
    Option,
    Rule,
    Skip,
    Test,
    Thanks,
    Theme,
)
from polku.surveys.definition.wordings import LOCKED

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
texts = st.dictionaries(st.sampled_from(LANGUAGES), words)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda key: key not in {"end", "other", "none"}
)
numbers = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15, allow_nan=False)
colours = st.just("") | st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
tests = st.builds(
    Test,
    of=st.sampled_from(["answer", "field", "trait"]),
    name=words,
    op=st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "contains", "answered", "not_answered"]),
    value=st.none() | words | numbers | st.booleans(),
)
rules = st.builds(Rule, tests=st.lists(tests, max_size=3).map(tuple), match=st.sampled_from(["all", "any"]))
skips = st.builds(Skip, rule=rules, to=keys | st.just("end"))


@st.composite
def options(draw: Any) -> tuple[Option, ...]:
    chosen = draw(st.lists(keys, unique=True, max_size=4))
    return tuple(Option(key, draw(texts), draw(st.none() | numbers)) for key in chosen)


@st.composite
def questions(draw: Any, key: str) -> AnyQuestion:
    """Every field of every type may have any value that its type allows."""
    kind = draw(st.sampled_from(list(TYPES.values())))
    by_name: dict[str, st.SearchStrategy[Any]] = {
        "key": st.just(key),
        "text": st.just({}) if kind in LOCKED else texts,
        "show_if": st.none() | rules,
        "skips": st.lists(skips, max_size=2).map(tuple),
        "scale": st.sampled_from([5, 7]),
        "low": st.none() | numbers.map(float),
        "high": st.none() | numbers.map(float),
        "most": st.integers(1, 5000),
        "total": st.integers(1, 1000),
    }
    for name in ("help", "about", "matter", "unit", "low_label", "high_label"):
        by_name[name] = texts
    for name in ("required", "other", "none", "random_order", "is_scale", "joins"):
        by_name[name] = st.booleans()
    for name in ("options", "rows", "columns"):
        by_name[name] = options()
    return kind(**{field.name: draw(by_name[field.name]) for field in msgspec.structs.fields(kind)})


@st.composite
def documents(draw: Any) -> Definition:
    chosen = draw(st.lists(keys, unique=True, max_size=5))
    return Definition(
        title=draw(texts),
        languages=tuple(draw(st.lists(st.sampled_from(LANGUAGES), unique=True, min_size=1))),
        questions=tuple(draw(questions(key)) for key in chosen),
        intro=draw(texts),
        thanks=Thanks(
            text=draw(texts),
            review_url=draw(words),
            review_label=draw(texts),
            review_if=draw(st.none() | rules),
            asks_to_contact=draw(st.booleans()),
            asks_to_quote=draw(st.booleans()),
        ),
        fields=tuple(draw(st.lists(keys, unique=True, max_size=3))),
        pages=draw(st.sampled_from(["one", "all"])),
        theme=Theme(draw(colours), draw(colours), draw(colours)),
    )
