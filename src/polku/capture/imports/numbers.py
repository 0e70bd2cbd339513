"""Columns of numbers: `1,234.50`, `1 234,50 €`, `−3,5`. The whole column tells what the comma means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Decimal = Literal["point", "comma"]

_ORNAMENTS = (
    r"[\s\x{A0}\x{202F}\x{2009}'’€$£¥]|(?i:eur|sek|usd|gbp|nok|dkk|kr\.?)$|^(?i:eur|sek|usd|gbp|nok|dkk)"
)
_PLAIN = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_POINT_GROUPED = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
_COMMA_FORM = r"^[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)?(?:,[0-9]*)?$"
_TELLS_COMMA = r",[0-9]*$"
_ONE_GROUP = r"^[+-]?[0-9]{1,3}[.,][0-9]{3}$"
_LARGEST = 1e15
"""No score or amount of money is larger; of larger ones a sum might become infinite and the cents are lost."""


@dataclass(frozen=True)
class Numbers:
    """`value` is NaN where the cell is empty or no number; `invalid` marks the latter. `guessed` says that nothing
    in the column told whether `1,234` is more than a thousand."""

    value: NDArray[np.float64]
    invalid: NDArray[np.bool_]
    decimal: Decimal | None
    guessed: bool


def read_numbers(
    column: pa.ChunkedArray,
    *,
    delimiter: str = ",",
    decimal: Decimal | None = None,
    typed: pa.ChunkedArray | None = None,
) -> Numbers:
    """Read a whole column of texts; empty cells are null. Without evidence a comma is decimal where the file's
    `delimiter` is not a comma.

    `decimal` settles what the comma means; cells that do not fit it are invalid. `typed` marks cells that are numbers
    already, in plain form whatever the others look like.
    """
    if typed is not None and pc.any(typed).as_py():
        nothing = pa.scalar(None, pa.string())
        texts = read_numbers(pc.if_else(typed, nothing, column), delimiter=delimiter, decimal=decimal)
        plain = read_numbers(pc.if_else(typed, column, nothing))
        value = np.where(_as_mask(typed), plain.value, texts.value)
        return Numbers(value, texts.invalid | plain.invalid, texts.decimal, texts.guessed)
    if decimal is not None:
        return _read_ornate(column, delimiter, decimal)
    try:
        value = _as_array(pc.cast(column, pa.float64()))
    except pa.ArrowInvalid:
        return _read_ornate(column, delimiter)
    empty = _as_mask(pc.is_null(column))
    odd = ~_is_usable(value) & ~empty  # the words nan and inf, and what is too large
    return Numbers(np.where(odd, np.nan, value), odd, None, False)


def _read_ornate(column: pa.ChunkedArray, delimiter: str, told: Decimal | None = None) -> Numbers:
    text = pc.replace_substring_regex(column, _ORNAMENTS, "")
    text = pc.replace_substring(text, "−", "-")
    decimal, guessed = (told, False) if told else _decimal(text, delimiter)
    if decimal == "comma":
        fits = pc.match_substring_regex(text, _COMMA_FORM)
        plain = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
        fits = pc.and_(fits, pc.match_substring_regex(plain, _PLAIN))
    else:
        grouped = pc.match_substring_regex(text, _POINT_GROUPED)
        plain = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
        fits = pc.match_substring_regex(plain, _PLAIN)
    value = _as_array(pc.cast(pc.if_else(fits, plain, pa.scalar(None, pa.string())), pa.float64()))
    invalid = ~_is_usable(value) & ~_as_mask(pc.is_null(column))
    return Numbers(np.where(invalid, np.nan, value), invalid, decimal, guessed)


def _decimal(text: pa.ChunkedArray, delimiter: str) -> tuple[Decimal, bool]:
    comma = pc.match_substring(text, ",")
    if not pc.any(comma).as_py():
        several = pc.match_substring_regex(text, r"\..*\.")
        return ("comma" if pc.any(several).as_py() else "point"), False
    telling = pc.and_(comma, pc.invert(pc.match_substring_regex(text, _ONE_GROUP)))
    for_comma = pc.and_(telling, pc.match_substring_regex(text, _TELLS_COMMA))
    for_comma = pc.and_(for_comma, pc.invert(pc.match_substring_regex(text, _POINT_GROUPED)))
    commas = pc.sum(for_comma).as_py() or 0
    points = (pc.sum(telling).as_py() or 0) - commas
    points += (
        pc.sum(
            pc.and_(pc.invert(comma), pc.match_substring_regex(text, r"\.(?:[0-9]{1,2}|[0-9]{4,})$"))
        ).as_py()
        or 0
    )
    if commas or points:
        return ("comma" if commas >= points else "point"), False
    return ("comma" if delimiter != "," else "point"), True


def _is_usable(value: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(value) <= _LARGEST  # false for NaN too


def _as_array(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _as_mask(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(column.to_numpy(), dtype=np.bool_)
