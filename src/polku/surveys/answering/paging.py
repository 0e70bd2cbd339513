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
    """Questions on the pages before."""
    total: int
    """Questions in all, as far as can be told now."""

    @property
    def is_last(self) -> bool:
        return self.passed + len(self.keys) >= self.total


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
    if definition.pages == "one":
        place = keys.index(key)
        return Page([key], keys[place - 1] if place else None, place, len(keys))
    before: list[str] = []
    page = page_of(definition, answers, known, None)
    passed = 0
    while page and key not in page:
        before, passed = page, passed + len(page)
        page = page_of(definition, answers, known, page[-1])
    return Page(page, before[0] if before else None, passed, len(keys)) if page else None


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
