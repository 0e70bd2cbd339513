"""Forms of whole journeys and of single touchpoints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.models import User, Workspace
from polku.journeys import limits, queries
from polku.journeys.forms.changes import ChangesForm
from polku.journeys.forms.feeling import FeelingField
from polku.journeys.models import Channel, Journey, Stage, Touchpoint
from polku.journeys.templates_catalog import journey_templates

KINDS = [
    (Journey.Kind.AS_IS, _("As-is: how it goes today")),
    (Journey.Kind.TO_BE, _("To-be: how it should go")),
]


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class NewJourneyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the journey"),
        max_length=limits.JOURNEY_NAME,
        help_text=_("What the customer is doing, for example “Buying a tent”."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=KINDS,
        initial=Journey.Kind.AS_IS,
        widget=forms.RadioSelect,
    )
    template = forms.ChoiceField(label=_("Start from"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = [(template.key, template.key) for template in journey_templates()]
        self.fields["template"].choices = [*templates, ("", "")]  # type: ignore[attr-defined]


class JourneyForm(ChangesForm):
    """The journey's own settings."""

    name = forms.CharField(label=_("Name of the journey"), max_length=limits.JOURNEY_NAME)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=forms.RadioSelect)
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=limits.TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which decision should this map help with?"),
    )
    window_days = forms.IntegerField(
        label=_("Window in days"),
        min_value=1,
        max_value=limits.WINDOW_DAYS,
        help_text=_("A customer has continued when they reach a later stage within this time."),
    )
    reviewed_at = forms.DateField(
        label=_("Last reviewed"),
        required=False,
        widget=_date_input(),
        help_text=_("When the team last went through the map."),
    )

    @classmethod
    def of(cls, journey: Journey, data: Any = None) -> JourneyForm:
        return cls(data, initial={name: getattr(journey, name) for name in cls.base_fields})


class TouchpointForm(ChangesForm):
    name = forms.CharField(label=_("Name"), max_length=limits.NAME)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=limits.TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happens here, as the customer sees it."),
    )
    stage: forms.ModelChoiceField[Stage] = forms.ModelChoiceField(
        label=_("Stage"), queryset=None, empty_label=None
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, choices=Channel.choices, widget=forms.CheckboxSelectMultiple
    )
    is_moment_of_truth = forms.BooleanField(
        label=_("Moment of truth"),
        required=False,
        help_text=_("An encounter that decides whether the customer stays."),
    )
    is_backstage = forms.BooleanField(
        label=_("Backstage"), required=False, help_text=_("Work the customer does not see.")
    )
    assumed_feeling = FeelingField(
        required=False,
        help_text=_(
            "How does the team think the customer feels here? The map draws what was measured over it."
        ),
    )
    # Not the role of the same name: Finnish has two words.
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=pgettext_lazy("touchpoint", "Owner"),
        required=False,
        queryset=None,
        empty_label=_("no owner yet"),
    )
    review_on = forms.DateField(label=_("Next review"), required=False, widget=_date_input())

    def __init__(self, *args: Any, workspace: Workspace, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = journey.stages.all()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = queries.members(workspace)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, touchpoint: Touchpoint, data: Any = None) -> TouchpointForm:
        initial = {name: getattr(touchpoint, name) for name in cls.base_fields}
        initial["stage"], initial["owner"] = touchpoint.stage_id, touchpoint.owner_id
        return cls(data, initial=initial, workspace=touchpoint.workspace, journey=touchpoint.stage.journey)
