"""Cells of a table for a page: in the reader's form, with what is a figure to the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from polku.analytics.explore.presentation import Column, Table
from polku.site.formats import DASH, Reader


@dataclass(frozen=True)
class Cell:
    text: str
    is_numeric: bool
    link: str | None = None
    bar: str = ""


@dataclass(frozen=True)
class DrawnTable:
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def draw(table: Table, reader: Reader) -> DrawnTable:
    """The table with every cell as text."""
    return DrawnTable(
        table.caption,
        table.columns,
        [
            [
                Cell(
                    shown(value, column, reader),
                    column.is_numeric,
                    column.links[number] if column.links else None,
                    f"{100 * value:.1f}%" if column.has_bars and isinstance(value, float) else "",
                )
                for value, column in zip(row, table.columns, strict=True)
            ]
            for number, row in enumerate(table.rows)
        ],
    )


def shown(value: object, column: Column, reader: Reader) -> str:
    """`value` as text; a dash where there is none."""
    if value is None:
        return DASH
    if column.kind == "date":
        return reader.day(cast(dt.date, value), year=True)
    if column.kind in ("share_interval", "number_interval"):
        ends = cast(Sequence[float], value)
        if column.kind == "share_interval":
            return reader.percent_interval(ends, column.decimals)
        return reader.interval(ends, column.decimals)
    if column.kind == "text" or not isinstance(value, (int, float)):
        return str(value)
    if column.kind == "share":
        return reader.percent(value, column.decimals)
    if column.kind == "money":
        return reader.money(value)
    if column.kind == "duration":
        return reader.duration(value)
    return reader.number(value, column.decimals)
