"""What one cell looks like, by itself: the columns, the header row and the rows below the table are told from this."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from polku.capture.imports.layouts import layout_of

Look = Literal["empty", "date", "number", "email", "url", "code", "words"]
"""`code` holds a digit and is no sentence: an id, for example."""

EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[A-Za-z]{2,}")
URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
CURRENCY = re.compile(r"(€|\$|£|(?<![a-z])(?:eur|euroa|sek|usd|gbp|nok|dkk|kr)(?![a-z]))", re.IGNORECASE)
_NUMBER = re.compile(
    r"[+\-−]?(?:[€$£¥]|(?:eur|sek|usd|gbp|nok|dkk)\b)?\s*[+\-−]?\d[\d\s.,'’]*(?:e[+-]?\d+)?"
    r"\s*(?:[€$£¥%]|eur|sek|usd|gbp|nok|dkk|kr\.?)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ONLY_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=100_000)
def look_of(cell: str) -> Look:
    """How a cell looks. Blanks around it do not count."""
    text = cell.strip()
    if not text:
        return "empty"
    if len(text) > 200:
        return "words"
    if _NUMBER.fullmatch(text) and not is_date(text):
        return "number"
    if is_date(text):
        return "date"
    if EMAIL.fullmatch(text):
        return "email"
    if URL.fullmatch(text):
        return "url"
    return "code" if _DIGIT.search(text) and len(text.split()) <= 2 else "words"


def is_date(text: str) -> bool:
    """Whether the text is written as a date is (not whether there is such a day); digits alone are none."""
    if _ONLY_DIGITS.fullmatch(text):
        return False
    return layout_of(_DIGIT.sub("0", text).encode("utf-8", "replace")) is not None
