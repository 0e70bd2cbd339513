"""The pages where a survey is put on the company's website."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts import domain as accounts
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.models import ApiKey
from polku.accounts.undo import posted_undo, undo_message
from polku.site.addresses import address_for
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.onsite import domain
from polku.surveys.onsite.callers import preview_key
from polku.surveys.onsite.forms import WebLinkForm
from polku.surveys.onsite.queries import web_link
from polku.surveys.onsite.snippets import EVENT, snippet
from polku.surveys.tabs import tabs_of

_RESTORE = "surveys:web_restore"


@workspace_view("edit")
@require_POST
def web_add(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Make a link and open its settings."""
    found = get_object_or_404(Survey, pk=survey, deleted_at=None)
    try:
        link = domain.add_web_link(survey=found, name=_("Website"), actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("surveys:collect", workspace=request.workspace.slug, survey=found.pk)
    return redirect("surveys:web", workspace=request.workspace.slug, survey=found.pk, web=link.pk)


@never_cache
@workspace_view("edit")
@require_http_methods(["GET", "HEAD", "POST"])
def web(request: WorkspaceRequest, survey: int, web: int) -> HttpResponse:
    """Settings, code and figures of one link. Posted with `make`, it makes a write key and shows the code with it, in
    this answer only."""
    link = _link_or_404(survey, web)
    is_saving = request.method == "POST" and "make" not in request.POST
    form = WebLinkForm(request.POST if is_saving else None, link=link)
    key_text = ""
    if is_saving and form.is_valid():
        domain.update_web_link(
            link=link,
            name=form.cleaned_data["name"],
            targeting=form.targeting,
            is_active=form.cleaned_data["is_active"],
            actor=request.user,
        )
        messages.success(request, _("Saved. Pages that are open follow within five minutes."))
        return redirect("surveys:web", workspace=request.workspace.slug, survey=survey, web=link.pk)
    if request.method == "POST" and not is_saving:
        _key, key_text = accounts.create_api_key(
            workspace=request.workspace,
            kind=ApiKey.Kind.WRITE,
            name=_("Surveys on the website"),
            actor=request.user,
        )
    context = {
        "survey": link.survey,
        "tabs": tabs_of(link.survey, "surveys:collect"),
        "form": form,
        "shown": web_link(link),
        "code": snippet(address_for(request), key_text or "pk_…"),
        "has_key": bool(key_text),
        "event_code": EVENT,
    }
    return render(request, "surveys/onsite.html", context, status=422 if form.errors else 200)


@never_cache
@workspace_view("view")
@require_safe
def web_preview(request: WorkspaceRequest, survey: int, web: int) -> HttpResponse:
    """A page as a visitor might see it, with the widget on it. Nothing of it is kept."""
    link = _link_or_404(survey, web)
    return render(
        request,
        "surveys/onsite_preview.html",
        {"survey": link.survey, "link": link, "key": preview_key(link)},
    )


@workspace_view("edit")
@require_POST
def web_delete(request: WorkspaceRequest, survey: int, web: int) -> HttpResponse:
    link = _link_or_404(survey, web)
    if domain.delete_web_link(link=link, actor=request.user):
        text = _("“%s” is no longer shown on the web. Its answers stay.") % link.name
        undo_message(request, text, restore=_RESTORE, kept={"link": link.pk, "survey": survey})
    return redirect("surveys:collect", workspace=request.workspace.slug, survey=survey)


@workspace_view("edit")
@require_POST
def web_restore(request: WorkspaceRequest) -> HttpResponse:
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return redirect("surveys:list", workspace=request.workspace.slug)
    link = domain.restore_web_link(workspace=request.workspace, link=kept["link"], actor=request.user)
    if link is None:
        messages.error(request, _("This can no longer be undone."))
    else:
        messages.success(request, _("“%s” is on the web again.") % link.name)
    return redirect("surveys:collect", workspace=request.workspace.slug, survey=kept["survey"])


def _link_or_404(survey: int, web: int) -> SurveyLink:
    return get_object_or_404(
        SurveyLink.objects.select_related("survey", "workspace"),
        pk=web,
        survey=survey,
        kind=SurveyLink.Kind.WEB,
        deleted_at=None,
        survey__deleted_at=None,
    )
