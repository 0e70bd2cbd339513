"""Which page of questions somebody is at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from polku.surveys.definition.logic import page_of, path
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Answer, Definition, Statement


@dataclass(frozen=True)
class Page:
    keys: list[str]
    before: str | None
    """First question of the page before; None on the first."""
    passed: int
    """Questions on the pages before; what is only to be read is no question."""
    total: int
    """Questions in all, as far as can be told now."""
    is_last: bool = False
    """As far as can be told now."""


def page_at(
    definition: Definition, answers: Mapping[str, Answer | None], known: Known, key: str | None
) -> Page | None:
    """The page that holds the question `key`; with None, or a question that is not met, the one at which somebody
    goes on: after the last question that is answered. None where there is no question at all."""
    keys = path(definition, answers, known)
    if not keys:
        return None
    if key not in keys:
        answered = [each for each in keys if answers.get(each) is not None]
        rest = keys[keys.index(answered[-1]) + 1 :] if answered else keys
        key = (rest or keys[-1:])[0]
    before: list[str] = []
    if definition.pages == "one":
        place = keys.index(key)
        before, page = keys[:place][-1:], [key]
    else:
        page = page_of(definition, answers, known, None)
        while page and key not in page:
            before, page = page, page_of(definition, answers, known, page[-1])
        if not page:
            return None
    read_only = {each.key for each in definition.questions if isinstance(each, Statement)}
    asked = [each for each in keys if each not in read_only]
    start, end = keys.index(page[0]), keys.index(page[-1])
    return Page(
        page,
        before[0] if before else None,
        sum(each not in read_only for each in keys[:start]),
        len(asked),
        is_last=end == len(keys) - 1,
    )


def page_with_missing(
    definition: Definition, answers: Mapping[str, Answer | None], known: Known
) -> list[str]:
    """Keys of the page with the first required question that was passed without an answer; empty where none was."""
    required = {
        question.key
        for question in definition.questions
        if question.required and not isinstance(question, Statement)
    }
    missing = next(
        (key for key in path(definition, answers, known) if key in required and answers.get(key) is None),
        None,
    )
    page = page_at(definition, answers, known, missing) if missing else None
    return page.keys if page else []
