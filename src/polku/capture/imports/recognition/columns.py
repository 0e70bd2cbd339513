"""Each column by itself: what its cells are, before its name is asked what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polku.capture.imports.mapping import Meaning, RecognisedColumn
from polku.capture.imports.recognition.amounts import Amounts, read_amounts
from polku.capture.imports.recognition.cells import look_of
from polku.capture.imports.recognition.dates import Dates, read_dates
from polku.capture.imports.recognition.words import (
    AMOUNT_LEFT_OUT,
    LINE_VALUE,
    ORDER_VALUE,
    PRICE,
    TIMES,
    USUAL,
    match_weight,
    plain,
    weight,
)

_MOSTLY = 0.8
_FEW = 60
_SHORT = 80  # characters of a name that is one of a few


@dataclass(frozen=True)
class Column:
    """A column as its cells show it. `name` is unique in the part and never empty where the column can be mapped
    (`usable`)."""

    place: int
    name: str
    cells: tuple[str, ...]
    meaning: Meaning
    usable: bool
    filled: float
    distinct: float
    dates: Dates | None = None
    amounts: Amounts | None = None

    def recognised(self) -> RecognisedColumn:
        """The column as it is shown."""
        samples = list(dict.fromkeys(cell.strip() for cell in self.cells if cell.strip()))[:5]
        is_date = self.meaning in ("time", "day") and self.dates is not None
        return RecognisedColumn(
            name=self.name,
            meaning=self.meaning,
            samples=tuple(samples),
            form=self.dates.form if is_date and self.dates else "",
            decimal=self.amounts.decimal if self.amounts and not is_date else None,
            filled=round(self.filled, 4),
            distinct=round(self.distinct, 4),
        )


def read_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], *, is_sheet: bool = False
) -> list[Column]:
    """The columns of a table's sampled rows. A name that stands twice, or none, cannot be mapped."""
    columns = []
    for place, name in enumerate(names):
        cells = tuple(row[place] if place < len(row) else "" for row in rows)
        filled = [text for cell in cells if (text := cell.strip())]
        dates, amounts = read_dates(filled), read_amounts(filled, is_sheet=is_sheet)
        columns.append(
            Column(
                place=place,
                name=name,
                cells=cells,
                meaning=_meaning(name, filled, dates, amounts),
                usable=bool(name) and list(names).count(name) == 1,
                filled=len(filled) / len(cells) if cells else 0.0,
                distinct=len(set(filled)) / len(filled) if filled else 0.0,
                dates=dates,
                amounts=amounts,
            )
        )
    return columns


def _meaning(name: str, filled: Sequence[str], dates: Dates | None, amounts: Amounts | None) -> Meaning:
    if not filled:
        return "empty"
    speaks_of_time = any(match_weight(name, table) for table in TIMES.values())
    if dates and dates.valid >= _MOSTLY and (speaks_of_time or not dates.bare):
        return "time" if dates.has_clock else "day"
    looks = [look_of(text) for text in filled]
    if looks.count("email") >= _MOSTLY * len(filled):
        return "email"
    if looks.count("url") >= _MOSTLY * len(filled):
        return "url"
    for meaning in ("phone", "loyalty", "order", "person"):
        if weight(name, meaning) >= USUAL and not (amounts and (amounts.currencies or amounts.decimal)):
            return meaning  # type: ignore[return-value]
    if amounts:
        money = amounts.currencies or any(match_weight(name, t) for t in (ORDER_VALUE, LINE_VALUE, PRICE))
        return "money" if money or AMOUNT_LEFT_OUT.fullmatch(plain(name)) else "number"
    few = len(set(filled)) <= max(1, min(_FEW, len(filled) // 2))
    if few and max(len(text) for text in filled) <= _SHORT:
        return "choice"
    return "text"
