"""The forms of a moment and of the limits. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.analytics import conditions
from polku.analytics.explore.selecting import SelectorField
from polku.people.forms import ConditionForm
from polku.surveys.models import Moment
from polku.surveys.moments import words
from polku.surveys.moments.domain import LONGEST_NAME, MOST_MONTHS, Terms
from polku.surveys.moments.limits import ANY, DEFAULT_DAYS, MOST_DAYS, Limits
from polku.surveys.moments.simulating import WEEKS

MOST_FILTERS = 5
_UNITS = {"minutes": 1, "hours": words.HOUR, "days": words.DAY}


class FilterForm(ConditionForm):
    """A row without a property counts for nothing."""

    property = forms.CharField(
        label=_("Property"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "signal-properties", "autocomplete": "off"}),
    )


FilterRows = forms.formset_factory(FilterForm, extra=0, max_num=MOST_FILTERS, absolute_max=MOST_FILTERS)


class MomentForm(forms.Form):
    """`terms()` gives what the form says, only after `is_valid`."""

    trigger = SelectorField(required=True, label=_("What happens"))
    delay = forms.IntegerField(label=_("Ask after"), min_value=0, max_value=100_000, initial=2)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[
            ("minutes", pgettext_lazy("delay", "minutes")),
            ("hours", pgettext_lazy("delay", "hours")),
            ("days", pgettext_lazy("delay", "days")),
            ("months", pgettext_lazy("delay", "months")),
        ],
        initial="hours",
    )
    share = forms.IntegerField(label=_("Share of people, %"), min_value=1, max_value=100, initial=100)
    not_within_days = forms.IntegerField(
        label=_("Not if asked in the last … days"), min_value=0, max_value=MOST_DAYS, initial=DEFAULT_DAYS
    )
    hours_from = forms.TypedChoiceField(
        label=_("Earliest, o’clock"), coerce=int, choices=[(hour, str(hour)) for hour in range(24)], initial=9
    )
    hours_to = forms.TypedChoiceField(
        label=_("Latest, o’clock"),
        coerce=int,
        choices=[(hour, str(hour)) for hour in range(1, 25)],
        initial=20,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("As it stands in lists; without one it is called by what happens."),
    )

    def __init__(self, data: Any = None, *, moment: Moment | None = None) -> None:
        super().__init__(data, initial=_initial(moment) if moment else {"trigger": ""})
        where = moment.trigger.get("where") or () if moment else ()
        rows = [conditions.row_of(each) for each in where][:MOST_FILTERS]
        blanks: list[dict[str, str]] = [{} for _blank in range(min(2, MOST_FILTERS - len(rows)))]
        self.filters = FilterRows(
            data, prefix="filters", initial=[*rows, *blanks], form_kwargs={"empty_permitted": False}
        )

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.filters.is_valid()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        delay, unit = cleaned.get("delay"), cleaned.get("unit")
        if delay is not None and unit == "months" and delay > MOST_MONTHS:
            self.add_error("delay", _("At most %s months.") % MOST_MONTHS)
        if delay is not None and unit in _UNITS and delay * _UNITS[unit] > MOST_DAYS * words.DAY:
            self.add_error("delay", _("At most a year."))
        first, last = cleaned.get("hours_from"), cleaned.get("hours_to")
        if first is not None and last is not None and first >= last:
            self.add_error("hours_to", _("The last hour must be after the first."))
        return cleaned

    def terms(self) -> Terms:
        said = self.cleaned_data
        trigger = dict(said["trigger"])
        where = [found for row in self.filters if (found := conditions.condition_of(row.cleaned_data))]
        if where:
            trigger["where"] = where
        in_months = said["unit"] == "months"
        return Terms(
            trigger=trigger,
            delay_minutes=0 if in_months else said["delay"] * _UNITS[said["unit"]],
            delay_months=said["delay"] if in_months else 0,
            share=said["share"] / 100,
            not_within_days=said["not_within_days"],
            hours_from=said["hours_from"],
            hours_to=said["hours_to"],
        )


class WeeksForm(forms.Form):
    weeks = forms.TypedChoiceField(
        coerce=int, choices=[(weeks, str(weeks)) for weeks in WEEKS], required=False
    )

    @property
    def chosen(self) -> int:
        return self.cleaned_data["weeks"] or WEEKS[1] if self.is_valid() else WEEKS[1]


class LimitsForm(forms.Form):
    """Days by metric; the field of ANY is called `any`. An empty field of a metric limits nothing."""

    def __init__(self, data: Any = None, *, limits: Limits) -> None:
        super().__init__(
            data,
            initial={_field(metric): days or None for metric, days in limits.items()} | {"any": limits[ANY]},
        )
        self.fields["any"] = forms.IntegerField(
            label=_("Any survey, days"),
            min_value=0,
            max_value=MOST_DAYS,
            help_text=_("0 takes the limit away."),
        )
        for metric in words.METRICS:
            self.fields[metric] = forms.IntegerField(
                label=_("%(metric)s, days") % {"metric": words.metric_name(metric)},
                min_value=0,
                max_value=MOST_DAYS,
                required=False,
            )

    def limits(self) -> dict[str, int]:
        """Only after `is_valid`."""
        return {ANY if name == "any" else name: days or 0 for name, days in self.cleaned_data.items()}


def _field(metric: str) -> str:
    return "any" if metric == ANY else metric


def _initial(moment: Moment) -> dict[str, Any]:
    delay, unit = moment.delay_minutes, "minutes"
    for name in ("days", "hours"):
        if delay and delay % _UNITS[name] == 0:
            delay, unit = delay // _UNITS[name], name
            break
    if moment.delay_months:
        delay, unit = moment.delay_months, "months"
    return {
        "name": moment.name,
        "trigger": words.choice_of(moment.trigger),
        "delay": delay,
        "unit": unit,
        "share": round(moment.share * 100),
        "not_within_days": moment.not_within_days,
        "hours_from": moment.hours_from,
        "hours_to": moment.hours_to,
    }
