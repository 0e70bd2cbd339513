"""One whole answer, and the answers that are held back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import undo_message
from polku.analytics.explore.asking import reader_of
from polku.surveys.answering.domain import hold_response, let_in_response
from polku.surveys.lookups import get_survey
from polku.surveys.models import Response, Survey, Tag
from polku.surveys.results import words
from polku.surveys.results.comments import said_when
from polku.surveys.results.domain import tag_responses, untag_responses
from polku.surveys.results.views.comments import TAGS_RESTORE
from polku.surveys.results.whole import whole_answer
from polku.surveys.tabs import tabs_of

MOST_HELD = 200


@require_safe
@never_cache
@workspace_view("act")
def answer(request: WorkspaceRequest, survey: int, response: int) -> HttpResponse:
    """404 for an answer of an anonymous survey: it is never shown by itself."""
    found = _response(request, survey, response)
    if found.survey.is_anonymous:
        raise Http404
    return render(
        request,
        "surveys/response.html",
        {
            "survey": found.survey,
            "tabs": tabs_of(found.survey, "surveys:results"),
            "response": found,
            "whole": whole_answer(found, reader_of(request)),
            "response_tags": found.tags.order_by("name"),
            "known_tags": Tag.objects.all(),
        },
    )


@require_POST
@workspace_view("act")
def answer_tag(request: WorkspaceRequest, survey: int, response: int) -> HttpResponse:
    """Give this answer a tag, or take one away (`untag` names its number)."""
    found = _response(request, survey, response)
    if found.survey.is_anonymous:
        raise Http404
    back = redirect("surveys:answer", workspace=request.workspace.slug, survey=survey, response=response)
    untag = request.POST.get("untag", "")
    if untag.isascii() and untag.isdigit() and len(untag) < 19:
        tag = get_object_or_404(Tag, pk=int(untag))
        changed = untag_responses(survey=found.survey, responses=[response], tag=tag, actor=request.user)
        text = _("“%s” was taken away.") % tag.name
    else:
        try:
            tag, changed = tag_responses(
                survey=found.survey,
                responses=[response],
                name=request.POST.get("name", ""),
                actor=request.user,
            )
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return back
        text = _("The answer is tagged “%s” now.") % tag.name
    if changed:
        kept = {"survey": survey, "tag": tag.name, "responses": changed, "added": not untag}
        undo_message(request, text, restore=TAGS_RESTORE, kept=kept)
    return back


@require_safe
@never_cache
@workspace_view("view")
def held(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Answers that do not count until somebody lets them in; of an anonymous survey without what was answered."""
    found = get_survey(survey)
    rows = Response.objects.filter(survey=found, is_held=True, is_test=False).select_related("link")
    reader = reader_of(request)
    shown = [
        {
            "pk": row.pk,
            "when": said_when(row.completed_at or row.changed_at, reader) if not found.is_anonymous else "",
            "link": row.link.name if row.link else "",
            "flags": [words.flag_word(flag) for flag in row.flags],
        }
        for row in rows[:MOST_HELD]
    ]
    context = {
        "survey": found,
        "tabs": tabs_of(found, "surveys:results"),
        "rows": shown,
        "n": rows.count(),
        "most": MOST_HELD,
    }
    return render(request, "surveys/results_held.html", context)


@require_POST
@workspace_view("analyse")
def judge(request: WorkspaceRequest, survey: int, response: int) -> HttpResponse:
    """Let a held answer in, or hold one back (`hold`). Of an anonymous survey none by itself: how the figures change
    would tell what it says."""
    found = _response(request, survey, response)
    if found.survey.is_anonymous:
        raise Http404
    if "hold" in request.POST:
        hold_response(response=found, actor=request.user)
        messages.success(request, _("The answer is held back: it does not count."))
    else:
        let_in_response(response=found, actor=request.user)
        messages.success(request, _("The answer counts now."))
    if request.POST.get("back") == "held":
        return redirect("surveys:held", workspace=request.workspace.slug, survey=survey)
    return redirect("surveys:answer", workspace=request.workspace.slug, survey=survey, response=response)


@require_POST
@workspace_view("analyse")
def let_in_all(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Let in all that the page of held answers shows; each by itself, so that none waits for the others."""
    found = get_object_or_404(Survey, pk=survey, deleted_at=None)
    rows = list(
        Response.objects.filter(survey=found, is_held=True, is_test=False).select_related(
            "survey", "workspace"
        )[:MOST_HELD]
    )
    for row in rows:
        let_in_response(response=row, actor=request.user)
    text = ngettext("%d answer counts now.", "%d answers count now.", len(rows)) % len(rows)
    messages.success(request, text)
    return redirect("surveys:held", workspace=request.workspace.slug, survey=survey)


def _response(request: WorkspaceRequest, survey: int, response: int) -> Response:
    rows = Response.objects.select_related("survey", "workspace", "version", "link")
    return get_object_or_404(rows, pk=response, survey=survey, survey__deleted_at=None)
