"""The rows of the list as its template draws them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.fixing import words
from polku.decide.fixing.reading import day_of
from polku.journeys.display_names import grade_name
from polku.journeys.models import Action
from polku.site.formats import Reader

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Money:
    """A row's euros in words, and its bar on the common scale (percentages, as attributes of SVG)."""

    middle: str
    between: str
    is_at_most: bool
    net: str
    low_x: str
    middle_x: str
    width: str


@dataclass(frozen=True)
class Row:
    """`id` names the row in the page; `key` in addresses. `joins_next`: this and the next cannot be told apart."""

    id: str
    key: str
    rank: str
    touchpoint: str
    touchpoint_id: int
    stage: str
    pain: str
    unit: str
    headline: str
    compared: str
    quote: str
    reference: str
    n: str
    money: Money | None
    grade: str
    grade_name: str
    grade_tells: str
    joins_next: bool
    joins_previous: bool
    is_next: bool
    is_changed: bool
    action: Action | None
    due: str
    dismissal: Record | None
    dismissed_on: str


def row_id(key: str) -> str:
    """A short name of the row that any page and style sheet takes."""
    return "pain-" + hashlib.blake2b(key.encode(), digest_size=5).hexdigest()


def scale_end(rows: Sequence[Record]) -> float:
    """The end of the common scale: the least round sum that holds every range."""
    greatest = max((row["p90"] for row in rows if row["p90"] is not None), default=0.0)
    if greatest <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(greatest))) - 1)
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= greatest)


def shown_row(
    row: Record,
    *,
    reader: Reader,
    end: float,
    action: Action | None,
    joins_next: bool = False,
    joins_previous: bool = False,
    is_next: bool = False,
    quote: str = "",
) -> Row:
    """`end` is the end of the common scale; `action` the work on it, None where nobody does any; `is_next`: it is the
    greatest that nobody works on."""
    level = row["level"] or {}
    n = level.get("n")
    return Row(
        id=row_id(row["key"]),
        key=row["key"],
        rank=reader.number(row["rank"]) if row["p50"] is not None and row["rank"] else "",
        touchpoint=row["touchpoint"]["name"],
        touchpoint_id=row["touchpoint"]["id"],
        stage=row["stage"]["name"],
        pain=words.pain_name(row["pain"]),
        unit=words.unit_name(row),
        headline=words.headline(row),
        compared=words.compared(row, reader),
        quote=quote,
        reference=words.reference_name(row, reader, in_short=True),
        n=f"n\N{NO-BREAK SPACE}{reader.number(n)}" if n is not None else "",
        money=_money(row, reader, end),
        grade=row["grade"] or "",
        grade_name=grade_name(row["grade"]) if row["grade"] else "",
        grade_tells=words.grade_tells(row["grade"]) if row["grade"] else "",
        joins_next=joins_next,
        joins_previous=joins_previous,
        is_next=is_next,
        is_changed=any(each["override"] for each in row["inputs"]),
        action=action,
        due=reader.day(action.due_on, year=False) if action and action.due_on else "",
        dismissal=row["dismissal"],
        dismissed_on=day_of(row["dismissal"]["at"], reader) if row["dismissal"] else "",
    )


def _money(row: Record, reader: Reader, end: float) -> Money | None:
    if row["p50"] is None:
        return None
    low, middle, high = (max(0.0, min(1.0, row[name] / end)) for name in ("p10", "p50", "p90"))
    net = row["net"]
    return Money(
        middle=reader.rough_money(row["p50"]),
        between=reader.rough_money_interval([row["p10"], row["p90"]]),
        is_at_most=bool(row["is_at_most"]),
        net=_("%(net)s after the cost of the fix") % {"net": reader.rough_money(net)}
        if row["cost"] and net is not None
        else "",
        low_x=f"{100 * low:.1f}%",
        middle_x=f"{100 * middle:.1f}%",
        width=f"{max(0.6, 100 * (high - low)):.1f}%",
    )


def joined(rows: Sequence[Record]) -> list[tuple[Record, bool, bool]]:
    """Each row, whether it cannot be told from the next one, and whether it cannot be from the one before."""
    found = []
    before = False
    for place, row in enumerate(rows):
        is_last = place == len(rows) - 1
        joins = not is_last and not row["is_distinguishable"]
        found.append((row, joins, before))
        before = joins
    return found


def same_ranks(rows: Sequence[Record], reader: Reader) -> str:
    """`Ranks 2–4 do not clearly differ.`; "" where all do."""
    groups, open_group = [], []
    for row, joins, _before in joined(rows):
        open_group.append(row["rank"])
        if not joins:
            if len(open_group) > 1:
                groups.append(reader.interval([open_group[0], open_group[-1]]))
            open_group = []
    if not groups:
        return ""
    return ngettext(
        "Neighbours at ranks %(ranks)s are equally large in the light of what is known.",
        "Neighbours at ranks %(ranks)s are equally large in the light of what is known.",
        len(groups),
    ) % {"ranks": ", ".join(groups)}
