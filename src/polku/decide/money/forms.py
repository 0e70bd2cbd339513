"""The form of the four questions. The rules are the domain's; the form only carries them, percent as percent."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from polku.accounts.models import Workspace
from polku.decide.models import MoneyAnswers
from polku.decide.money.domain import HIGHEST_COST
from polku.journeys.proposing.concepts import plain
from polku.site.formats import Reader, currency_symbol

_USUAL_VAT = 25.5
"""The general rate in Finland since September 2024; a company of another country writes its own."""
_ORNAMENTS = re.compile(r"[\s€%]")
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")


_CANCELLED = re.compile(
    r"\bcancel|\bvoid(ed)?\b|\brefund|\breturn(s|ed)?\b|\bchargeback|\bperu(ttu|utettu|utus|ttiin|tettu)|\bhyvit"
    r"|\bpalaut(us|ett|un)|\bmitätöi"
)
_NOT_WHOLLY = re.compile(r"\bpartial|\bosit|\bosin\b|\bnot\b|\bei\b|request|pyyn|pyyd")


def means_cancelled(state: str) -> bool:
    """Whether the name of an order's state says that the whole order was cancelled, returned or refunded."""
    words = plain(state)
    return bool(_CANCELLED.search(words)) and not _NOT_WHOLLY.search(words)


class NumberField(forms.Field):
    """A number as people write it: `42,5`, `42.5 %`, `6 €`. Its value is a float, or None where it is empty."""

    def __init__(self, *, most: float, unit: str, **fields: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 20}), **fields)
        self.most, self.unit = most, unit

    def to_python(self, value: Any) -> Any:
        text = _ORNAMENTS.sub("", str(value or ""))
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("Give a number, for example 42.5."))
        number = float(text.replace(",", "."))
        if number > self.most:
            raise ValidationError(_("At most %(most)s.") % {"most": f"{self.most:g}"})
        return number


class MoneyForm(forms.Form):
    margin = NumberField(
        label=_("How much of 100 euros of sales is left as margin?"),
        help_text=_(
            "Sales without VAT, less what the goods, their delivery and payment cost. Salaries and rent are not "
            "taken off. One average is enough."
        ),
        most=100,
        unit="%",
    )
    vat_included = forms.TypedChoiceField(
        label=_("Do the sums of orders include VAT?"),
        choices=[("yes", _("Yes, they include VAT")), ("no", _("No, they are without VAT"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    vat_rate = NumberField(
        label=_("VAT rate"),
        help_text=_("The usual one of what you sell; an average if there are several."),
        most=99,
        unit="%",
        required=False,
    )
    cancelled_states = forms.MultipleChoiceField(
        label=_("Which states of an order mean that it was cancelled or returned?"),
        help_text=_("Such orders are left out of all sums."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    returned = NumberField(
        label=_("How much of sales comes back in other ways?"),
        help_text=_("Returns and refunds that no state of an order tells. Write 0 if there are none."),
        most=99,
        unit="%",
    )
    contact_cost = NumberField(
        label=_("What does one contact to customer service cost?"),
        help_text=_(
            "Salaries and tools of customer service in a month, divided by the contacts of the month. Often 4–12 € "
            "for a chat or a message, more for a call."
        ),
        most=HIGHEST_COST,
        unit="€",
    )
    basis = forms.ChoiceField(
        label=_("Where do these come from?"), choices=MoneyAnswers.Basis.choices, widget=forms.RadioSelect
    )

    def __init__(
        self,
        data: Any = None,
        *,
        workspace: Workspace,
        states: list[str],
        newest: MoneyAnswers | None,
        reader: Reader,
    ) -> None:
        super().__init__(data, initial=_initial(workspace, newest, reader))
        if states:
            self.fields["cancelled_states"].choices = [(state, state) for state in states]  # type: ignore[attr-defined]
            likely = [state for state in states if means_cancelled(state)]
            if newest is None and not workspace.cancelled_states and likely:
                self.initial["cancelled_states"] = likely
                self.fields["cancelled_states"].help_text = _(
                    "Such orders are left out of all sums. Those whose name says so are ticked already: check them."
                )
        else:
            del self.fields["cancelled_states"]
        self.fields["contact_cost"].unit = currency_symbol(workspace.currency)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("vat_included") and cleaned.get("vat_rate") is None and "vat_rate" not in self.errors:
            self.add_error("vat_rate", _("Give the rate, because the sums include VAT."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The cleaned answers as the domain takes them: shares instead of percent."""
        given = dict(self.cleaned_data)
        for name in ("margin", "vat_rate", "returned"):
            given[name] = (given[name] or 0.0) / 100
        return {"cancelled_states": [], **given}


def _initial(workspace: Workspace, newest: MoneyAnswers | None, reader: Reader) -> dict[str, Any]:
    if newest is None:
        return {
            "vat_rate": _written(_USUAL_VAT, reader),
            "cancelled_states": workspace.cancelled_states,
            "basis": MoneyAnswers.Basis.ESTIMATE,
        }
    return {
        "margin": _written(100 * newest.margin, reader),
        "vat_included": "yes" if newest.vat_included else "no",
        "vat_rate": _written(100 * newest.vat_rate if newest.vat_included else _USUAL_VAT, reader),
        "cancelled_states": workspace.cancelled_states,
        "returned": _written(100 * newest.returned, reader),
        "contact_cost": _written(newest.contact_cost, reader),
        "basis": newest.basis,
    }


def _written(number: float, reader: Reader) -> str:
    """With as many decimals as it needs, at most two."""
    decimals = next((each for each in (0, 1) if round(number, each) == round(number, 4)), 2)
    return reader.number(number, decimals)
