"""Forms of the pages about tablets."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from polku.surveys.models import Tablet
from polku.surveys.tablets.domain import DAYS, LONGEST_NAME, Hours


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the tablet"),
        max_length=LONGEST_NAME,
        help_text=_("Where it stands, such as “Tampere, door”. Results tell tablets apart by it."),
    )


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class TabletForm(NameForm):
    weekdays_from = forms.TimeField(label=_("opens"), required=False, widget=_clock())
    weekdays_to = forms.TimeField(label=_("closes"), required=False, widget=_clock())
    saturday_from = forms.TimeField(label=_("opens"), required=False, widget=_clock())
    saturday_to = forms.TimeField(label=_("closes"), required=False, widget=_clock())
    sunday_from = forms.TimeField(label=_("opens"), required=False, widget=_clock())
    sunday_to = forms.TimeField(label=_("closes"), required=False, widget=_clock())

    def __init__(self, data: Any = None, *, tablet: Tablet) -> None:
        initial: dict[str, Any] = {"name": tablet.name}
        for day in DAYS:
            opens, closes = tablet.hours.get(day, ["", ""])
            initial |= {f"{day}_from": opens, f"{day}_to": closes}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for day in DAYS:
            opens, closes = cleaned.get(f"{day}_from"), cleaned.get(f"{day}_to")
            if bool(opens) != bool(closes):
                self.add_error(f"{day}_to", _("Give both times, or neither where it is closed."))
            elif opens and closes and opens >= closes:
                self.add_error(f"{day}_to", _("It closes before it opens."))
        return cleaned

    @property
    def hours(self) -> Hours:
        """What a valid form says."""
        hours: Hours = {}
        for day in DAYS:
            opens: time | None = self.cleaned_data[f"{day}_from"]
            closes: time | None = self.cleaned_data[f"{day}_to"]
            if opens and closes:
                hours[day] = [f"{opens:%H:%M}", f"{closes:%H:%M}"]
        return hours

    def rows(self) -> list[dict[str, Any]]:
        """The opening hours: the days, and the two fields of each."""
        days = {
            "weekdays": _("Monday to Friday"),
            "saturday": pgettext("opening hours", "Saturday"),
            "sunday": pgettext("opening hours", "Sunday"),
        }
        return [{"day": days[day], "fields": [self[f"{day}_from"], self[f"{day}_to"]]} for day in DAYS]
