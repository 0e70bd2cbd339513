"""What people should know of a part though nothing about it is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.capture.imports.mapping import ColumnMapping
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.reading import Table
from polku.capture.imports.recognition.words import plain

_CLOCK = re.compile(r"(?:klo )?([01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?", re.IGNORECASE)
_CLOCK_NAME = re.compile(r".*(?:klo|kello|kellonaika|aika|time)")
_CURRENCY_NAME = re.compile(r"(?:.* )?(?:valuutta|currency)(?: .*)?")


def notes_of_table(table: Table, columns: Sequence[Column]) -> list[str]:
    """What of the part is no row of its table, and what of the table cannot be imported."""
    notes = []
    if table.above:
        notes.append(
            ngettext(
                "%(count)s row above the names of the columns is left out: %(text)s",
                "%(count)s rows above the names of the columns are left out: %(text)s",
                len(table.above),
            )
            % {"count": len(table.above), "text": table.above[0]}
        )
    if table.below:
        notes.append(
            ngettext(
                "%(count)s row below the table is left out: %(text)s",
                "%(count)s rows below the table are left out: %(text)s",
                len(table.below),
            )
            % {"count": len(table.below), "text": table.below[0]}
        )
    again = [
        line
        for row, line in zip(table.rows, table.lines, strict=True)
        if tuple(cell.strip() for cell in row[: len(table.names)]) == table.names
    ]
    if again:
        notes.append(
            _(
                "Row %s repeats the names of the columns, as where two exports were put together. Delete it first."
            )
            % again[0]
        )
    twice = sorted({column.name for column in columns if column.name and not column.usable})
    if twice:
        notes.append(
            _("Several columns are named “%s”; rename all but one to import them.") % "”, “".join(twice[:5])
        )
    return notes


def notes_of_use(mappings: Sequence[ColumnMapping], columns: Sequence[Column]) -> list[str]:
    """What the imports leave out of account: several currencies, times of day in a column of their own."""
    notes = []
    named = {column.name: column for column in columns if column.usable}
    value = next((named[m.options.value] for m in mappings if m.options.value in named), None)
    if value is not None:
        written = value.amounts.currencies if value.amounts else frozenset()
        beside = next((c for c in columns if _CURRENCY_NAME.fullmatch(plain(c.name))), None)
        if len(written) > 1 or (beside and len({cell.strip() for cell in beside.cells} - {""}) > 1):
            notes.append(
                _("The amounts of column “%s” are in several currencies. They are taken as they are.")
                % value.name
            )
    time = next((named[m.options.time] for m in mappings if m.options.time in named), None)
    clock = next((column for column in columns if column is not time and _is_clock(column)), None)
    if time is not None and time.meaning == "day" and clock is not None:
        notes.append(
            _("The time of day stands in a column of its own, “%s”. Only the day is used.") % clock.name
        )
    return notes


def _is_clock(column: Column) -> bool:
    filled = [cell.strip() for cell in column.cells if cell.strip()]
    return bool(
        filled
        and _CLOCK_NAME.fullmatch(plain(column.name))
        and all(_CLOCK.fullmatch(cell) for cell in filled)
    )
