"""The form of a trend: of what, counted how, by which periods."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.selecting import Group, SelectorField
from polku.analytics.ranges import next_period
from polku.eventstore.port import Interval
from polku.site.formats import local

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
_USUAL_DAYS, _USUAL_WEEKS = 45, 400  # days of a period that is shown by day, by week unless asked otherwise
_MOST_PERIODS = 750


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

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that are shown: those of the period that data may lie on."""
        if self.state.first_time is None or self.state.data_as_of is None:
            return None
        zone = self.workspace.timezone
        oldest, newest = (
            local(moment, zone).date() for moment in (self.state.first_time, self.state.data_as_of)
        )
        first, last = self.period.first or oldest, self.period.last or newest
        return max(first, oldest), min(last, newest)

    @property
    def chosen_interval(self) -> Interval:
        """As asked, unless that makes more than can be drawn; by default what makes a picture that can be read. Only
        after `is_valid`."""
        days = (self.days[1] - self.days[0]).days + 1 if self.days else 0
        fitting = "day" if days <= _USUAL_DAYS else "week" if days <= _USUAL_WEEKS else "month"
        asked = self.cleaned_data["interval"] or fitting
        if asked == "day" and days <= _MOST_PERIODS:
            return "day"
        return "week" if asked in ("day", "week") and days <= 7 * _MOST_PERIODS else "month"

    def own_query(self) -> dict[str, object]:
        query: dict[str, object] = {
            "kind": "trend",
            "measure": self.cleaned_data["measure"] or "events",
            "interval": self.chosen_interval,
        }
        if self.cleaned_data["select"]:
            query["select"] = self.cleaned_data["select"]
        return query


def periods_between(first: date, last: date, interval: Interval) -> list[date]:
    """First days of the periods from `first`, itself one, to the one that holds `last`."""
    found = []
    while first <= last:
        found.append(first)
        first = next_period(first, interval)
    return found
