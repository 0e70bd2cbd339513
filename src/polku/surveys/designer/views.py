from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.surveys.models import Survey
from polku.surveys.tabs import tabs_of


@workspace_view("view")
@require_GET
def survey_list(request: WorkspaceRequest) -> HttpResponse:
    surveys = Survey.objects.filter(deleted_at=None)
    return render(request, "surveys/list.html", {"surveys": surveys})


@workspace_view("view")
@require_GET
def design(request: WorkspaceRequest, survey: int) -> HttpResponse:
    found = get_object_or_404(Survey, pk=survey, deleted_at=None)
    return render(request, "surveys/survey.html", {"survey": found, "tabs": tabs_of(found, "surveys:design")})
