"""The form of a data connection: which signals belong to a touchpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from polku.analytics import conditions
from polku.journeys import limits, values
from polku.journeys.forms.changes import add_errors
from polku.journeys.models import Binding

ROWS = 5
"""Conditions offered on the page; more than these need an imported document."""


class ConditionForm(forms.Form):
    """One row `property op value`; a row without a property counts for nothing."""

    property = forms.CharField(
        label=_("Property"),
        required=False,
        max_length=limits.SIGNAL_NAME,
        widget=forms.TextInput(
            attrs={"list": "property-suggestions", "placeholder": " ", "autocomplete": "off"}
        ),
    )
    op = forms.ChoiceField(label=_("Comparison"), required=False, choices=conditions.OPERATORS)
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


ConditionFormSet = forms.formset_factory(
    ConditionForm, extra=0, max_num=limits.CONDITIONS, absolute_max=limits.CONDITIONS
)


class NamesField(forms.Field):
    """Any number of names, as received or as typed."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return [name for name in value or [] if name.strip()]


class BindingForm(forms.Form):
    """Validates through the same gate as the domain: `fields_of_binding` gives what add_binding takes."""

    kind = forms.ChoiceField(choices=Binding.Kind.choices, widget=forms.HiddenInput)
    names = NamesField(required=False)
    url = forms.CharField(
        label=_("Page address"),
        required=False,
        max_length=limits.ADDRESS,
        help_text=_("* stands for any text, for example */product/*"),
        widget=forms.TextInput(attrs={"list": "url-suggestions", "autocomplete": "off"}),
    )
    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=limits.CHANNEL,
        widget=forms.TextInput(attrs={"list": "channel-suggestions", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, binding: Binding) -> None:
        initial = {part: getattr(binding, part) for part in ("kind", "names", "url", "channel")}
        super().__init__(data, initial=initial)
        rows = [conditions.row_of(condition) for condition in binding.where]
        rows += [{}] * max(1, ROWS - len(rows))
        # Rows that are sent are read as they are: one that looks unchanged is still a condition.
        self.conditions = ConditionFormSet(data, prefix="where", initial=rows if data is None else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.conditions.is_valid():
            where = [found for row in self.conditions if (found := conditions.condition_of(row.cleaned_data))]
        else:
            raise ValidationError(_("Look at the conditions: one of them is not as it should be."))
        if not self.errors:
            try:
                self.fields_of_binding = values.clean_binding(
                    **{part: cleaned[part] for part in ("kind", "names", "url", "channel")}, where=where
                )
            except ValidationError as error:
                add_errors(self, error)
        return cleaned

    @property
    def chosen_names(self) -> Sequence[str]:
        """What is ticked on the page now."""
        return self["names"].value() or []

    @property
    def has_conditions(self) -> bool:
        return any(row["property"].value() for row in self.conditions)


def unsaved_binding(form: BindingForm) -> Binding:
    """The binding that a valid form describes, to see what it would catch."""
    return Binding(**form.fields_of_binding)
