"""The form of a segment: rows of properties, and rows of what customers did or did not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from polku.analytics import conditions
from polku.people import domain, rules

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
        for suffix in ("", "_2"):
            given = cleaned.get(f"property{suffix}") and cleaned.get(f"op{suffix}") not in (
                "known",
                "unknown",
            )
            has_value = str(cleaned.get(f"value{suffix}") or "").strip(" ,")
            if given and not has_value and f"value{suffix}" not in self.errors:
                self.add_error(f"value{suffix}", _("Give a value."))
        return cleaned


class DeedForm(ConditionForm):
    """What the customer did or did not do. A row with neither an event nor a property counts for nothing."""

    part = forms.ChoiceField(
        label=_("The customer"),
        choices=[("did", _("has done")), ("did_not", _("has not done"))],
        required=False,
    )
    event = forms.CharField(label=_("Event"), required=False, max_length=200, widget=_suggesting("events"))
    property = forms.CharField(
        label=_("whose property"), required=False, max_length=200, widget=_suggesting("signal-properties")
    )
    property_2 = forms.CharField(
        label=_("and whose property"), required=False, max_length=200, widget=_suggesting("signal-properties")
    )
    op_2 = forms.ChoiceField(label=_("Comparison"), required=False, choices=conditions.OPERATORS)
    value_2 = forms.CharField(label=_("Value"), required=False, max_length=500)

    field_order = ("part", "event", "property", "op", "value", "property_2", "op_2", "value_2")


class KeptForm(forms.Form):
    """A condition that the rows cannot show. It travels as JSON and is checked like any other rule."""

    keep = forms.BooleanField(required=False)
    part = forms.ChoiceField(choices=[(part, part) for part in rules.PARTS], widget=forms.HiddenInput)
    content = forms.JSONField(widget=forms.HiddenInput)

    @property
    def words(self) -> str:
        """The condition as a line of text; empty where what was sent makes no sense."""
        try:
            content = forms.JSONField().to_python(self["content"].value())
            return " · ".join(rules.in_words({self["part"].value(): [content]}))
        except (ValidationError, KeyError, TypeError, AttributeError):
            return ""


def _rows(form: type[forms.Form]) -> Any:
    return forms.formset_factory(form, extra=0, max_num=rules.MOST_ROWS, absolute_max=rules.MOST_ROWS)


ConditionRows, DeedRows, KeptRows = _rows(ConditionForm), _rows(DeedForm), _rows(KeptForm)


class SegmentForm(forms.Form):
    """`rule()` gives the rule that the rows describe."""

    name = forms.CharField(
        label=_("Name"),
        max_length=domain.LONGEST_NAME,
        help_text=_("As it will be chosen on the map, for example “Customers in the north”."),
    )

    def __init__(self, data: Any = None, *, name: str = "", rule: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"name": name})
        where, deeds, kept = _rows_of(rule or {})
        # A row that equals what is stored must count as much as a new one.
        options: dict[str, Any] = {"form_kwargs": {"empty_permitted": False}}
        self.conditions = ConditionRows(data, prefix="where", initial=_with_blanks(where), **options)
        self.deeds = DeedRows(data, prefix="deeds", initial=_with_blanks(deeds), **options)
        has_kept = data is None or "kept-TOTAL_FORMS" in data
        self.kept = KeptRows(data, prefix="kept", initial=kept, **options) if has_kept else None

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows_are_valid()])

    def rows_are_valid(self) -> bool:
        return all(rows.is_valid() for rows in (self.conditions, self.deeds, self.kept) if rows is not None)

    def rule(self) -> dict[str, list[dict[str, Any]]]:
        """Only after `rows_are_valid`."""
        found: dict[str, list[dict[str, Any]]] = {part: [] for part in rules.PARTS}
        for row in self.conditions:
            if condition := conditions.condition_of(row.cleaned_data):
                found["where"].append(condition)
        for row in self.deeds:
            if selector := _selector(row.cleaned_data):
                found[row.cleaned_data.get("part") or "did"].append(selector)
        for row in self.kept or ():
            if row.cleaned_data["keep"]:
                found[row.cleaned_data["part"]].append(row.cleaned_data["content"])
        return found


Row = dict[str, Any]


def _rows_of(rule: Mapping[str, Any]) -> tuple[list[Row], list[Row], list[Row]]:
    """The rule as rows of properties, rows of deeds, and what neither can show without losing something."""
    where: list[Row] = []
    deeds: list[Row] = []
    kept: list[Row] = []
    for condition in rule.get("where", ()):
        row = conditions.row_of(condition)
        if conditions.condition_of(row) == condition:
            where.append(row)
        else:
            kept.append({"keep": True, "part": "where", "content": condition})
    for part in ("did", "did_not"):
        for selector in rule.get(part, ()):
            row = {"part": part, **_deed_row(selector)}
            if _selector(row) == selector:
                deeds.append(row)
            else:
                kept.append({"keep": True, "part": part, "content": selector})
    return where, deeds, kept


def _with_blanks(rows: list[Row]) -> list[Row]:
    return [*rows, *({} for _ in range(min(_BLANK_ROWS, rules.MOST_ROWS - len(rows))))]


def _selector(row: Mapping[str, Any]) -> dict[str, Any] | None:
    selector: dict[str, Any] = {}
    if row.get("event"):
        selector["event"] = row["event"]
    second = {"property": row.get("property_2"), "op": row.get("op_2"), "value": row.get("value_2")}
    where = [found for part in (row, second) if (found := conditions.condition_of(part))]
    if where:
        selector["where"] = where
    return selector or None


def _deed_row(selector: Mapping[str, Any]) -> Row:
    event = selector.get("event")
    row: Row = {"event": event if isinstance(event, str) else ""}
    for suffix, condition in zip(("", "_2"), selector.get("where") or (), strict=False):
        row |= {f"{name}{suffix}": value for name, value in conditions.row_of(condition).items()}
    return row
