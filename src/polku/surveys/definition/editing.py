"""Changes to a definition as pure functions: each takes one and gives another."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import msgspec

from polku.surveys.definition.questions import (
    AnyQuestion,
    Ces,
    Consent,
    Csat,
    Date,
    Definition,
    Email,
    LongText,
    Matrix,
    Multiple,
    Nps,
    Number,
    Option,
    Points,
    Ranking,
    ShortText,
    Single,
    Smiley,
    Stars,
    Statement,
    TaskSuccess,
)

TYPES: dict[str, type[Any]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        Nps,
        Csat,
        Ces,
        Smiley,
        TaskSuccess,
        Stars,
        Single,
        Multiple,
        Matrix,
        Ranking,
        Points,
        Number,
        ShortText,
        LongText,
        Date,
        Email,
        Consent,
        Statement,
    )
}
"""Every type of question by its name in documents, in the order in which they are offered."""


def find_question(definition: Definition, key: str) -> AnyQuestion | None:
    return next((question for question in definition.questions if question.key == key), None)


def place_of(definition: Definition, key: str) -> int | None:
    return next((index for index, question in enumerate(definition.questions) if question.key == key), None)


def free_key(base: str, taken: Collection[str]) -> str:
    """`base`, with the first number from 2 on that makes it one of its own."""
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base[:36]}_{number}"
    return key


def new_question(kind: str, definition: Definition) -> AnyQuestion:
    """An empty question of the type; score questions are ready as they are. Raises KeyError for an unknown type."""
    made = TYPES[kind]
    values: dict[str, Any] = {"key": free_key(kind, {question.key for question in definition.questions})}
    if made in (Single, Multiple, Ranking, Points):
        values["options"] = (Option("option_1", {}), Option("option_2", {}))
    elif made is Matrix:
        values |= {
            "rows": (Option("row_1", {}), Option("row_2", {})),
            "columns": tuple(Option(f"column_{n}", {}, n) for n in range(1, 6)),
        }
    question: AnyQuestion = made(**values)
    return question


def add_question(definition: Definition, question: AnyQuestion, index: int | None = None) -> Definition:
    """With the question at that place, at the end where none is given."""
    questions = list(definition.questions)
    questions.insert(len(questions) if index is None else index, question)
    return msgspec.structs.replace(definition, questions=tuple(questions))


def remove_question(definition: Definition, key: str) -> Definition:
    """Without the question. What rules ask of it stays, and is shown as a problem: nobody is asked silently."""
    kept = tuple(question for question in definition.questions if question.key != key)
    return msgspec.structs.replace(definition, questions=kept)


def move_question(definition: Definition, key: str, by: int) -> Definition:
    """The question so many places later (or earlier); at the end it stays there."""
    index = place_of(definition, key)
    if index is None:
        return definition
    questions = list(definition.questions)
    question = questions.pop(index)
    questions.insert(max(0, min(len(questions), index + by)), question)
    return msgspec.structs.replace(definition, questions=tuple(questions))


def copy_question(definition: Definition, key: str) -> tuple[Definition, str]:
    """With a copy of the question after it, and the copy's key. Raises KeyError where there is no such question."""
    index = place_of(definition, key)
    if index is None:
        raise KeyError(key)
    base = re.sub(r"_\d+$", "", key)
    copied = free_key(base, {question.key for question in definition.questions})
    question = msgspec.structs.replace(definition.questions[index], key=copied, skips=())
    return add_question(definition, question, index + 1), copied


def replace_question(definition: Definition, key: str, question: AnyQuestion) -> Definition:
    """With `question` in the place of the one called `key`; where its key is another, all that names it follows."""
    questions = tuple(question if each.key == key else each for each in definition.questions)
    replaced = msgspec.structs.replace(definition, questions=questions)
    return replaced if question.key == key else _renamed(replaced, key, question.key)


def _renamed(definition: Definition, old: str, new: str) -> Definition:
    """Rules, skips and pipes that named `old` name `new`. The definition goes through its plain form: texts and
    rules stand in many places, and all of them have the same shape there."""
    pipe = re.compile(rf"\{{answer\.\s*{re.escape(old)}((?:\.other)?\s*(?:\|[^{{}}]*)?)\}}")

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return pipe.sub(lambda found: f"{{answer.{new}{found[1]}}}", value)
        if isinstance(value, list | tuple):
            return [walk(each) for each in value]
        if not isinstance(value, dict):
            return value
        walked = {name: walk(each) for name, each in value.items()}
        if walked.get("of") == "answer" and walked.get("name") in (old, f"{old}.other"):
            walked["name"] = new + walked["name"][len(old) :]
        if "rule" in walked and walked.get("to") == old:
            walked["to"] = new
        return walked

    return msgspec.convert(walk(msgspec.to_builtins(definition)), Definition)
