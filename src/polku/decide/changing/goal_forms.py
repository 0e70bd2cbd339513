"""The form of a goal: which figure, where it should be, by when."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from polku.decide.changing import figures
from polku.decide.changing.goals import scale_ends
from polku.site.formats import Reader

_ORNAMENTS = re.compile(r"[\s%€]")
_NUMBER = re.compile(r"[-−+]?[0-9]{1,12}(?:[.,][0-9]{1,6})?")


class GoalForm(forms.Form):
    figure = forms.ChoiceField(label=_("Figure"))
    target = forms.CharField(
        label=_("Goal"),
        help_text=_("As the figure is shown: 85 for 85 %. Contacts are per 100 people."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    by = forms.DateField(label=_("By"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(
        self, data: Any = None, *, options: list[tuple[str, str]], reader: Reader, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["figure"].choices = options  # type: ignore[attr-defined]
        self.reader = reader

    def clean_target(self) -> float:
        text = _ORNAMENTS.sub("", self.cleaned_data["target"])
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("Give a number, for example 42.5."))
        return float(text.replace(",", ".").replace("−", "-"))

    def chosen(self) -> dict[str, Any]:
        """As the domain takes it: shares of 0–1."""
        figure, _bar, named = self.cleaned_data["figure"].partition("|")
        metric, _bar, scale = named.rpartition("|")  # a metric's name may hold one, too
        target = self.cleaned_data["target"]
        row = {"figure": figure, "metric": metric, "scale": scale_ends(scale)}
        if figures.measure_of(row, self.reader).unit:
            target /= 100
        by: dt.date = self.cleaned_data["by"]
        return {"figure": figure, "metric": metric, "scale": scale, "target": target, "by": by}
