"""What the sliders would make, as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from polku.decide.revenue import words
from polku.decide.revenue.moved import Moved, describe
from polku.decide.revenue.sliders import WhatIfForm
from polku.decide.revenue.whatif import Factors, Present, what_if
from polku.site.formats import Reader
from polku.statistics import Estimate


@dataclass(frozen=True)
class Side:
    """`sum` is the product written out: `10 000 × 2,0 % × 120,00 €`."""

    name: str
    sum: str
    value: str
    mark: str


@dataclass(frozen=True)
class Result:
    before: Side
    after: Side
    margin: str
    moved: Moved
    knows_orders: bool


def build_result(form: WhatIfForm, present: Present | None, reader: Reader) -> Result:
    """Of a valid form."""
    today, changed = form.today(), form.changed()
    found = what_if(today, changed, present)
    moved = describe(
        found.change,
        before=found.before.value,
        now=found.after.value,
        unclear=set(),
        names=(_("Today"), _("What if")),
        reader=reader,
        is_real=False,
    )
    return Result(
        before=_side(_("Today"), today, found.before, reader),
        after=_side(_("What if"), changed, found.after, reader),
        margin=_margin(found.change["total"], found.change["ci"]["total"], present, reader),
        moved=moved,
        knows_orders=found.knows_orders,
    )


def _side(name: str, factors: Factors, revenue: Estimate, reader: Reader) -> Side:
    percent = 100 * factors.conversion
    decimals = next((number for number in (0, 1, 2) if abs(percent - round(percent, number)) < 1e-9), 2)
    product = " × ".join(
        (
            reader.number(factors.visitors),
            reader.percent(factors.conversion, decimals),
            reader.price(factors.average_order),
        )
    )
    mark = words.probably(reader.money_interval((revenue.low, revenue.high))) if revenue.value else ""
    return Side(name, product, reader.price(revenue.value), mark)


def _margin(change: float, ends: list[float], present: Present | None, reader: Reader) -> str:
    """What of the change would be left; "" before the questions were answered."""
    if present is None or present.margin is None:
        return ""
    share = present.margin
    said = _("Of the change, about %(sum)s is margin") % {"sum": words.signed_money(share * change, reader)}
    if not round(change, 2):
        return said
    return f"{said}: {words.probably(reader.money_interval([share * end for end in ends]))}"
