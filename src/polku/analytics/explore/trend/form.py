"""The form of a trend: of what, counted how, by which periods."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.selecting import Group, SelectorField
from polku.analytics.ranges import next_period
from polku.eventstore.port import Interval

MEASURES = [
    ("events", gettext_lazy("how many times")),
    ("persons", gettext_lazy("how many people")),
    ("sessions", gettext_lazy("in how many visits")),
    ("sum_value", gettext_lazy("what it was worth")),
]
INTERVALS = [
    ("", gettext_lazy("as fits the period")),
    ("day", gettext_lazy("by day")),
    ("week", gettext_lazy("by week")),
    ("month", gettext_lazy("by month")),
]
_MOST_DAYS, _MOST_WEEKS = 45, 400  # days of a period that is still shown by day, by week


class TrendForm(QuestionForm):
    takes_compare = True
    takes_breakdown = True

    select = SelectorField()
    measure = forms.ChoiceField(choices=MEASURES, initial="events", required=False)
    interval = forms.ChoiceField(choices=INTERVALS, required=False)

    @property
    def groups(self) -> list[Group]:
        return self.choices.with_chosen(self.chosen)

    @property
    def chosen(self) -> str:
        return self["select"].value() or ""

    @property
    def name(self) -> str:
        """What is counted, as a sentence names it."""
        return self.choices.name(self.chosen) if self.chosen else _("All events")

    @property
    def chosen_interval(self) -> Interval:
        """As asked, or what makes a picture that can be read. Only after `is_valid`."""
        asked: str = self.cleaned_data["interval"]
        if asked == "day":
            return "day"
        if asked == "week":
            return "week"
        days = self._days()
        if asked == "month" or days > _MOST_WEEKS:
            return "month"
        return "day" if days <= _MOST_DAYS else "week"

    def own_query(self) -> dict[str, object]:
        query: dict[str, object] = {
            "kind": "trend",
            "measure": self.cleaned_data["measure"] or "events",
            "interval": self.chosen_interval,
        }
        if self.cleaned_data["select"]:
            query["select"] = self.cleaned_data["select"]
        return query

    def _days(self) -> int:
        first, last = self.period.first, self.period.last
        if first is None or last is None:
            if self.state.first_time is None or self.state.data_as_of is None:
                return 0
            return (self.state.data_as_of - self.state.first_time).days
        return (last - first).days + 1


def periods_between(first: date, last: date, interval: Interval) -> list[date]:
    """First days of the periods from `first`, itself one, to the one that holds `last`."""
    found = []
    while first <= last:
        found.append(first)
        first = next_period(first, interval)
    return found
