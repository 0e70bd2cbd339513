"""Sorting and finding whole numbers in long arrays, quicker than what works for every kind of value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[Any]

_DENSE = 8  # a table of all numbers is made where it has at most so many places for each


def by_number(numbers: NDArray[Any]) -> Positions:
    """The positions that sort whole numbers from 0 on, equal ones as they come.

    Sorting number and position as one number is several times faster than sorting indirectly.
    """
    bits = len(numbers).bit_length()
    if not len(numbers) or int(numbers.max()).bit_length() + bits > 63:
        return np.argsort(numbers, kind="stable")
    order = numbers.astype(np.int64)
    order <<= bits
    order |= np.arange(len(numbers))
    order.sort()
    order &= (1 << bits) - 1
    return order


def narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in four bytes where they fit, else in eight."""
    limits = np.iinfo(np.int32)
    fits = not len(numbers) or (limits.min <= numbers.min() and numbers.max() <= limits.max)
    return numbers.astype(np.int32 if fits else np.int64, copy=False)


def rows_of(sorted_numbers: NDArray[Any], wanted: Sequence[int] | NDArray[Any]) -> Positions:
    """Where, in an ascending array, those `wanted` (ascending, each once) stand: all their positions, ascending."""
    wanted = np.asarray(wanted)
    if wanted.dtype != sorted_numbers.dtype and len(wanted):
        # Of two types NumPy would make one array of the wider, and that is the long one.
        limits = np.iinfo(sorted_numbers.dtype)
        low, high = np.searchsorted(wanted, limits.min), np.searchsorted(wanted, limits.max, side="right")
        wanted = wanted[low:high].astype(sorted_numbers.dtype)
    starts = np.searchsorted(sorted_numbers, wanted, side="left")
    lengths = np.searchsorted(sorted_numbers, wanted, side="right") - starts
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


class Finder:
    """Finds the position of numbers, each once, in an array; −1 for those that are not there."""

    def __init__(self, numbers: NDArray[Any]) -> None:
        self._first = int(numbers.min()) if len(numbers) else 0
        span = int(numbers.max()) - self._first + 1 if len(numbers) else 0
        self._count = len(numbers)
        # Where nothing is left out and all stand in order the position is the number itself.
        self._is_plain = span == len(numbers) and bool((numbers[1:] > numbers[:-1]).all())
        self._is_dense = span <= _DENSE * len(numbers) + 1_000
        if self._is_plain:
            return
        if self._is_dense:
            self._table = np.full(span + 1, -1, dtype=np.int32)  # the last place is that of what is not there
            self._table[numbers - self._first] = np.arange(len(numbers), dtype=np.int32)
        else:
            self._order = np.argsort(numbers)
            self._sorted = numbers[self._order]

    def __call__(self, wanted: NDArray[Any]) -> Positions:
        if self._is_plain or self._is_dense:
            place = wanted - self._first
            place[(place < 0) | (place >= (self._count if self._is_plain else len(self._table)))] = -1
            return place if self._is_plain else self._table[place]
        place = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[place] == wanted, self._order[place], -1)
