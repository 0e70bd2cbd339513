"""The form of retention: what begins it, what counts as coming back, in which periods."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from polku.analytics import periods
from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.selecting import Group, SelectorField

PERIODS = [
    ("day", gettext_lazy("by day")),
    ("week", gettext_lazy("by week")),
    ("month", gettext_lazy("by month")),
]
SHOWN = {"day": 15, "week": 13, "month": 13}
"""Periods that are asked for, the first one among them."""


class RetentionForm(QuestionForm):
    takes_compare = True
    # A range would take everybody for new who came already before it.
    default_period = periods.ALL

    start = SelectorField()
    back = SelectorField()
    every = forms.ChoiceField(choices=PERIODS, initial="week", required=False)

    @property
    def chosen_start(self) -> str:
        return self["start"].value() or ""

    @property
    def chosen_back(self) -> str:
        return self["back"].value() or ""

    @property
    def groups(self) -> list[Group]:
        return self.choices.with_chosen(self.chosen_start, self.chosen_back)

    @property
    def start_name(self) -> str:
        return self.choices.name(self.chosen_start) if self.chosen_start else ""

    @property
    def back_name(self) -> str:
        return self.choices.name(self.chosen_back) if self.chosen_back else ""

    def own_query(self) -> dict[str, object]:
        period = self.cleaned_data["every"] or "week"
        query: dict[str, object] = {"kind": "retention", "period": period, "periods": SHOWN[period]}
        if self.cleaned_data["start"]:
            query["start"] = self.cleaned_data["start"]
        if self.cleaned_data["back"]:
            query["return"] = self.cleaned_data["back"]
        return query
