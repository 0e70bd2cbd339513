"""Answers as CSV, XLSX and JSON, made piece by piece."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any, Literal

from polku.analytics.explore.exports import LONGEST_CELL, TEXT_STAYS_TEXT, safe_text
from polku.surveys.models import Survey
from polku.surveys.results.asked import Versions
from polku.surveys.results.exports.codebook import codebook_data
from polku.surveys.results.exports.fields import ExportField, Row
from polku.surveys.results.exports.rows import Wanted, pieces

Values = Literal["labels", "codes"]

MOST_SHEET_ROWS = 1_048_575
"""Below its heading; what is more goes on the next sheet."""


def csv_pieces(
    survey: Survey, versions: Versions, fields: Sequence[ExportField], wanted: Wanted, values: Values
) -> Iterator[bytes]:
    """UTF-8 with a mark, as spreadsheets want it. A text that they would take for a formula has an apostrophe before
    it; numbers stay numbers."""
    yield b"\xef\xbb\xbf" + _csv([[safe_text(field.name) for field in fields]])
    for piece in pieces(survey, versions, wanted):
        yield _csv([[_csv_cell(field, row, values) for field in fields] for row in piece])


def json_pieces(
    survey: Survey, versions: Versions, fields: Sequence[ExportField], wanted: Wanted
) -> Iterator[bytes]:
    """{"survey", "name", "codebook", "answers": [{…}]}: answers by question as they are kept, not by column."""
    head = {"survey": survey.key, "name": survey.name, "codebook": codebook_data(fields)}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "answers": ['
    before = ""
    for piece in pieces(survey, versions, wanted):
        written = ",\n".join(json.dumps(_json_row(row), ensure_ascii=False) for row in piece)
        yield f"{before}\n{written}".encode()
        before = ","
    yield b"\n]}\n"


def write_xlsx(
    file: IO[bytes],
    survey: Survey,
    versions: Versions,
    fields: Sequence[ExportField],
    wanted: Wanted,
    values: Values,
) -> None:
    """One sheet of answers (more where they do not fit) and one that says what the columns are. Rows leave the memory
    as they are written."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        file, {"constant_memory": True, "remove_timezone": True, **TEXT_STAYS_TEXT}
    ) as book:
        book.set_properties({"title": survey.name})
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet, line, number = None, MOST_SHEET_ROWS + 1, 0
        for piece in pieces(survey, versions, wanted):
            for row in piece:
                if line > MOST_SHEET_ROWS or sheet is None:
                    number += 1
                    sheet, line = (
                        _sheet(book, f"answers {number}" if number > 1 else "answers", fields, bold),
                        1,
                    )
                for place, field in enumerate(fields):
                    _write(sheet, line, place, _cell(field, row, values), day, moment)
                line += 1
        if sheet is None:
            _sheet(book, "answers", fields, bold)
        about = book.add_worksheet("codebook")
        for line, cells in enumerate(codebook_rows(fields)):
            for place, cell in enumerate(cells):
                about.write_string(line, place, cell[:LONGEST_CELL], bold if line == 0 else None)


def codebook_csv(fields: Sequence[ExportField]) -> bytes:
    rows = [[safe_text(cell) for cell in row] for row in codebook_rows(fields)]
    return b"\xef\xbb\xbf" + _csv(rows)


def codebook_rows(fields: Sequence[ExportField]) -> list[list[str]]:
    """One row a column of the answers."""
    rows = [["name", "label", "kind", "question", "type", "values"]]
    for each in codebook_data(fields):
        values = "; ".join(f"{value['code']} = {value['label']}" for value in each["values"])
        rows.append([each["name"], each["label"], each["kind"], each["question"], each["type"], values])
    return rows


def _sheet(book: Any, name: str, fields: Sequence[ExportField], bold: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, field in enumerate(fields):
        sheet.set_column(place, place, min(40, max(10, len(field.name) + 2)))
    sheet.write_row(0, 0, [field.name for field in fields], bold)
    return sheet


def _write(sheet: Any, line: int, place: int, value: Any, day: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(line, place, value, moment)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
    elif isinstance(value, (int, float)):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value)[:LONGEST_CELL])


def _cell(field: ExportField, row: Row, values: Values) -> Any:
    value = field.read(row)
    if value is not None and values == "labels" and field.kind == "choice":
        return field.values.get(value, value)
    return value


def _csv_cell(field: ExportField, row: Row, values: Values) -> Any:
    value = _cell(field, row, values)
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.date)):
        return _iso(value)
    return value if isinstance(value, (int, float)) else safe_text(str(value))


def _iso(value: dt.date) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()


def _json_row(row: Row) -> dict[str, Any]:
    return {
        name: _iso(value) if isinstance(value, dt.datetime) else list(value) if name == "tags" else value
        for name, value in row.items()
    }


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
