"""What people wrote, in a form that is searched in a moment: words in lower case with a space before each.

A search takes words as they begin, with the endings of Finnish taken off and the consonants that change before an
ending tried both ways: who looks for “toimitus” finds “toimituksen”, “hinta” finds “hinnat”. It is the same on every
database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from polku.surveys.definition.questions import AnyQuestion, LongText, ShortText
from polku.surveys.results.asked import Asked
from polku.surveys.results.encoding import other_of

MOST_WORDS = 8
LONGEST_SEARCH = 200

_BETWEEN = r"(?:^|[^\pL\pN])[^\pL\pN]*"
"""What stands before a word, for Arrow: it becomes one space."""
_ENDINGS = re.compile(
    r"(?:iss[aä]|ist[aä]|ill[aä]|ilt[aä]|ille|iksi|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi|iin|een|oon|öön|aan|ään|uun|yyn"
    r"|ien|jen|it[aä])$"
)
_WEAK = {
    "nt": "nn", "nk": "ng", "mp": "mm", "lt": "ll", "rt": "rr", "kk": "k", "pp": "p", "tt": "t", "t": "d", "p": "v",
}  # fmt: skip
_STRONG = {weak: strong for strong, weak in _WEAK.items()}
_VOWELS = "aeiouyäö"
_SHORTEST = 4


def written_in(answers: Mapping[str, Any], questions: Sequence[Asked]) -> list[tuple[str, str]]:
    """(name, text) of what was written to open questions and beside “other”, in the order of the questions."""
    found = ((name, answers.get(name)) for asked in questions for name in names_of(asked.question))
    return [(name, given) for name, given in found if isinstance(given, str) and given.strip()]


def names_of(question: AnyQuestion) -> list[str]:
    """The answers of a question in which somebody writes freely."""
    if isinstance(question, (ShortText, LongText)):
        return [question.key]
    other = other_of(question)
    return [other] if other else []


def searchable(texts: Sequence[pa.Array], rows: int) -> pa.Array:
    """What each row says, all its texts after each other; null where nothing was written."""
    if not texts:
        return pa.nulls(rows, pa.large_string())
    plain = [pc.fill_null(text.cast(pa.large_string()), "") for text in texts]
    said = (
        pc.binary_join_element_wise(*plain, pa.scalar(" ", pa.large_string())) if len(plain) > 1 else plain[0]
    )
    words = pc.replace_substring_regex(pc.utf8_lower(pc.utf8_normalize(said, "NFC")), _BETWEEN, " ")
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(words), ""), pa.scalar(None, pa.large_string()), words)


def folded(text: str) -> str:
    """A search in the form of `searchable`."""
    return str(searchable([pa.array([text])], 1)[0].as_py() or "")


def found_in(words: pa.ChunkedArray, search: str) -> pa.ChunkedArray:
    """By row, whether it has every word of the search; rows without a text never have."""
    hit = pc.is_valid(words)
    for word in folded(search[:LONGEST_SEARCH]).split()[:MOST_WORDS]:
        either = None
        for stem in stems(word):
            one = pc.match_substring(words, f" {stem}")
            either = one if either is None else pc.or_(either, one)
        hit = pc.and_(hit, pc.fill_null(either, False))
    return hit


def stems(word: str) -> list[str]:
    """Beginnings that the word has in its forms; one of them is enough."""
    stem = _ENDINGS.sub("", word)
    if stem == word or len(stem) < _SHORTEST:
        stem = word
        if word.endswith("nen") and len(word) >= _SHORTEST + 3:
            stem = word.removesuffix("nen")
        elif len(word) > _SHORTEST and word[-1] in "snt" and word[-2] in _VOWELS:
            stem = word[:-1]
    while len(stem) > _SHORTEST and stem[-1] in _VOWELS:
        stem = stem[:-1]
    if len(stem) < _SHORTEST:
        return [stem]
    graded = {stem}
    for grades in (_WEAK, _STRONG):
        for ending, other in grades.items():
            if stem.endswith(ending):
                graded.add(stem.removesuffix(ending) + other)
                break
    return sorted(graded)
