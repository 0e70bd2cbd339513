"""Sheets of workbooks (XLSX): their names, and the rows of one as the text that a CSV file of it would have."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from polku.capture.imports.problems import ImportProblem, WrongUsage

Cell: TypeAlias = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_EXACT_DIGITS = 1e15  # Excel keeps fifteen digits of a number


class Workbook:
    """An open workbook; `name` is the file's for people. Raises ImportProblem where it is damaged."""

    def __init__(self, content: Path | IO[bytes], name: str) -> None:
        self.name = name
        try:
            self._workbook = CalamineWorkbook.from_object(content)
        except BaseException as error:
            raise self._damaged(error) from error
        self._sheets: dict[str, SheetRows] = {}

    def sheets(self) -> list[str]:
        """The sheets that people see, in the workbook's order; all where every one is hidden."""
        sheets = [sheet for sheet in self._tables() if sheet.typ == SheetTypeEnum.WorkSheet]
        seen = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        return seen or [sheet.name for sheet in sheets]

    def rows(self, sheet: str) -> SheetRows:
        """The rows of a sheet, a hidden one too. Raises WrongUsage where there is none of that name."""
        if sheet not in self._sheets:
            if sheet not in [each.name for each in self._tables()]:
                names = ", ".join(f"“{name}”" for name in self.sheets()[:12])
                raise WrongUsage(
                    _("%(file)s has no sheet “%(sheet)s”. Its sheets are: %(names)s.")
                    % {"file": self.name, "sheet": sheet, "names": names}
                )
            try:
                self._sheets[sheet] = SheetRows(self._workbook.get_sheet_by_name(sheet))
            except BaseException as error:
                raise self._damaged(error) from error
        return self._sheets[sheet]

    def _tables(self) -> list[SheetMetadata]:
        return self._workbook.sheets_metadata

    def _damaged(self, error: BaseException) -> BaseException:
        """The problem with the file that an error tells of; the error itself where it tells of something else."""
        # A library in Rust that stumbles over a file raises PanicException, which is no Exception.
        if not isinstance(error, CalamineError | OSError) and type(error).__name__ != "PanicException":
            return error
        return ImportProblem(
            _("%(file)s is a damaged workbook (%(reason)s). Save it again as XLSX or CSV.")
            % {"file": self.name, "reason": error}
        )


class SheetRows:
    """The rows of one sheet that hold anything, with their row numbers from 1. All rows are equally wide."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._sheet = sheet
        self.height = sheet.end[0] + 1 if sheet.end else 0

    def cells(self, begin: int = 1) -> Iterator[tuple[int, list[Cell]]]:
        """Row number and cells, from the row `begin` on."""
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            if number >= begin and any(cell != "" for cell in row):
                yield number, row

    def texts(self, begin: int = 1) -> Iterator[tuple[int, list[str]]]:
        """Row number and texts, from the row `begin` on."""
        for number, row in self.cells(begin):
            yield number, [cell if type(cell) is str else text_of(cell) for cell in row]

    def as_csv(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """The rows of these numbers, which ascend, as CSV."""
        rows = self.texts()
        for wanted in numbers:
            row = next((texts for number, texts in rows if number >= wanted), [])
            yield _csv_of(row)


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a decimal part, times in ISO 8601 to the millisecond."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        return f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        # A sheet keeps days as fractions: what is below a millisecond comes from their rounding.
        rounded = cell + dt.timedelta(microseconds=500)
        rounded = rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
        return rounded.isoformat(" ", "milliseconds" if rounded.microsecond else "seconds")
    if isinstance(cell, dt.timedelta):
        seconds = round(cell.total_seconds())
        sign = "-" if seconds < 0 else ""
        hours, seconds = divmod(abs(seconds), 3600)
        return f"{sign}{hours}:{seconds // 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def is_number(cell: Cell) -> bool:
    return isinstance(cell, float | int) and not isinstance(cell, bool)


def is_beyond_digits(cell: Cell) -> bool:
    """Whether a number is longer than a sheet can keep exactly, as long ids are."""
    return isinstance(cell, float | int) and abs(cell) >= _EXACT_DIGITS


def _csv_of(row: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(row)  # its letters are what is quoted
    return text.getvalue().removesuffix("\r\n").encode("utf-8", "replace")
