"""The Collect tab: every way in which a survey reaches people."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.site.addresses import address_for
from polku.surveys.inviting import ways
from polku.surveys.inviting.counts import states_of
from polku.surveys.inviting.forms import WayForm
from polku.surveys.inviting.views.shared import page, way_of
from polku.surveys.lookups import get_survey
from polku.surveys.models import Response, Survey, SurveyLink
from polku.surveys.queries import path_of

_RESTORE = "surveys:way_restore"


@require_safe
@workspace_view("view")
def collect(request: WorkspaceRequest, survey: int) -> HttpResponse:
    found = get_survey(survey)
    # What results count: no held answers.
    is_real = Q(responses__is_test=False, responses__is_held=False)
    is_real &= ~Q(responses__state=Response.State.STARTED)
    links = list(
        found.links.filter(kind__in=ways.KINDS, deleted_at=None)
        .annotate(
            answers=Count("responses", filter=is_real), last=Max("responses__changed_at", filter=is_real)
        )
        .order_by("pk")
    )
    base = address_for(request)
    test = found.links.filter(kind=SurveyLink.Kind.TEST, deleted_at=None).first()
    context = {
        "links": [(link, base + path_of(link)) for link in links],
        "test_address": base + path_of(test) if test else "",
        "is_draft": found.state == Survey.State.DRAFT,
        "is_closed": found.state == Survey.State.CLOSED,
        "states": states_of(found),
        "sends_mail": settings.SENDS_MAIL,
    }
    return page(request, found, "surveys/collect.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def way_add(request: WorkspaceRequest, survey: int) -> HttpResponse:
    found = get_survey(survey)
    kind = request.GET.get("kind", "")
    form = WayForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": kind if kind in ways.KINDS else SurveyLink.Kind.OPEN},
    )
    if request.method == "POST" and form.is_valid():
        try:
            link = ways.add_way(
                survey=found,
                kind=SurveyLink.Kind(form.cleaned_data["kind"]),
                name=form.cleaned_data["name"],
                fields=form.cleaned_data["fields_text"],
                actor=request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("“%s” is ready.") % link.name)
            if link.kind == SurveyLink.Kind.QR:
                return redirect(
                    "surveys:poster", workspace=request.workspace.slug, survey=found.pk, link=link.pk
                )
            return _to_collect(request, found.pk)
    return page(request, found, "surveys/collect_way.html", {"form": form}, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def way_edit(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    found = way_of(survey, link)
    form = WayForm(
        request.POST if request.method == "POST" else None,
        initial={"name": found.name, "fields_text": ways.write_fields(found.fields)},
        is_new=False,
    )
    if request.method == "POST" and form.is_valid():
        try:
            ways.change_way(
                link=found,
                name=form.cleaned_data["name"],
                fields=form.cleaned_data["fields_text"],
                actor=request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return _to_collect(request, survey)
    context = {"form": form, "link": found}
    return page(request, found.survey, "surveys/collect_way.html", context, 422 if form.errors else 200)


@require_POST
@workspace_view("edit")
def way_switch(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    """`on` in the form says what it is to be."""
    found = way_of(survey, link)
    is_active = request.POST.get("on") == "1"
    ways.switch_way(link=found, is_active=is_active, actor=request.user)
    messages.success(
        request, (_("“%s” works again.") if is_active else _("“%s” no longer leads anywhere.")) % found.name
    )
    return _to_collect(request, survey)


@require_POST
@workspace_view("edit")
def way_delete(request: WorkspaceRequest, survey: int, link: int) -> HttpResponse:
    found = way_of(survey, link)
    kept = ways.delete_way(link=found, actor=request.user)
    undo_message(request, _("“%s” was deleted. Its answers stay.") % found.name, restore=_RESTORE, kept=kept)
    return _to_collect(request, survey)


@require_POST
@workspace_view("edit")
def way_restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=_RESTORE)
    link = None
    if kept is not None:
        link = ways.restore_way(workspace=request.workspace, link=kept["link"], actor=request.user)
        if link is None:
            messages.error(request, _("This can no longer be undone."))
        else:
            messages.success(request, _("“%s” works again.") % link.name)
    if link is None:
        return redirect("surveys:list", workspace=request.workspace.slug)
    return _to_collect(request, link.survey_id)


def _to_collect(request: WorkspaceRequest, survey: int) -> HttpResponse:
    return redirect("surveys:collect", workspace=request.workspace.slug, survey=survey)
