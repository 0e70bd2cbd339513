"""Forms of actions. The rules are the domain's; forms only carry them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.models import User
from polku.decide.acting import metrics
from polku.decide.money.forms import NumberField
from polku.journeys import limits
from polku.journeys.models import Action
from polku.journeys.queries import members
from polku.site.formats import Reader, currency_symbol

_MOST_COST = 1e9


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ActionForm(forms.Form):
    """What an action is: the choices are those of its touchpoint."""

    name = forms.CharField(label=_("What is done"), max_length=limits.ACTION_NAME)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("nobody yet")
    )
    due_on = forms.DateField(label=_("Due"), required=False, widget=_day_input())
    metric = forms.ChoiceField(
        label=_("Which figure should move"),
        required=False,
        help_text=_("When the work is done, Polku compares this figure before and after."),
    )
    unit = forms.ChoiceField(
        label=_("Whom it touches"),
        required=False,
        help_text=_(
            "If it touches only some, the others are what it is compared with: that tells much more."
        ),
    )
    cost = NumberField(
        label=pgettext_lazy("work", "Cost"), most=_MOST_COST, unit="€", required=False,
        help_text=_("Once, without VAT. What to fix first is ordered by what is left after it."),
    )  # fmt: skip
    done_on = forms.DateField(label=_("Done on"), required=False, widget=_day_input())

    def __init__(self, data: Any, *, action: Action, cell: Any, reader: Reader) -> None:
        workspace, touchpoint = action.workspace, action.opportunity.touchpoint
        super().__init__(
            data,
            initial={
                "name": action.name,
                "owner": action.owner_id,
                "due_on": action.due_on,
                "metric": metrics.text_of(action.metric),
                "unit": metrics.unit_text(action.metric.get("unit")),
                "cost": None if action.cost is None else reader.number(action.cost),
                "done_on": action.done_on,
            },
        )
        self.fields["owner"].queryset = members(workspace)  # type: ignore[attr-defined]
        self.fields["metric"].choices = metrics.metric_choices(cell, action.metric)  # type: ignore[attr-defined]
        self.fields["unit"].choices = metrics.unit_choices(touchpoint, action.metric)  # type: ignore[attr-defined]
        self.fields["cost"].unit = currency_symbol(workspace.currency)  # type: ignore[attr-defined]
        if len(self.fields["unit"].choices) < 2:  # type: ignore[attr-defined]
            del self.fields["unit"]
        if action.state != Action.State.DONE:
            del self.fields["done_on"]

    def changes(self) -> dict[str, Any]:
        """As `change_action` takes them."""
        given = dict(self.cleaned_data)
        given["metric"] = metrics.metric_of(given["metric"], given.pop("unit", ""))
        return given


class NewActionForm(forms.Form):
    """By hand: where, and what."""

    touchpoint = forms.ChoiceField(label=_("Where"))
    name = forms.CharField(
        label=_("What is done"),
        max_length=limits.ACTION_NAME,
        help_text=_("In a few words, as you would tell a colleague."),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("nobody yet")
    )
    due_on = forms.DateField(label=_("Due"), required=False, widget=_day_input())

    def __init__(self, data: Any, *, workspace: Any, points: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["touchpoint"].choices = points  # type: ignore[attr-defined]
        self.fields["owner"].queryset = members(workspace)  # type: ignore[attr-defined]


class DoneForm(forms.Form):
    """Since when it is done."""

    done_on = forms.DateField(label=_("Done on"), widget=_day_input())

    @classmethod
    def of(cls, data: Any, today: dt.date) -> DoneForm:
        return cls(data, initial={"done_on": today})


class WordsForm(forms.Form):
    you_said = forms.CharField(
        label=_("You said"),
        max_length=limits.WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In your own words. Quote nobody who has not given leave."),
    )
    we_did = forms.CharField(
        label=_("We did"), max_length=limits.WORDS, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class CustomerPageForm(forms.Form):
    name = forms.SlugField(
        label=_("End of the address"),
        max_length=60,
        min_length=3,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is one that nobody can guess."),
    )
    lead = forms.CharField(
        label=_("Words at the top"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
