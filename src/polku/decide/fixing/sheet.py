"""The list on one page of A4, for a management team: the greatest rows, how we know, the sum and the method."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from polku.accounts.models import Workspace
from polku.analytics.money import money_note, money_terms
from polku.decide.fixing import words
from polku.decide.fixing.page import page_of
from polku.decide.fixing.reading import Listed
from polku.decide.fixing.rows import Row
from polku.journeys.display_names import grade_name
from polku.site import documents

_ROOM = 136.0
"""Millimetres between the table's head and the notes below it."""
_PADDING, _NAME, _QUOTE, _SMALL = 5.4, 5.2, 4.3, 4.4
"""Heights of a row's padding and of a line of each of its texts."""
_NAME_LETTERS, _QUOTE_LETTERS, _SMALL_LETTERS = 28, 36, 39
"""How many letters a line of each surely holds."""
LONGEST_NAME, LONGEST_UNIT = 60, 60


@dataclass(frozen=True)
class Sheet:
    html: str
    sheet: str
    """The style sheet in its head."""


def sheet_of(workspace: Workspace, listed: Listed, *, today: dt.date, is_pdf: bool, note: str = "") -> Sheet:
    """The page in the language in use. `note` stands above it on screens only."""
    reader, page = listed.reader, page_of(listed)
    style = render_to_string(
        "decide/fixing/sheet.css", {"font": documents.font_face() if is_pdf else "", "is_pdf": is_pdf}
    )
    rows, has_quotes = _fitting(page.priced)
    more = len(page.priced) - len(rows)
    context: dict[str, Any] = {
        "workspace": workspace,
        "journey": listed.journey,
        "language": reader.language,
        "page": page,
        "rows": rows,
        "has_quotes": has_quotes,
        "longest_name": LONGEST_NAME,
        "longest_unit": LONGEST_UNIT,
        "more": ngettext("%(count)s smaller row is not shown.", "%(count)s smaller rows are not shown.", more)
        % {"count": reader.number(more)}
        if more
        else "",
        "grades": _grades(rows),
        "money": money_note(workspace, money_terms(workspace), reader).text,
        "today": reader.day(today, year=True),
        "sheet": SafeString(style),
        "is_pdf": is_pdf,
        "note": note,
    }
    return Sheet(render_to_string("decide/fixing/sheet.html", context), style)


def _fitting(rows: Sequence[Row]) -> tuple[Sequence[Row], bool]:
    """As many of the greatest rows as one page holds, and whether there is room for what customers said, too."""
    if sum(_height(row, has_quote=True) for row in rows) <= _ROOM:
        return rows, True
    taken, room = 0, _ROOM
    for row in rows:
        room -= _height(row, has_quote=False)
        if room < 0:
            break
        taken += 1
    return rows[:taken], False


def _height(row: Row, *, has_quote: bool) -> float:
    name = len(row.touchpoint[:LONGEST_NAME]) + 1 + len(row.unit[:LONGEST_UNIT])
    small = len(row.headline) + len(row.compared) + len(row.n) + 5
    height = _PADDING + _NAME * _lines(name, _NAME_LETTERS) + _SMALL * _lines(small, _SMALL_LETTERS)
    return height + (_QUOTE * _lines(len(row.quote) + 2, _QUOTE_LETTERS) if has_quote and row.quote else 0.0)


def _lines(letters: int, of: int) -> int:
    return -(-letters // of)


def _grades(rows: Sequence[Row]) -> Sequence[tuple[str, str, str]]:
    """(letter, name, what it lets one say) of the grades on the page."""
    found = sorted({row.grade for row in rows if row.grade})
    return [(grade, grade_name(grade), words.grade_tells(grade)) for grade in found]
