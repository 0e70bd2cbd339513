"""The list of what to fix first, as its page and the sheet for the management team draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.fixing import advice
from polku.decide.fixing.reading import Listed, day_of
from polku.decide.fixing.rows import Row, joined, same_ranks, scale_end, shown_row
from polku.decide.fixing.voices import quote_of
from polku.site.formats import Reader

Record = Mapping[str, Any]

_QUOTED = 6
"""Rows that show what a customer said; asking for more would make the page wait."""


@dataclass(frozen=True)
class Total:
    """`between` is the range of the sum, `middle` its middle; `share` of the turnover's margin, "" where unknown."""

    middle: str
    between: str
    share: str
    turnover: str


@dataclass(frozen=True)
class Page:
    """`priced` have euros, in order; `unpriced` are pains without them; in `open` nothing is clearly worse,
    so that a figure would need what `lacks` says; `dismissed` somebody left."""

    priced: Sequence[Row]
    unpriced: Sequence[Row]
    open: Sequence[Row]
    lacks: Sequence[str]
    dismissed: Sequence[Row]
    total: Total | None
    same_ranks: str
    scale: str
    is_answered: bool
    is_counted: bool
    is_newest: bool
    period: str
    as_of: str
    overlapping: str


def page_of(listed: Listed) -> Page:
    document, reader = listed.document, listed.reader
    rows = listed.rows
    open_rows = [row for row in rows if not row["dismissal"]]
    priced = [row for row in open_rows if row["p50"] is not None]
    unpriced = [row for row in open_rows if row["p50"] is None]
    end = scale_end(priced)
    following = next((row for row in priced if row["key"] not in listed.work), None)

    def shown(row: Record, **more: Any) -> Row:
        return shown_row(row, reader=reader, end=end, action=listed.work.get(row["key"]), **more)

    quotes: list[str] = []
    for row in priced[:_QUOTED]:
        quotes.append(quote_of(listed, row, quotes))
    quoted = [*quotes, *[""] * len(priced)]
    return Page(
        priced=[
            shown(row, joins_next=joins, joins_previous=before, is_next=row is following, quote=quote)
            for (row, joins, before), quote in zip(joined(priced), quoted, strict=False)
        ],
        unpriced=[shown(row) for row in unpriced if row["reference"]],
        open=[shown(row) for row in unpriced if not row["reference"]],
        lacks=advice.what_is_lacking(unpriced),
        dismissed=[shown(row) for row in rows if row["dismissal"]],
        total=_total(document, reader) if document and priced else None,
        same_ranks=same_ranks(priced, reader),
        scale=reader.rough_money(end) if priced else "",
        is_answered=bool(document and document["money"]),
        is_counted=document is not None,
        is_newest=listed.losses.is_newest,
        period=_period(document, reader) if document else "",
        as_of=day_of(document.get("data_as_of"), reader) if document else "",
        overlapping=_overlapping(priced, reader),
    )


def _total(document: Record, reader: Reader) -> Total | None:
    total, turnover = document["total"], document["turnover"]
    if not total or total["p50"] is None:
        return None
    margin = turnover["margin"] if turnover else None
    return Total(
        middle=reader.rough_money(total["p50"]),
        between=reader.rough_money_interval([total["p10"], total["p90"]]),
        share=reader.percent(total["share"], 0 if total["share"] >= 0.095 else 1) if total["share"] else "",
        turnover=reader.rough_money(margin) if margin else "",
    )


def _period(document: Record, reader: Reader) -> str:
    period = document["period"]
    if not period or not period["days"]:
        return ""
    return ngettext(
        "Counted from %(days)s day (%(from)s–%(to)s) and made into a year.",
        "Counted from %(days)s days (%(from)s–%(to)s) and made into a year.",
        int(period["days"]),
    ) % {
        "days": reader.number(period["days"]),
        "from": day_of(period["from"], reader),
        "to": day_of(period["to"], reader),
    }


def _overlapping(rows: Sequence[Record], reader: Reader) -> str:
    """That the sum is less than its rows, where some may be of the same people."""
    count = sum(1 for row in rows if row["overlaps"])
    if not count:
        return _("No euro is counted twice.")
    return ngettext(
        "No euro is counted twice: %(count)s row that may be of the same people is in the sum only once.",
        "No euro is counted twice: of the %(count)s rows that may be of the same people only the greatest is in the "
        "sum.",
        count,
    ) % {"count": reader.number(count)}
