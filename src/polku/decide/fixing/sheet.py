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
from polku.decide.fixing.page import Page, page_of
from polku.decide.fixing.reading import Listed
from polku.journeys.display_names import grade_name
from polku.site import documents

MOST_ROWS = 7
"""So many fit on the page, whatever their names are; the others are counted in a line."""


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
    rows = page.priced[:MOST_ROWS]
    more = len(page.priced) - len(rows)
    context: dict[str, Any] = {
        "workspace": workspace,
        "journey": listed.journey,
        "language": reader.language,
        "page": page,
        "rows": rows,
        "more": ngettext("%(count)s smaller row is not shown.", "%(count)s smaller rows are not shown.", more)
        % {"count": reader.number(more)}
        if more
        else "",
        "grades": _grades(page),
        "money": money_note(workspace, money_terms(workspace), reader).text,
        "today": reader.day(today, year=True),
        "sheet": SafeString(style),
        "is_pdf": is_pdf,
        "note": note,
    }
    return Sheet(render_to_string("decide/fixing/sheet.html", context), style)


def _grades(page: Page) -> Sequence[tuple[str, str, str]]:
    """(letter, name, what it lets one say) of the grades on the page."""
    found = sorted({row.grade for row in page.priced[:MOST_ROWS] if row.grade})
    return [(grade, grade_name(grade), words.grade_tells(grade)) for grade in found]
