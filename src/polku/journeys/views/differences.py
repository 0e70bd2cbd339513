"""What changed from the previous period, in words: shown where it is clear, told in the tooltip where it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.site.formats import ELLIPSIS, Reader

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """How one kind of figure is written: the figure itself, and a difference of two with the unit behind it."""

    value: Callable[[float], str]
    number: Callable[[float], str]
    unit: str = ""

    def gap(self, difference: float) -> str:
        return self._with_unit(self.number(difference))

    def gaps(self, ends: Sequence[float]) -> str:
        low, high = (self.number(end) for end in ends)
        return self._with_unit(low if low == high else f"{low}{ELLIPSIS}{high}")

    def _with_unit(self, text: str) -> str:
        return f"{text} {self.unit}" if self.unit else text


@dataclass(frozen=True)
class Difference:
    """A clear change of the figure called `name`. `tone`: "good", "bad" or "" where more is neither.

    `probably` is the interval of `amount`, in the same unit.
    """

    name: str
    arrow: str
    amount: str
    words: str
    tone: str
    before: str
    now: str
    probably: str


def measure_of_shares(reader: Reader) -> Measure:
    """Shares of 0–1; their differences are percentage points."""
    return Measure(
        reader.percent,
        lambda gap: reader.number(gap * 100, signed=True),
        pgettext("percentage points", "pts"),
    )


def measure_of_numbers(reader: Reader, decimals: int = 0, *, signed: bool = False) -> Measure:
    return Measure(
        lambda value: reader.number(value, decimals, signed=signed),
        lambda gap: reader.number(gap, decimals, signed=True),
    )


def measure_of_money(reader: Reader) -> Measure:
    return Measure(reader.money, lambda gap: reader.money(gap, signed=True))


def clear_changes(
    name: str, change: Record | None, measure: Measure, *, more_is: str
) -> tuple[Difference, ...]:
    """The change where it is clear. `more_is`: "good", "bad", or "" where neither can be said."""
    if not change or not change["clear"]:
        return ()
    more = change["difference"] > 0
    opposite = {"good": "bad", "bad": "good", "": ""}[more_is]
    return (
        Difference(
            name=name,
            arrow="▲" if more else "▼",
            amount=measure.gap(change["difference"]),
            words=_("clearly more") if more else _("clearly less"),
            tone=more_is if more else opposite,
            before=measure.value(change["previous"]),
            now=measure.value(change["previous"] + change["difference"]),
            probably=_probably(change["ci"], replace(measure, unit="")),
        ),
    )


def told(name: str, change: Record | None, measure: Measure) -> list[str]:
    """The change in words, also where there is no evidence of one; nothing where nothing was compared."""
    if not change:
        return []
    lead = f"{name}: " if name else ""
    if not change["clear"]:
        return [lead + _("no evidence of change from the previous period")]
    said = _("clear change from the previous period: %(gap)s") % {"gap": measure.gap(change["difference"])}
    between = _probably(change["ci"], measure)
    return [lead + said + (f" ({between})" if between else "")]


def _probably(ends: Sequence[float] | None, measure: Measure) -> str:
    return _("probably %(interval)s") % {"interval": measure.gaps(ends)} if ends else ""
