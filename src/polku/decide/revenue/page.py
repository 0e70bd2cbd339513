"""The answer to the question of the revenue as what is drawn: the tree, its parts, what moved it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.revenue import words
from polku.decide.revenue.choices import Choices
from polku.decide.revenue.moved import Moved, moved
from polku.decide.revenue.words import SMALL, Record
from polku.site.formats import Reader

SHOWN = 12
"""Parts in sight; the rest opens."""


@dataclass(frozen=True)
class Box:
    """A factor of the tree, or the revenue. `mark` is its interval in words, `note` what it rests on; `change` against
    the other period, with a `tone` ("good", "bad") only where it is clear."""

    key: str
    name: str
    value: str
    mark: str
    note: str
    change: str = ""
    tone: str = ""
    is_small: bool = False


@dataclass(frozen=True)
class Cell:
    value: str
    mark: str = ""
    change: str = ""
    tone: str = ""
    is_small: bool = False


@dataclass(frozen=True)
class Row:
    """One part. `width` is that of the bar of its revenue (SVG)."""

    name: str
    width: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Page:
    has_visitors: bool
    boxes: Sequence[Box]
    result: Box
    rows: Sequence[Row]
    more: Sequence[Row]
    way: str
    is_shared: bool
    moved: Moved | None
    compared: str
    margin: str
    refunds: str


def build(answer: Record, choices: Choices, reader: Reader) -> Page:
    """What the page shows of `answer`."""
    rows = [_row(part, answer, choices, reader) for part in answer.get("breakdown", ())]
    return Page(
        has_visitors=answer["visitors"] > 0,
        boxes=_boxes(answer, reader),
        result=_result(answer, reader),
        rows=rows[:SHOWN],
        more=rows[SHOWN:],
        way=words.way_name(choices),
        is_shared=choices.property.startswith("order."),
        moved=moved(answer, choices, reader) if answer["change"] else None,
        compared=_compared(answer, reader),
        margin=_margin(answer, reader),
        refunds=_refunds(answer, reader),
    )


def _boxes(answer: Record, reader: Reader) -> list[Box]:
    before = answer.get("compared")
    ends = answer["ci"]
    changes = {change["figure"]: change for change in answer.get("changes", ())}
    return [
        Box(
            "visitors",
            _("Visitors"),
            reader.number(answer["visitors"]),
            "",
            _("people seen, counted"),
            _count(answer["visitors"], before["visitors"], reader) if before else "",
        ),
        Box(
            "conversion",
            _("Conversion"),
            words.share(answer["conversion"], reader),
            words.probably(words.share_interval(ends["conversion"], reader)) if ends["conversion"] else "",
            ngettext("%(number)s order", "%(number)s orders", answer["orders"])
            % {"number": reader.number(answer["orders"])},
            *_clear(changes.get("conversion"), before, lambda gap: words.points(gap, reader)),
            is_small=answer["visitors"] < SMALL,
        ),
        Box(
            "average_order",
            _("Average order"),
            words.price(answer["average_order"], reader),
            words.probably(words.price_interval(ends["average_order"], reader))
            if ends["average_order"]
            else "",
            _("n %(number)s") % {"number": reader.number(answer["orders"])},
            *_clear(changes.get("average_order"), before, lambda gap: words.signed_price(gap, reader)),
            is_small=answer["orders"] < SMALL,
        ),
    ]


def _result(answer: Record, reader: Reader) -> Box:
    before = answer.get("compared")
    ends = answer["ci"]["revenue"]
    return Box(
        "revenue",
        _("Revenue"),
        reader.money(answer["revenue"]),
        _("as many visitors probably bring %(interval)s") % {"interval": reader.money_interval(ends)}
        if ends
        else "",
        reader.price(answer["revenue"]),
        _count(answer["revenue"], before["revenue"], reader, money=True) if before else "",
        is_small=answer["orders"] < SMALL,
    )


def _count(now: float, before: float, reader: Reader, *, money: bool = False) -> str:
    """A change of what was counted: there is nothing to be unsure of but what it means."""
    was = _("before %(value)s") % {"value": reader.money(before) if money else reader.number(before)}
    grown = words.grown(now, before, reader)
    return f"{grown} · {was}" if grown else was


def _grown(now: float, before: float, reader: Reader) -> str:
    return words.grown(now, before, reader) or _("before %(value)s") % {"value": reader.number(before)}


def _clear(change: Record | None, before: Record | None, write: object) -> tuple[str, str]:
    """(what is known of a change, its tone)."""
    if before is None or change is None or not callable(write):
        return "", ""
    if not change["clear"]:
        return _("no evidence of change"), ""
    said = _("clear change %(gap)s") % {"gap": write(change["difference"])}
    return said, "good" if change["difference"] > 0 else "bad"


def _row(part: Record, answer: Record, choices: Choices, reader: Reader) -> Row:
    before = part.get("compared")
    ends = part["ci"]
    changes = {change["figure"]: change for change in part.get("changes", ())}
    most = max((each["revenue"] for each in answer["breakdown"]), default=0) or 1
    conversion = _clear(changes.get("conversion"), before, lambda gap: words.points(gap, reader))
    order = _clear(changes.get("average_order"), before, lambda gap: words.signed_price(gap, reader))
    return Row(
        name=words.part_name(choices, part),
        width=f"{100 * part['revenue'] / most:.2f}%",
        cells=[
            Cell(
                reader.number(part["visitors"]),
                change=_grown(part["visitors"], before["visitors"], reader) if before else "",
            ),
            Cell(
                words.share(part["conversion"], reader),
                words.share_interval(ends["conversion"], reader),
                *(conversion if conversion[1] else ("", "")),
                is_small=part["visitors"] < SMALL,
            ),
            Cell(
                words.price(part["average_order"], reader),
                words.price_interval(ends["average_order"], reader),
                *(order if order[1] else ("", "")),
                is_small=part["orders"] < SMALL,
            ),
            Cell(
                reader.money(part["revenue"]),
                words.price_interval(ends["revenue"], reader),
                words.signed_money(part["revenue"] - before["revenue"], reader) if before else "",
                is_small=part["orders"] < SMALL,
            ),
        ],
    )


def _compared(answer: Record, reader: Reader) -> str:
    """With what the figures are compared, as days."""
    if "compared" not in answer:
        return ""
    said = answer["compared"]["range"]
    if said["from"] is None or said["to"] is None:
        return ""
    start, end = (reader.local(dt.datetime.fromisoformat(said[name])) for name in ("from", "to"))
    last = (end - dt.timedelta(microseconds=1)).date()
    return f"{reader.day(start.date())}–{reader.day(last, year=True)}"


def _margin(answer: Record, reader: Reader) -> str:
    if answer["margin"] is None:
        return ""
    said = _("Margin about %(sum)s") % {"sum": reader.money(answer["margin"])}
    if answer["returned"] == "refunds":
        return f"{said}: " + _("what came back is known from refunds and taken off already")
    return said


def _refunds(answer: Record, reader: Reader) -> str:
    refunds = answer["refunds"]
    if not refunds["orders"]:
        return ""
    return ngettext(
        "%(sum)s of %(number)s order was refunded and is not in the revenue.",
        "%(sum)s of %(number)s orders was refunded and is not in the revenue.",
        refunds["orders"],
    ) % {"sum": reader.money(refunds["amount"]), "number": reader.number(refunds["orders"])}
