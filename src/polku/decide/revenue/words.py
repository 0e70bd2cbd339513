"""How the figures of the revenue are said: names, intervals, what is clear and what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from polku.analytics import resolvers
from polku.analytics.known_values import DEVICE_TYPES, TRAFFIC_CHANNELS
from polku.decide.revenue.choices import WAYS, Choices
from polku.site.formats import Reader

Record = Mapping[str, Any]
_TIMES = 10
SMALL = 30
"""Below so many orders money is greyed, below so many visitors a share."""

FACTOR_NAMES = {
    "visitors": gettext_lazy("Visitors"),
    "mix": gettext_lazy("Mix"),
    "conversion": gettext_lazy("Conversion"),
    "average_order": gettext_lazy("Average order"),
}


def probably(text: str) -> str:
    return _("probably %(interval)s") % {"interval": text}


def share(value: float | None, reader: Reader) -> str:
    """A conversion, of which there are some digits: `2,0 %`, `0,14 %`."""
    return "–" if value is None else reader.percent(value, decimals_of(value))


def share_interval(ends: Sequence[float] | None, reader: Reader) -> str:
    return reader.percent_interval(ends, decimals_of(ends[1])) if ends else ""


def decimals_of(value: float) -> int:
    return 2 if abs(value) < 0.01 else 1


def price(value: float | None, reader: Reader) -> str:
    return "–" if value is None else reader.price(value)


def price_interval(ends: Sequence[float] | None, reader: Reader) -> str:
    return reader.money_interval(ends) if ends else ""


def signed_money(value: float, reader: Reader) -> str:
    return reader.money(value, signed=True)


def signed_price(value: float, reader: Reader) -> str:
    """To the cent, with its sign."""
    text = reader.price(value)
    return f"+{text}" if round(value, 2) > 0 else text


def points(gap: float, reader: Reader) -> str:
    decimals = decimals_of(gap)
    return f"{reader.number(gap * 100, decimals, signed=True)}\N{NO-BREAK SPACE}{pgettext('percentage points', 'pts')}"


def grown(now: float, before: float, reader: Reader) -> str:
    """`+25 %` of what it was; "" from nothing, and from so little that a percentage says nothing."""
    return reader.percent(now / before - 1, signed=True) if before and now < _TIMES * before else ""


def part_name(choices: Choices, part: Record) -> str:
    """What a value is called."""
    if part["others"]:
        return _("all others")
    value = part["key"]
    if value is None:
        return _("not known where from") if choices.way in ("channel", "source") else _("not known")
    known: Mapping[str, Any] = {"channel": TRAFFIC_CHANNELS, "device": DEVICE_TYPES}.get(choices.way, {})
    if value in known:
        return str(capfirst(str(known[value])))
    return resolvers.words().value(choices.property, value)


def way_name(choices: Choices) -> str:
    return str(WAYS[choices.way]) if choices.way in WAYS else resolvers.words().property(choices.way)
