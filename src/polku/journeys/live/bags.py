"""Sorted arrays as bags of numbers: put together, added to and taken from, without sorting all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bag = NDArray[Any]
"""Ascending; a number may be there several times."""


def together(bags: Sequence[Bag]) -> Bag:
    """All numbers of some bags, of which there is at least one."""
    return bags[0] if len(bags) == 1 else np.sort(np.concatenate(bags))


def without(bag: Bag, fewer: Bag) -> Bag:
    """Take each of `fewer` out once; all of them are there."""
    if not len(fewer):
        return bag
    at = np.searchsorted(bag, fewer)
    # Several of one number are taken from places next to each other.
    is_first = np.append(True, fewer[1:] != fewer[:-1])
    number = np.arange(len(fewer))
    return np.delete(bag, at + number - np.maximum.accumulate(np.where(is_first, number, 0)))


def with_more(bag: Bag, more: Bag) -> Bag:
    """Put all of `more` in."""
    return np.insert(bag, np.searchsorted(bag, more), more) if len(more) else bag


def by_place(places: NDArray[Any], numbers: NDArray[Any], count: int) -> tuple[Bag, ...]:
    """The numbers of each of `count` places."""
    order = np.argsort(places.astype(np.int16), kind="stable")
    bounds = np.cumsum(np.bincount(places, minlength=count))[:-1]
    return tuple(np.sort(part) for part in np.split(numbers[order], bounds))
