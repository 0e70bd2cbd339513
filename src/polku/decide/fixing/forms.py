"""Forms about a row of the list: taking it into work, leaving it, and knowing an input better."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.accounts.models import User
from polku.decide.fixing import inputs
from polku.decide.money.forms import NumberField
from polku.site.formats import Reader, currency_symbol

LONGEST_REASON = 500
_LONGEST_NAME = 120
FIGURES = (
    ("continued", _("share that goes on")),
    ("contact", _("contacts per 100 people")),
    ("buy", _("value of orders")),
    ("feel", _("feeling")),
    ("reached", _("people who come here")),
)
USUAL_FIGURE: Mapping[str, str] = {"funnel": "continued", "contact": "contact", "retention": "buy"}
"""The figure that a fix of the pain should move first."""


class TakeForm(forms.Form):
    name = forms.CharField(label=_("What will be done"), max_length=_LONGEST_NAME)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)
    due_on = forms.DateField(
        label=_("Ready by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    figure = forms.ChoiceField(label=_("Figure that it should move"), choices=FIGURES)

    def __init__(self, *arguments: Any, members: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["owner"].queryset = members  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = str(_("nobody yet"))  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day is not None and not 2000 <= day.year <= 2200:
            raise forms.ValidationError(_("Give a day that is not so far away."))
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it left?"),
        help_text=_("For instance: it will go away with the new shop, or the reason is not ours to mend."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


_THREE = (("low", _("Cautious")), ("middle", _("Middle")), ("high", _("High")))


class InputForm(forms.Form):
    """A person's cautious, middle and high figure for one input; percent as percent."""

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        kind: str,
        reader: Reader,
        prefix: str,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix, auto_id=f"{prefix}-%s", initial=dict(initial or {}))
        self.name, self.kind = name, kind
        unit = inputs.unit_of(kind, currency_symbol(reader.currency))
        is_cost = name == inputs.COST
        asked = (("middle", _("Once, in all")),) if is_cost else _THREE
        for field, label in asked:
            self.fields[field] = NumberField(label=label, most=inputs.most_of(kind), unit=unit)
        self.fields["reason"] = forms.CharField(
            label=_("How do you know?"),
            max_length=LONGEST_REASON,
            widget=forms.TextInput(),
            required=not is_cost,
        )

    def figures(self) -> dict[str, float]:
        """The cleaned figures as the document has them: shares 0–1. A cost is one sum."""
        by = 100.0 if self.kind == "share" else 1.0
        middle = self.cleaned_data["middle"]
        return {name: self.cleaned_data.get(name, middle) / by for name in ("low", "middle", "high")}
