"""The form of a segment: rows of properties, and rows of what customers did or did not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.people import conditions, domain, rules

_BLANK_ROWS = 2


def _suggesting(datalist: str) -> forms.TextInput:
    return forms.TextInput(attrs={"list": datalist, "autocomplete": "off"})


class ConditionForm(forms.Form):
    """A row without a property counts for nothing."""

    property = forms.CharField(
        label=_("Property"), required=False, max_length=200, widget=_suggesting("person-properties")
    )
    op = forms.ChoiceField(label=_("Comparison"), required=False, choices=conditions.OPERATORS)
    value = forms.CharField(label=_("Value"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needs_value = cleaned.get("property") and cleaned.get("op") not in ("known", "unknown")
        if needs_value and not str(cleaned.get("value") or "").strip(" ,") and "value" not in self.errors:
            self.add_error("value", _("Give a value."))
        return cleaned


class DeedForm(ConditionForm):
    """A row with neither an event nor a property counts for nothing."""

    part = forms.ChoiceField(
        label=_("The customer"),
        choices=[("did", _("has done")), ("did_not", _("has not done"))],
        required=False,
    )
    event = forms.CharField(label=_("Event"), required=False, max_length=200, widget=_suggesting("events"))
    property = forms.CharField(
        label=_("whose property"), required=False, max_length=200, widget=_suggesting("signal-properties")
    )

    field_order = ("part", "event", "property", "op", "value")


def _rows(form: type[forms.Form]) -> Any:
    return forms.formset_factory(form, extra=0, max_num=rules.MOST_ROWS, absolute_max=rules.MOST_ROWS)


ConditionRows, DeedRows = _rows(ConditionForm), _rows(DeedForm)


class SegmentForm(forms.Form):
    """`rule()` gives the rule that the rows describe."""

    name = forms.CharField(
        label=_("Name"),
        max_length=domain.LONGEST_NAME,
        help_text=_("As it will be chosen on the map, for example “Customers in the north”."),
    )

    def __init__(self, data: Any = None, *, name: str = "", rule: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"name": name})
        where = [conditions.row_of(condition) for condition in (rule or {}).get("where", ())]
        deeds = [
            {"part": part, **_deed_row(selector)}
            for part in ("did", "did_not")
            for selector in (rule or {}).get(part, ())
        ]
        # A row that equals what is stored must count as much as a new one.
        options: dict[str, Any] = {"form_kwargs": {"empty_permitted": False}}
        self.conditions = ConditionRows(data, prefix="where", initial=_with_blanks(where), **options)
        self.deeds = DeedRows(data, prefix="deeds", initial=_with_blanks(deeds), **options)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows_are_valid()])

    def rows_are_valid(self) -> bool:
        return all([self.conditions.is_valid(), self.deeds.is_valid()])

    def rule(self) -> dict[str, list[dict[str, Any]]]:
        """Only after `rows_are_valid`."""
        found: dict[str, list[dict[str, Any]]] = {"where": [], "did": [], "did_not": []}
        for row in self.conditions:
            if condition := conditions.condition_of(row.cleaned_data):
                found["where"].append(condition)
        for row in self.deeds:
            if selector := _selector(row.cleaned_data):
                found[row.cleaned_data.get("part") or "did"].append(selector)
        return found


def _with_blanks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, *({} for _ in range(min(_BLANK_ROWS, rules.MOST_ROWS - len(rows))))]


def _selector(row: Mapping[str, Any]) -> dict[str, Any] | None:
    selector: dict[str, Any] = {}
    if row.get("event"):
        selector["event"] = row["event"]
    if condition := conditions.condition_of(row):
        selector["where"] = [condition]
    return selector or None


def _deed_row(selector: Mapping[str, Any]) -> dict[str, str]:
    where = selector.get("where") or ()
    event = selector.get("event") or ""
    row = conditions.row_of(where[0]) if where else {}
    return {"event": event[0] if isinstance(event, list) else event, **row}
