"""Columns of numbers: whether they are, and whether the column tells what its commas and points mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from polku.capture.imports.mapping import Decimal
from polku.capture.imports.recognition.cells import CURRENCY, look_of

_ORNAMENTS = re.compile(r"[€$£¥+\-−]|(?:eur|sek|usd|gbp|nok|dkk|kr\.?)", re.IGNORECASE)
_BLANKS = re.compile(r"[\s'’]")
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_LEAST_SHARE = 0.8


@dataclass(frozen=True)
class Amounts:
    """`decimal` is the mark that the column tells, None where it has none or does not tell; `doubtful` says that
    `1,234` may be more than a thousand or a little more than one, `contradicted` that its rows disagree.
    `low` and `high` are the ends of the values where those are whole and no mark is needed to read them."""

    decimal: Decimal | None
    doubtful: bool
    contradicted: bool
    currencies: frozenset[str]
    whole: bool
    low: float
    high: float
    distinct: int


def read_amounts(cells: Sequence[str], *, is_sheet: bool = False) -> Amounts | None:
    """What a column's filled cells are as numbers; None where most of them are none.

    In a sheet, a plain `12.5` is mostly a number and no text: however it is shown, it tells nothing of what the commas
    of texts mean, in its column or another.
    """
    filled = [text for cell in cells if (text := cell.strip())]
    numbers = [text for text in filled if look_of(text) == "number" and "%" not in text]
    if not filled or len(numbers) < _LEAST_SHARE * len(filled):
        return None
    plain = {text for text in numbers if _PLAIN.fullmatch(text)} if is_sheet else set()
    marks = {_mark(text) for text in numbers if text not in plain}
    of_plain = {_mark(text) for text in plain}
    doubtful = "doubtful" in marks or (marks <= {None} and of_plain - {None} == {"doubtful"})
    contradicted = {"comma", "point"} <= marks
    decimal: Decimal | None = None
    if not contradicted and marks & {"comma", "point"}:
        decimal = "comma" if "comma" in marks else "point"
    values = [float(_bare(text).replace(",", ".")) for text in numbers if _is_simple(_bare(text))]
    return Amounts(
        decimal=decimal,
        doubtful=doubtful and decimal is None and not contradicted,
        contradicted=contradicted,
        currencies=frozenset(found[0].casefold() for text in numbers if (found := CURRENCY.search(text))),
        whole=bool(values) and len(values) == len(numbers) and all(value == int(value) for value in values),
        low=min(values, default=0.0),
        high=max(values, default=0.0),
        distinct=len(set(numbers)),
    )


def _mark(text: str) -> Decimal | Literal["doubtful"] | None:
    """What one number tells of its marks: comma or point is decimal, nothing, or a doubt."""
    bare = _ORNAMENTS.sub("", text).strip()
    grouped_by_blank = bool(_BLANKS.search(bare))
    bare = _BLANKS.sub("", bare)
    comma, point = bare.count(","), bare.count(".")
    if not comma and not point:
        return None
    if comma and point:
        return "comma" if bare.rfind(",") > bare.rfind(".") else "point"
    mark: Decimal = "comma" if comma else "point"
    if comma + point > 1:
        return "point" if mark == "comma" else "comma"
    if _ONE_GROUP.fullmatch(bare) and not grouped_by_blank:
        return "doubtful"
    return mark


def _bare(text: str) -> str:
    sign = "-" if text.lstrip().startswith(("-", "−")) else ""
    return sign + _BLANKS.sub("", _ORNAMENTS.sub("", text))


def _is_simple(bare: str) -> bool:
    """Digits with one mark at most, however it is meant (`4,0` on a scale)."""
    return re.fullmatch(r"-?\d+(?:[.,]\d{1,2})?", bare) is not None
