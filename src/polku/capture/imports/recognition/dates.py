"""Columns of dates: how they are written, and whether the column tells day from month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from polku.capture.imports.layouts import is_epoch, layout_of
from polku.capture.imports.moments import INVALID, read_moments

Order = Literal["none", "told", "open", "contradicted", "year"]
"""Which number is the day: nothing to tell (`none`), the column tells, nothing in it does (`open`), its rows disagree,
or the year may stand first in two digits (`year`)."""

_DIGIT = re.compile(r"\d")
_SHORT_YEAR = re.compile(r"(\d\d)([-/.])(\d\d)\2(\d\d)(?!\d)")


@dataclass(frozen=True)
class Dates:
    """`valid` is the share of the filled cells that are dates, `has_clock` whether any tells the time of day; `told`
    that the column tells the day from the month, whatever is to be said of its years; `bare` that the cells are digits
    alone, which may as well be something else."""

    valid: float
    form: str
    has_clock: bool
    order: Order
    month_first: bool
    told: bool
    bare: bool
    descending: bool | None


def read_dates(cells: Sequence[str]) -> Dates | None:
    """What a column's filled cells are as dates; None where they are none."""
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled:
        return None
    shapes = {_DIGIT.sub("0", text).encode() for text in filled}
    layouts = [layout for shape in shapes if (layout := layout_of(shape))]
    if not layouts and not any(is_epoch(shape) for shape in shapes):
        return None
    read = read_moments(pa.chunked_array([pa.array(filled, pa.string())]))
    known = read.wall != INVALID
    order: Order = "none"
    if read.ambiguity == "told":
        order = "told"
    elif read.ambiguity == "contradicted":
        order = "contradicted"
    elif read.ambiguity == "assumed":
        order = "open"
    if _year_may_stand_first(filled):
        order = "year"
    return Dates(
        valid=float(known.mean()),
        form=read.form,
        has_clock=any(layout.hour is not None for layout in layouts) or not layouts,
        order=order,
        month_first=read.month_first,
        told=read.ambiguity == "told" or (order == "year" and "." in read.form.split(" ")[0]),
        bare=all(shape.isdigit() or is_epoch(shape) for shape in shapes),
        descending=_descends(read.wall[known]),
    )


def _year_may_stand_first(filled: Sequence[str]) -> bool:
    """Whether `24-03-05` may be the fifth of March in 2024: two digits each, and no number says otherwise."""
    parts = []
    for text in filled:
        match = _SHORT_YEAR.match(text)
        if match is None:
            return False
        parts.append((int(match[1]), int(match[3]), int(match[4])))
    if any(last > 31 or last == 0 or middle == 0 for _first, middle, last in parts):
        return False
    if any(first > 31 or first == 0 for first, _middle, _last in parts):
        return True
    if any(middle > 12 for _first, middle, _last in parts):
        return False  # the month stands first, so the year stands last
    firsts, lasts = {part[0] for part in parts}, {part[2] for part in parts}
    return not (len(lasts) <= 2 and len(firsts) >= 8)


def _descends(wall: np.ndarray) -> bool | None:
    steps = np.diff(wall)
    down, up = int((steps < 0).sum()), int((steps > 0).sum())
    return None if down == up else down > 2 * up
