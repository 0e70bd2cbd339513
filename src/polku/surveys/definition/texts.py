"""Every text of a survey by its place, and how complete each language is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from polku.surveys.definition.questions import (
    AnyQuestion,
    Definition,
    Matrix,
    Multiple,
    Option,
    Points,
    Ranking,
    Single,
    Text,
)
from polku.surveys.definition.wordings import LOCKED


@dataclass(frozen=True)
class PlacedText:
    """`place` as in the JSON document, `question` the index of its question or None. A text that `is_needed` must
    be there in every language; others must only be in all or in none."""

    place: str
    text: Text
    is_needed: bool
    question: int | None = None


@dataclass(frozen=True)
class Completeness:
    filled: int
    wanted: int

    @property
    def is_complete(self) -> bool:
        return self.filled == self.wanted

    @property
    def missing(self) -> int:
        return self.wanted - self.filled


def texts_of(definition: Definition) -> Iterator[PlacedText]:
    """All texts, in reading order."""
    yield PlacedText("title", definition.title, is_needed=True)
    yield PlacedText("intro", definition.intro, is_needed=False)
    for index, question in enumerate(definition.questions):
        yield from texts_of_question(question, index)
    yield PlacedText("thanks.text", definition.thanks.text, is_needed=False)
    yield PlacedText(
        "thanks.review_label", definition.thanks.review_label, is_needed=bool(definition.thanks.review_url)
    )


def texts_of_question(question: AnyQuestion, index: int) -> Iterator[PlacedText]:
    place = f"questions[{index}]"
    is_locked = isinstance(question, LOCKED)
    yield PlacedText(f"{place}.text", question.text, is_needed=not is_locked, question=index)
    yield PlacedText(f"{place}.help", question.help, is_needed=False, question=index)
    for name in ("about", "matter", "unit", "low_label", "high_label"):
        if hasattr(question, name):
            yield PlacedText(f"{place}.{name}", getattr(question, name), is_needed=False, question=index)
    for name, options in option_lists(question):
        for number, option in enumerate(options):
            yield PlacedText(f"{place}.{name}[{number}].text", option.text, is_needed=True, question=index)


def option_lists(question: AnyQuestion) -> list[tuple[str, tuple[Option, ...]]]:
    """The question's options, or rows and columns, by the name of their field."""
    match question:
        case Single() | Multiple() | Ranking() | Points():
            return [("options", question.options)]
        case Matrix():
            return [("rows", question.rows), ("columns", question.columns)]
    return []


def is_missing(placed: PlacedText, language: str) -> bool:
    """Whether something should stand there in this language and does not."""
    wanted = placed.is_needed or any(words.strip() for words in placed.text.values())
    return wanted and not placed.text.get(language, "").strip()


def completeness(definition: Definition, *, question: int | None = None) -> dict[str, Completeness]:
    """By language of the survey: how many of the texts that should be there are; of one question where given."""
    placed = (
        texts_of(definition)
        if question is None
        else texts_of_question(definition.questions[question], question)
    )
    texts = [text for text in placed if text.is_needed or any(words.strip() for words in text.text.values())]
    return {
        language: Completeness(sum(not is_missing(text, language) for text in texts), len(texts))
        for language in definition.languages
    }
