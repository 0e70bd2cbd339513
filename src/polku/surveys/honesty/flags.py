"""Doubts about an answer, as enumerated words. They are shown, and never take an answer out of a score.

`speeder`: three or more questions answered in less than 0.3 seconds for each word of them: nobody reads that fast
(Zhang & Conrad 2014).
`straight_liner`: the same column on every row of every matrix that was filled in, of four rows or more.
`duplicate`: the same answers, ten letters of written text among them, came to this survey within a day; or the same
answers from the same device within an hour.
`bot`: a field was filled in that people do not see, the browser names itself a program, or none named itself, or the
form came back within half a second.
`too_many`: more answers from one address than people give (stuffing.py); these are held as well.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

from crawleruseragents import is_crawler

from polku.surveys.definition.questions import Answer, Definition, LongText, Matrix, ShortText, Statement
from polku.surveys.definition.wordings import text_of
from polku.surveys.honesty.clients import digests

SPEEDER, STRAIGHT_LINER, DUPLICATE, BOT, TOO_MANY = (
    "speeder",
    "straight_liner",
    "duplicate",
    "bot",
    "too_many",
)
FLAGS = (SPEEDER, STRAIGHT_LINER, DUPLICATE, BOT, TOO_MANY)

SECONDS_A_WORD = 0.3
_FEWEST_QUESTIONS = 3
_FEWEST_ROWS = 4
_FEWEST_LETTERS = 10
_DAY, _HOUR = 86_400.0, 3_600.0
_SUDDEN = 0.5  # seconds
_MOST_KEPT = 50_000


def is_speeder(
    definition: Definition, answers: Mapping[str, Answer], seconds: float | None, language: str
) -> bool:
    answered = [
        question
        for question in definition.questions
        if question.key in answers and not isinstance(question, Statement)
    ]
    if seconds is None or len(answered) < _FEWEST_QUESTIONS:
        return False
    words = sum(len(text_of(question, language).split()) for question in answered)
    return seconds < SECONDS_A_WORD * words


def is_straight_liner(definition: Definition, answers: Mapping[str, Answer]) -> bool:
    filled = [
        answer
        for question in definition.questions
        if isinstance(question, Matrix) and isinstance(answer := answers.get(question.key), dict)
    ]
    long = [answer for answer in filled if len(answer) >= _FEWEST_ROWS]
    return bool(long) and all(len(set(answer.values())) == 1 for answer in long)


def is_bot(*, honeypot: str, agent: str, sudden: float | None) -> bool:
    """`sudden` is how many seconds passed from the page to its form's return, None where that is not known."""
    return (
        bool(honeypot.strip())
        or not agent.strip()
        or (sudden is not None and sudden < _SUDDEN)
        or _names_a_program(agent[:500])
    )


@lru_cache(maxsize=2_000)
def _names_a_program(agent: str) -> bool:
    return bool(is_crawler(agent))


class Repeats:
    """Which answers came lately, by digests that nothing leads back from."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._lock = Lock()

    def is_duplicate(
        self,
        definition: Definition,
        answers: Mapping[str, Answer],
        *,
        survey: int,
        device: str,
        now: float | None = None,
    ) -> bool:
        """Whether such answers came before; these are remembered. `device` is empty where nothing is known of it."""
        if not answers:
            return False
        now = time.monotonic() if now is None else now
        said = json.dumps(answers, sort_keys=True)
        keys = []
        if device:
            keys.append((digests.of("device", str(survey), device, said), _HOUR))
        if _letters(definition, answers) >= _FEWEST_LETTERS:
            keys.append((digests.of("text", str(survey), said), _DAY))
        with self._lock:
            is_known = any(now - self._seen.get(key, -_DAY) < within for key, within in keys)
            for key, _within in keys:
                self._seen[key] = now
                self._seen.move_to_end(key)
            while len(self._seen) > _MOST_KEPT:
                self._seen.popitem(last=False)
        return is_known

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


repeats = Repeats()


def _letters(definition: Definition, answers: Mapping[str, Answer]) -> int:
    return sum(
        len(str(answers.get(question.key, "")))
        for question in definition.questions
        if isinstance(question, ShortText | LongText)
    )
