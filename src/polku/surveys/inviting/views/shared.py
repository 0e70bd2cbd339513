"""What all Collect pages need."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from polku.accounts.access import WorkspaceRequest
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.inviting.ways import KINDS
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.queries import published_definition
from polku.surveys.tabs import tabs_of

LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
"""Of surveys; each in its own words."""


def way_of(survey: int, number: int) -> SurveyLink:
    """An open link or a poster's code of that survey."""
    return get_object_or_404(
        SurveyLink.objects.select_related("survey__workspace", "workspace"),
        pk=number,
        survey_id=survey,
        survey__deleted_at=None,
        kind__in=KINDS,
        deleted_at=None,
    )


def definition_of(survey: Survey) -> Definition:
    """As it is asked; before the first publication, as it is being made."""
    return published_definition(survey) or from_data(survey.draft)


def page(
    request: WorkspaceRequest, survey: Survey, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page below the Collect tab."""
    frame = {"survey": survey, "tabs": tabs_of(survey, "surveys:collect")}
    return render(request, template, frame | context, status=status)


def sentence(error: ValidationError) -> str:
    return " ".join(str(message) for message in error.messages)
