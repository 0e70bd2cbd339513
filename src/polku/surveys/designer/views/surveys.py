"""The list of surveys, a new one, and what is done to a survey as a whole."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from polku.accounts.access import workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.surveys import domain, queries
from polku.surveys.definition.wordings import metrics_of
from polku.surveys.designer.page import open_designer
from polku.surveys.designer.views.lookups import tell
from polku.surveys.lookups import get_survey
from polku.surveys.models import Survey, SurveyVersion
from polku.surveys.ready_made import find_ready_made, ready_made_surveys
from polku.surveys.tabs import tabs_of

_LARGEST = 2_500_000  # bytes of a document; more does not pass a form
_UNDO = "surveys:undo"


@workspace_view("view")
@require_GET
def survey_list(request: Any) -> HttpResponse:
    rows = queries.list_surveys()
    context = {"rows": rows, "cards": _cards(request) if not rows else []}
    return render(request, "surveys/list.html", context)


@workspace_view("edit")
@require_http_methods(["GET", "HEAD", "POST"])
def survey_new(request: Any) -> HttpResponse:
    """From a ready-made survey, from nothing, or from a file."""
    chosen = request.POST.get("template", request.GET.get("template", "nps"))
    if request.method == "POST":
        try:
            survey = _made(request, chosen)
        except ValidationError as error:
            tell(request, error)
        else:
            return redirect("surveys:design", workspace=request.workspace.slug, survey=survey.pk)
    context = {"cards": _cards(request), "chosen": chosen, "name": request.POST.get("name", "")}
    return render(request, "surveys/new.html", context)


def _made(request: Any, template: str) -> Survey:
    name = request.POST.get("name", "").strip()
    if template == "file":
        document = _document(request)
        return domain.import_survey(workspace=request.workspace, document=document, actor=request.user)
    anonymous = find_ready_made(template).is_anonymous if template else False
    if not template and not name:
        name = _("New survey")
    return domain.create_survey(
        workspace=request.workspace,
        template=template,
        name=name,
        actor=request.user,
        is_anonymous=anonymous,
    )


def _document(request: Any) -> object:
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError(_("Choose the file first."))
    if file.size > _LARGEST:
        raise ValidationError(_("%s is too large to be a survey.") % file.name)
    try:
        document = json.loads(file.read())
        json.dumps(document, ensure_ascii=False).encode()  # JSON can hold half a letter (\ud800), text cannot
        return document
    except UnicodeError as error:
        raise ValidationError(_("%s is not text in UTF-8.") % file.name) from error
    except RecursionError as error:
        raise ValidationError(_("%s is not a survey: it is nested too deeply.") % file.name) from error
    except ValueError as error:
        raise ValidationError(
            _("%(file)s is not JSON: %(why)s") % {"file": file.name, "why": error}
        ) from error


def _cards(request: Any) -> list[dict[str, Any]]:
    language = get_language() or request.workspace.language
    return [
        {
            "key": ready.key,
            "name": ready.name(language),
            "description": ready.description(language),
            "questions": len(ready.definition.questions),
            "metrics": metrics_of(ready.definition),
            "is_anonymous": ready.is_anonymous,
        }
        for ready in ready_made_surveys()
    ]


@workspace_view("edit")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Any, survey: int) -> HttpResponse:
    """What a new version changes, and the button that publishes it."""
    row = get_survey(survey)
    if request.method == "POST":
        try:
            version = domain.publish_survey(survey=row, actor=request.user)
        except ValidationError as error:
            tell(request, error)
        else:
            messages.success(request, _("Version %s is published.") % version.number)
            return redirect("surveys:collect", workspace=request.workspace.slug, survey=row.pk)
    page = open_designer(row, part="versions")
    context = {
        "survey": row,
        "designer": page,
        "tabs": tabs_of(row, "surveys:design"),
        "is_first": page.published is None,
        "has_answers": queries.has_answers(row),
    }
    return render(request, "surveys/publish.html", context)


@require_POST
@workspace_view("edit")
def set_state(request: Any, survey: int) -> HttpResponse:
    """Close, or open again."""
    row = get_survey(survey)
    closes = request.POST.get("do") == "close"
    try:
        if closes:
            domain.close_survey(survey=row, actor=request.user)
        else:
            domain.reopen_survey(survey=row, actor=request.user)
    except ValidationError as error:
        tell(request, error)
    else:
        messages.success(
            request,
            _("“%s” takes no more answers.") % row.name
            if closes
            else _("“%s” takes answers again.") % row.name,
        )
    return redirect("surveys:design", workspace=request.workspace.slug, survey=row.pk)


@require_POST
@workspace_view("edit")
def duplicate(request: Any, survey: int) -> HttpResponse:
    try:
        copy = domain.duplicate_survey(survey=get_survey(survey), actor=request.user)
    except ValidationError as error:
        tell(request, error)
        return redirect("surveys:list", workspace=request.workspace.slug)
    messages.success(request, _("This is the copy."))
    return redirect("surveys:design", workspace=request.workspace.slug, survey=copy.pk)


@require_POST
@workspace_view("edit")
def delete(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    try:
        domain.delete_survey(survey=row, actor=request.user)
    except ValidationError as error:
        tell(request, error)
    else:
        undo_message(request, _("“%s” was deleted.") % row.name, restore=_UNDO, kept={"survey": row.pk})
    return redirect("surveys:list", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def undo(request: Any) -> HttpResponse:
    """Bring a deleted survey back."""
    kept = posted_undo(request, restore=_UNDO)
    if kept is not None:
        row = get_object_or_404(Survey.objects.select_related("workspace"), pk=kept["survey"])
        domain.restore_survey(survey=row, actor=request.user)
        messages.success(request, _("“%s” is back.") % row.name)
    return redirect("surveys:list", workspace=request.workspace.slug)


@workspace_view("view")
@require_GET
def export(request: Any, survey: int) -> HttpResponse:
    """The survey as a JSON document; with `version` as it was then."""
    row = get_survey(survey)
    document = domain.export_survey(row)
    name = row.key
    number = request.GET.get("version", "")
    if number:
        wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
        version = get_object_or_404(SurveyVersion, survey=row, number=wanted)
        document["definition"] = version.definition
        name = f"{row.key}-v{version.number}"
    response = HttpResponse(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n", content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
