"""An answer as a file: tables as CSV and XLSX, a picture as PNG.

Cells are safe for spreadsheets: a text that one would take for a formula (it begins with = + - @, a tab or a carriage
return) has an apostrophe before it in CSV and is a plain text in XLSX; numbers stay numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from polku.analytics.explore.presentation import Column, Presentation, Table
from polku.site.charts.images import PicturesUnavailable, png

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_000
"""Letters of a cell: XLSX takes a few more."""

TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
"""Options of a workbook."""

__all__ = ["FORMATS", "LONGEST_CELL", "TEXT_STAYS_TEXT", "PicturesUnavailable", "export", "safe_text"]


def export(presentation: Presentation, file_format: str, *, title: str, foot: str = "") -> bytes:
    """The file's bytes. PNG needs a chart, has `foot` under it, and raises PicturesUnavailable where pictures cannot
    be made."""
    if file_format == "csv":
        return _csv(presentation.tables)
    if file_format == "xlsx":
        return _xlsx(presentation.tables, title)
    return png(presentation.charts[0].wide, title=title, lines=[presentation.reading], foot=foot)


def _csv(tables: Sequence[Table]) -> bytes:
    """All tables one under another, an empty line between them; UTF-8 with a mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([safe_text(table.caption)])
        writer.writerow([safe_text(name) for name in _names(table.columns)])
        for row in table.rows:
            writer.writerow([_plain(value) for value in _flat(row, table.columns)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(tables: Sequence[Table], title: str) -> bytes:
    """One sheet a table, with widths and number formats."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **TEXT_STAYS_TEXT}) as book:
        book.set_properties({"title": title})
        heading = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS_OF_CELLS.items()}
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(_sheet_name(table.caption, number))
            names = _names(table.columns)
            sheet.write_row(0, 0, names, heading)
            sheet.freeze_panes(1, 0)
            kinds = [kind for column in table.columns for kind in _kinds(column)]
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True)):
                texts = [len(str(row[0])) for row in table.rows] if place == 0 else []
                sheet.set_column(place, place, min(60, max([len(name), 8, *texts]) + 2), formats.get(kind))
            for line, row in enumerate(table.rows, 1):
                for place, value in enumerate(_flat(row, table.columns)):
                    if isinstance(value, bool) or value is None:
                        sheet.write(line, place, value)
                    elif isinstance(value, (int, float)):
                        sheet.write_number(line, place, value)
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()))
                    else:
                        sheet.write_string(line, place, str(value)[:LONGEST_CELL])
    return out.getvalue()


_FORMATS_OF_CELLS = {"share": "0.0 %", "money": "#,##0.00", "date": "yyyy-mm-dd", "count": "#,##0"}


def _sheet_name(caption: str, number: int) -> str:
    """At most 31 characters and none of those that Excel, or XML, forbids; the number makes it unique."""
    plain = "".join(
        letter if letter.isprintable() and letter not in "[]:*?/\\'" else " " for letter in caption
    ).strip()
    return f"{number} {plain}"[:31].strip()


def _kinds(column: Column) -> tuple[str, ...]:
    if column.kind == "share_interval":
        return ("share", "share")
    return ("number", "number") if column.kind == "number_interval" else (column.kind,)


def _names(columns: Sequence[Column]) -> list[str]:
    """One name a cell: an interval is two cells."""
    names = []
    for column in columns:
        if len(_kinds(column)) == 2:
            names += [_("%s, at least") % column.name, _("%s, at most") % column.name]
        else:
            names.append(column.name)
    return names


def _flat(row: Sequence[object], columns: Sequence[Column]) -> Iterator[object]:
    for value, column in zip(row, columns, strict=True):
        if len(_kinds(column)) == 1:
            yield value
        elif isinstance(value, Sequence):
            yield from value[:2]
        else:
            yield from (None, None)


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    return value.isoformat() if isinstance(value, dt.date) else safe_text(str(value))


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
