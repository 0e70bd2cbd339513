"""The inputs of a loss: what each is called, how it is written, and the product they make."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.site.formats import Reader, rough

Record = Mapping[str, Any]
COST = "cost"
MOST_MONEY, MOST_PEOPLE = 1e9, 1e9


@dataclass(frozen=True)
class ShownInput:
    """`fields` are the low, middle and high values as a form writes them; `most` is the greatest that it takes."""

    name: str
    title: str
    value: str
    between: str
    source: str
    n: str
    is_changed: bool
    override: Record | None
    unit: str
    most: float
    fields: tuple[str, str, str]
    swing: str
    history: Sequence[Any] = ()


def title_of(name: str) -> str:
    return {
        "people": _("times a year that somebody comes here"),
        "lost_share": _("how much more often they are lost"),
        "downstream": _("share of those who go on that order"),
        "order_value": _("what an order that is lost is worth"),
        "margin": _("what is left of it as margin, after VAT and returns"),
        "contacts": _("contacts a year"),
        "avoidable_share": _("share of them that could be avoided"),
        "unit_cost": _("cost of a contact"),
        "lost_retention": _("how much less often they come back"),
        "lifetime_value": _("what a customer is worth, as margin"),
        "cost": _("cost of the fix"),
    }.get(name, name.replace("_", " "))


def source_name(source: str) -> str:
    return {
        "measured": _("measured"),
        "answered": _("answered in the four questions"),
        "person": _("given by a person"),
        "goal": _("from the goal"),
    }.get(source, source)


def written(value: float, kind: str, reader: Reader) -> str:
    """As people read it: shares as percent, money and counts in as many digits as they bear."""
    if kind == "share":
        return reader.percent(value, 0 if abs(value) >= 0.095 or value == 0 else 1)
    if kind == "money":
        return reader.price(value) if abs(value) < 100 else reader.rough_money(value)
    return reader.number(rough(value) if abs(value) >= 100 else value)


def written_between(low: float, high: float, kind: str, reader: Reader) -> str:
    if kind == "share":
        return reader.percent_interval([low, high], 0 if high >= 0.095 else 1)
    if kind == "money":
        if high >= 100:
            return reader.rough_money_interval([low, high])
        return f"{reader.price(low)}\N{EN DASH}{reader.price(high)}"
    return reader.interval([rough(low), rough(high)])


def as_field(value: float | None, kind: str, reader: Reader) -> str:
    """As a form's field holds it: percent without its sign, no spaces between thousands."""
    if value is None or not math.isfinite(value):
        return ""
    shown = 100 * value if kind == "share" else value
    decimals = 0 if kind == "count" or abs(shown) >= 1000 else 1 if kind == "share" else 2
    text = f"{shown:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if reader.language == "fi" else text


def most_of(kind: str) -> float:
    return {"share": 100.0, "money": MOST_MONEY}.get(kind, MOST_PEOPLE)


def unit_of(kind: str, currency_symbol: str) -> str:
    return {"share": "%", "money": currency_symbol}.get(kind, "")


def formula(row: Record, reader: Reader) -> str:
    """`12,000 × 20% × 30% × €89 × 32% ≈ €21,000`: the middle of each input, and of the result."""
    known = factors(row)
    if not known or row["p50"] is None or any(_middle(each) is None for each in known):
        return ""
    middles = [written(_middle(each) or 0.0, each["kind"], reader) for each in known]
    return f"{' × '.join(middles)} ≈ {reader.rough_money(row['p50'])}"


def factors(row: Record) -> list[Record]:
    """The inputs that are multiplied; what the fix costs is taken off afterwards."""
    return [each for each in row["inputs"] if each["name"] != COST]


def sentence(row: Record, reader: Reader) -> str:
    """How the figure comes about, for whoever knows no statistics; "" where an input is not known yet."""
    known = {
        each["name"]: written(middle, each["kind"], reader)
        for each in row["inputs"]
        if (middle := _middle(each)) is not None
    }
    text = {
        "funnel": _(
            "In a year people come here about %(people)s times; over and above the usual, %(lost_share)s of them do "
            "not go on; of those who go on, %(downstream)s order; an order that is lost is about %(order_value)s, of "
            "which %(margin)s is left as margin."
        ),
        "retention": _(
            "In a year about %(people)s customers meet this; over and above the usual, %(lost_retention)s of them do "
            "not come back; a customer is worth %(lifetime_value)s of margin."
        ),
        "contact": _(
            "In a year there are about %(contacts)s contacts about this; %(avoidable_share)s of them could be "
            "avoided; one costs %(unit_cost)s."
        ),
    }[row["pain"]]
    try:
        return text % known
    except KeyError:
        return ""


def _middle(each: Record) -> float | None:
    middle = each.get("p50")
    found = each["value"] if middle is None else middle
    return None if found is None else float(found)
