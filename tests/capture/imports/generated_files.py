"""Files as companies export them, each with what it truly says: the recogniser is held against these.

What matters for reading (delimiter, encoding, date form, decimal form, what stands around the table) is drawn by
hypothesis; the cells come from a generator of random numbers that it seeds.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import xlsxwriter
from hypothesis import strategies as st

from tests.capture.imports.generated_rows import KINDS, Row, Table, make_table

HELSINKI = ZoneInfo("Europe/Helsinki")


@dataclass(frozen=True)
class DateForm:
    """`write` gives the text; `day_first` is what the reader must find out, None where the form says it. `readable`
    is False for forms that cannot be imported, which must be refused and never be read as something else."""

    name: str
    write: Callable[[datetime], str]
    resolution: str = "second"
    day_first: bool | None = None
    readable: bool = True
    zoned: bool = False


def _klo(moment: datetime) -> str:
    return f"{moment.day}.{moment.month}.{moment.year} klo {moment.hour}.{moment.minute:02d}"


def _slim(separator: str, *, month_first: bool = False, clock: str = "%H:%M") -> Callable[[datetime], str]:
    def write(moment: datetime) -> str:
        first, second = (moment.month, moment.day) if month_first else (moment.day, moment.month)
        return f"{first}{separator}{second}{separator}{moment.year}{moment.strftime(' ' + clock) if clock else ''}"

    return write


def _form(pattern: str) -> Callable[[datetime], str]:
    return lambda moment: moment.strftime(pattern)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=HELSINKI).astimezone(UTC)


DATES = (
    DateForm("iso", _form("%Y-%m-%d %H:%M:%S")),
    DateForm("iso T", _form("%Y-%m-%dT%H:%M:%S")),
    DateForm("iso Z", lambda moment: _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ"), zoned=True),
    DateForm("iso day", _form("%Y-%m-%d"), "day"),
    DateForm("klo", _klo, "minute"),
    DateForm("Finnish", _form("%d.%m.%Y %H:%M:%S")),
    DateForm("Finnish slim", _slim(".", clock="%H.%M"), "minute"),
    DateForm("Finnish day", _slim(".", clock=""), "day"),
    DateForm("Finnish short year", _form("%d.%m.%y %H:%M"), "minute"),
    DateForm("British", _form("%d/%m/%Y %H:%M"), "minute", day_first=True),
    DateForm("British slim", _slim("/"), "minute", day_first=True),
    DateForm("American", _form("%m/%d/%Y %H:%M:%S"), day_first=False),
    DateForm("American slim", _slim("/", month_first=True, clock="%I:%M %p"), "minute", day_first=False),
    DateForm("dashes, day first", _form("%d-%m-%Y %H:%M"), "minute", day_first=True),
    DateForm("dashes, month first", _form("%m-%d-%Y"), "day", day_first=False),
    DateForm("short year, day first", _form("%d/%m/%y"), "day", day_first=True),
    DateForm("short year, month first", _form("%m/%d/%y %H:%M"), "minute", day_first=False),
    DateForm("compact", _form("%Y%m%d"), "day"),
    DateForm("epoch seconds", lambda moment: str(int(_utc(moment).timestamp())), zoned=True),
    DateForm("epoch milliseconds", lambda moment: str(int(_utc(moment).timestamp()) * 1000), zoned=True),
    DateForm("year first in two digits", _form("%y-%m-%d"), "day", readable=False),
    DateForm("year first in two digits, slashes", _form("%y/%m/%d %H:%M"), "minute", readable=False),
    DateForm("month by name", _form("%d %b %Y"), "day"),
    DateForm("week of the year", _form("%G-W%V-%u"), "day", readable=False),
    DateForm("compact, day first", _form("%d%m%Y"), "day", readable=False),
    DateForm(
        "Excel's number", lambda m: f"{(m - datetime(1899, 12, 30)) / timedelta(days=1):.5f}", readable=False
    ),
)


def _grouped(value: float, group: str, mark: str, digits: int = 2) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\0").replace(".", mark).replace("\0", group)


DECIMALS: dict[str, Callable[[float], str]] = {
    "plain": lambda value: f"{value:.2f}",
    "shortest": lambda value: f"{value:g}" if value < 1e6 else f"{value:.2f}",
    "comma": lambda value: f"{value:.2f}".replace(".", ","),
    "comma, euros": lambda value: _grouped(value, " ", ",") + " €",
    "comma, no-break": lambda value: _grouped(value, "\u00a0", ",") + "\u00a0€",
    "comma, points": lambda value: _grouped(value, ".", ","),
    "point, commas": lambda value: _grouped(value, ",", "."),
    "dollars": lambda value: "$" + _grouped(value, ",", "."),
    "EUR before": lambda value: "EUR " + f"{value:.2f}".replace(".", ","),
    "whole": lambda value: f"{value:.0f}",
    "whole, commas": lambda value: _grouped(value, ",", ".", 0),
    "whole, points": lambda value: _grouped(value, ".", ",", 0),
    "whole, blanks": lambda value: _grouped(value, " ", ",", 0),
    "dash for cents": lambda value: f"{value:.0f},-",
    "three digits, comma": lambda value: f"{value:.3f}".replace(".", ","),
    "three digits, point": lambda value: f"{value:.3f}",
}
"""How amounts may be written. Those of whole numbers lose their cents, in the truth as well. Amounts with a dash for
their cents are not read: their rows must be refused."""


@dataclass(frozen=True)
class GeneratedFile:
    """A file and its truth. `answer` tells what a person who knows the file would answer."""

    name: str
    content: bytes
    table: Table
    date: DateForm
    decimal: str
    delimiter: str
    encoding: str
    header_line: int
    surroundings: str
    readable: bool
    rows: tuple[Row, ...] = field(repr=False)

    def describe(self) -> str:
        return (
            f"{self.table.kind} as {self.name}: {self.date.name}; {self.decimal}; {self.delimiter!r}; "
            f"{self.encoding}; {self.surroundings}; {len(self.rows)} rows; {', '.join(self.table.names())}"
        )

    def mark(self) -> str:
        return (
            "comma"
            if self.decimal in ("whole, points",)
            or "comma" in self.decimal.split(",")[0]
            or (self.decimal in ("EUR before", "three digits, comma"))
            else "point"
        )


ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850", "mac-roman")
UNREADABLE = ("cp850", "mac-roman")


@st.composite
def generated_files(draw: st.DrawFn) -> GeneratedFile:
    """Any file of any kind, readable or not."""
    kind = draw(st.sampled_from(KINDS))
    date = draw(st.sampled_from(DATES))
    decimal = draw(st.sampled_from(sorted(DECIMALS)))
    language = draw(st.sampled_from(("fi", "en")))
    size = draw(st.sampled_from((1, 2, 3, 8, 25, 60)))
    unclear = draw(st.booleans())
    order = draw(st.sampled_from(("oldest", "newest", "mixed")))
    chance = random.Random(draw(st.integers(0, 2**32)))
    table = make_table(chance, kind, language, size, unclear=unclear, order=order)
    if draw(st.integers(0, 5)) == 0:
        return _workbook(draw, chance, table, date, decimal)
    return _text(draw, chance, table, date, decimal)


def _cells(table: Table, date: DateForm, decimal: str) -> tuple[list[list[str]], list[Row]]:
    """The rows as texts, and as they are meant: a form that drops seconds or cents drops them in the truth too."""
    texts, truths = [], []
    for row in table.rows:
        texts.append(
            [
                ""
                if (value := row[column.role]) is None
                else date.write(value)
                if isinstance(value, datetime)
                else DECIMALS[decimal](value)
                if isinstance(value, float)
                else str(value)
                for column in table.columns
            ]
        )
        truths.append({role: _as_written(value, date, decimal) for role, value in row.items()})
    return texts, truths


def _as_written(value: object, date: DateForm, decimal: str) -> object:
    if isinstance(value, datetime):
        value = value.replace(second=0) if date.resolution == "minute" else value
        return value.replace(hour=0, minute=0, second=0) if date.resolution == "day" else value
    if isinstance(value, float):
        return float(f"{value:.0f}") if decimal.startswith(("whole", "dash")) else value
    return value


def _text(
    draw: st.DrawFn, chance: random.Random, table: Table, date: DateForm, decimal: str
) -> GeneratedFile:
    delimiter = draw(st.sampled_from((";", ",", "\t", "|")))
    encoding = draw(st.sampled_from(ENCODINGS))
    end = draw(st.sampled_from(("\r\n", "\n")))
    quoting = draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    hint = draw(st.integers(0, 9)) == 0
    above, below, said = _surroundings(draw, chance, table)
    texts, truths = _cells(table, date, decimal)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter, lineterminator=end, quoting=quoting)
    if hint:
        lines.write(f"sep={delimiter}{end}")
    header_line = 1 + hint
    for row in above:
        writer.writerow(row) if row else lines.write(end)
        header_line += 1
    writer.writerows([table.names(), *texts])
    for row in below:
        writer.writerow(row) if row else lines.write(end)
    text = lines.getvalue()
    content = text.encode(encoding, "replace")
    return GeneratedFile(
        name="export." + draw(st.sampled_from(("csv", "txt"))),
        content=content,
        table=table,
        date=date,
        decimal=decimal,
        delimiter=delimiter,
        encoding=encoding,
        header_line=header_line,
        surroundings=said + (", sep=" if hint else ""),
        readable=_readable(table, date, decimal) and (encoding not in UNREADABLE or _is_ascii(table, texts)),
        rows=tuple(truths),
    )


def _readable(table: Table, date: DateForm, decimal: str) -> bool:
    timeless = table.kind == "people"
    return (date.readable or timeless) and (decimal != "dash for cents" or table.name_of("value") is None)


def _is_ascii(table: Table, texts: list[list[str]]) -> bool:
    return all(cell.isascii() for row in [table.names(), *texts] for cell in row)


def _workbook(
    draw: st.DrawFn, chance: random.Random, table: Table, date: DateForm, decimal: str
) -> GeneratedFile:
    above, below, said = _surroundings(draw, chance, table)
    texts, truths = _cells(table, date, decimal)
    typed = draw(st.booleans())
    mixed = not typed and draw(st.booleans())  # some amounts were typed as numbers, others pasted as text
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("Data")
    day = book.add_format({"num_format": "d.m.yyyy hh:mm"})
    number = 0
    for row in [*above, table.names()]:
        for place, text in enumerate(row):
            if text:
                sheet.write_string(number, place, text)
        number += 1
    header_line = number
    for row, meant in zip(texts, truths, strict=True):
        for place, (text, column) in enumerate(zip(row, table.columns, strict=True)):
            value = meant[column.role]
            if typed and isinstance(value, datetime):
                sheet.write_datetime(number, place, value, day)
            elif (typed and isinstance(value, float | int)) or (
                mixed and isinstance(value, float) and chance.random() < 0.5
            ):
                sheet.write_number(number, place, value)
            elif text:
                sheet.write_string(number, place, text)
        number += 1
    for row in below:
        for place, text in enumerate(row):
            if text:
                sheet.write_string(number, place, text)
        number += 1
    book.close()
    return GeneratedFile(
        name="export.xlsx",
        content=stream.getvalue(),
        table=table,
        date=DATES[0] if typed else date,
        decimal="typed" if typed else decimal,
        delimiter="",
        encoding="",
        header_line=header_line,
        surroundings=said + (", amounts as numbers and as texts" if mixed else ""),
        readable=typed or _readable(table, date, decimal),
        rows=tuple(truths),
    )


def _surroundings(
    draw: st.DrawFn, chance: random.Random, table: Table
) -> tuple[list[list[str]], list[list[str]], str]:
    """Rows above the header and below the table, as reports have them."""
    width = len(table.columns)
    above: list[list[str]] = []
    title = draw(st.sampled_from(("", "", "title", "padded", "parameters", "many")))
    if title == "title":
        above = [["Raportti: tilaukset ja asiakkaat"], []]
    elif title == "padded":
        above = [["Myyntiraportti", *[""] * (width - 1)], [""] * width]
    elif title == "parameters":
        above = [["Raportti", "Kaikki rivit"], ["Aikaväli", "1.1.2024", "31.12.2024"], []]
    elif title == "many":
        above = [["Oy Esimerkki Ab"], ["Export", "All rows", "Helsinki"], ["Created by", "Maija M."], []]
    below: list[list[str]] = []
    total = draw(st.sampled_from(("", "", "total", "note", "blank and total")))
    if "total" in total:
        amounts = [place for place, column in enumerate(table.columns) if column.role == "value"]
        row = [""] * width
        row[0] = chance.choice(["Yhteensä", "Total", "YHTEENSÄ:", "Grand total", "Summa"])
        for place in amounts:
            row[place] = "98765,43" if place else row[place]
        below = [row] if total == "total" else [[], row]
    elif total == "note":
        below = [[], ["Raportti luotu 1.3.2024 klo 9.05"]]
    return above, below, " / ".join(part for part in (title, total) if part) or "bare"
