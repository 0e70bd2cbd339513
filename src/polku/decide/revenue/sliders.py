"""The form of the what-if: today's figures and other ones, each a number with a slider beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.decide.money.forms import NumberField
from polku.decide.revenue.whatif import EXAMPLE, Factors, Present
from polku.site.formats import Reader, currency_symbol

_TODAY = ("visitors", "conversion", "order")
_CHANGED = ("new_visitors", "new_conversion", "new_order")
MOST_VISITORS, MOST_CONVERSION, MOST_ORDER = 1e9, 1_000.0, 1e8
_FIXED_STEPS = {"visitors": 100.0, "conversion": 0.1, "order": 1.0}


@dataclass(frozen=True)
class Slider:
    """The ends and the step of a range; all as a browser reads them, with a decimal point."""

    most: str
    step: str
    value: str


@dataclass(frozen=True)
class Line:
    """One factor: what it is today, what it is changed to, and the slider of the change."""

    name: str
    today: forms.BoundField
    changed: forms.BoundField
    slider: Slider


class WhatIfForm(forms.Form):
    """Percent as percent. What is left out is as today; today's figures as measured, or as in the example."""

    visitors = NumberField(most=MOST_VISITORS, unit="", required=False, label=gettext_lazy("Visitors today"))
    conversion = NumberField(
        most=MOST_CONVERSION, unit="%", required=False, label=gettext_lazy("Conversion today")
    )
    order = NumberField(most=MOST_ORDER, unit="", required=False, label=gettext_lazy("Average order today"))
    new_visitors = NumberField(
        most=MOST_VISITORS, unit="", required=False, label=gettext_lazy("Visitors, what if")
    )
    new_conversion = NumberField(
        most=MOST_CONVERSION, unit="%", required=False, label=gettext_lazy("Conversion, what if")
    )
    new_order = NumberField(
        most=MOST_ORDER, unit="", required=False, label=gettext_lazy("Average order, what if")
    )

    def __init__(self, data: QueryDict, *, present: Present | None, reader: Reader) -> None:
        self._reader = reader
        self._exact = present.factors.values if present else EXAMPLE
        self._shown = self._texts(self._exact)
        given = {name: data.get(name, "").strip() for name in (*_TODAY, *_CHANGED)}
        today = {name: given[name] or shown for name, shown in zip(_TODAY, self._shown, strict=True)}
        changed = {name: given[name] or today[of] for name, of in zip(_CHANGED, _TODAY, strict=True)}
        super().__init__(today | changed, auto_id="id_%s")
        for name in ("order", "new_order"):
            self.fields[name].unit = currency_symbol(reader.currency)  # type: ignore[attr-defined]

    def today(self) -> Factors:
        """Of a valid form. Figures as they were measured are so to the last digit, not only as they are shown."""
        return self._factors(_TODAY)

    def changed(self) -> Factors:
        return self._factors(_CHANGED)

    def lines(self) -> list[Line]:
        names = (_("Visitors"), _("Conversion"), _("Average order"))
        return [
            Line(name, self[today], self[changed], self._slider(today, changed))
            for name, today, changed in zip(names, _TODAY, _CHANGED, strict=True)
        ]

    def _factors(self, names: tuple[str, ...]) -> Factors:
        values = [
            exact if self.data[name] == shown else self._number(name, field)
            for name, shown, exact, field in zip(names, self._shown, self._exact, _TODAY, strict=True)
        ]
        return Factors(*values)

    def _number(self, name: str, field: str) -> float:
        value = float(self.cleaned_data[name] or 0)
        return value / 100 if field == "conversion" else value

    def _texts(self, values: tuple[float, float, float]) -> tuple[str, ...]:
        visitors, conversion, order = values
        digits = 2 if conversion >= 0.01 else 4
        return self._text(visitors, 0), self._text(100 * conversion, digits), self._text(order, 2)

    def _text(self, value: float, decimals: int) -> str:
        text = f"{value:.{decimals}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", ",") if self._reader.language == "fi" else text

    def _slider(self, today: str, changed: str) -> Slider:
        """From nothing to twice what is today, or as far as was asked, in about two hundred steps."""
        now, then = (self._value_of(name) for name in (today, changed))
        step = _step(now) if now else _FIXED_STEPS[today]
        most = max(2 * now, then, 100 * step)
        return Slider(_plain(math.ceil(most / step - 1e-9) * step), _plain(step), _plain(then))

    def _value_of(self, name: str) -> float:
        value = self.cleaned_data.get(name) if self.is_valid() else None
        return float(value or 0)


def _step(value: float) -> float:
    """1, 2 or 5 times a power of ten: a hundredth of the value or a little less."""
    size = 10.0 ** math.floor(math.log10(value / 100))
    return next(times * size for times in (5, 2, 1) if times * size <= value / 100 * (1 + 1e-9))


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")
