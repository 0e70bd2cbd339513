"""The form of what is watched and who hears of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from polku.accounts.models import User, Workspace
from polku.decide.alerting.choices import FIGURES
from polku.decide.models import AlertChoices, AlertReader
from polku.journeys.models import Journey

_NAMES = {
    "say": _("Scores: NPS, CSAT, CES, smileys and other answers"),
    "continued": _("Share that continued"),
    "contact": _("Contacts per 100 people"),
    "promise": _("Promised days kept"),
}


class AlertForm(forms.Form):
    readers = forms.MultipleChoiceField(
        label=_("Who gets alerts by e-mail"), widget=forms.CheckboxSelectMultiple, required=False
    )
    figures = forms.MultipleChoiceField(
        label=_("What is watched"),
        choices=[(figure, _NAMES[figure]) for figure in FIGURES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    journeys = forms.MultipleChoiceField(
        label=_("Of which journeys"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any = None, *, workspace: Workspace, now: AlertChoices) -> None:
        with scopes_disabled():
            members = workspace.memberships.filter(user__is_active=True).select_related("user")
            self._members: dict[str, User] = {str(each.user_id): each.user for each in members}
        found = Journey.objects.filter(workspace=workspace, kind=Journey.Kind.AS_IS).order_by("pk")
        self._journeys = {str(journey.pk): journey for journey in found}
        chosen = AlertReader.objects.filter(workspace=workspace).values_list("user_id", flat=True)
        initial = {
            "readers": [str(number) for number in chosen],
            "figures": now.figures,
            "journeys": [number for number in self._journeys if int(number) not in now.left_out],
        }
        super().__init__(data, initial=initial)
        self.fields["readers"].choices = [  # type: ignore[attr-defined]
            (number, f"{user} ({user.email})" if str(user) != user.email else user.email)
            for number, user in self._members.items()
        ]
        if len(self._journeys) < 2:
            del self.fields["journeys"]
        else:
            self.fields["journeys"].choices = [  # type: ignore[attr-defined]
                (number, journey.name) for number, journey in self._journeys.items()
            ]

    def chosen(self) -> dict[str, Any]:
        """As `choose_alerts` takes it."""
        given = self.cleaned_data
        watched = given.get("journeys", list(self._journeys))
        return {
            "figures": given["figures"],
            "left_out": [journey for number, journey in self._journeys.items() if number not in watched],
            "readers": [self._members[number] for number in given["readers"]],
        }
