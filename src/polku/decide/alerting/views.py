"""The list of alerts, and their settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.decide.acting.shown import reader_of
from polku.decide.alerting import domain
from polku.decide.alerting.choices import choices_of, choose_alerts, readers_of
from polku.decide.alerting.forms import AlertForm
from polku.decide.alerting.page import shown_alerts, watched
from polku.decide.alerting.telling import send_test
from polku.decide.models import Alert
from polku.decide.tabs import tabs_of


@require_safe
@never_cache
@workspace_view("view")
def alerts(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    reader = reader_of(workspace)
    opened, closed = shown_alerts(workspace, reader)
    context = {
        "tabs": tabs_of(workspace, "decide:changes"),
        "opened": opened,
        "closed": closed,
        "watched": watched(workspace, reader),
        "has_readers": bool(readers_of(workspace)),
        "shows_nps": any(shown.words.alert.metric == "nps" for shown in opened),
    }
    return render(request, "decide/alerting/list.html", context)


@require_POST
@workspace_view("act")
def acknowledge(request: WorkspaceRequest, alert: int) -> HttpResponse:
    found = get_object_or_404(Alert.objects.select_related("workspace", "touchpoint"), pk=alert)
    domain.acknowledge_alert(alert=found, is_seen=request.POST.get("seen") != "0", actor=request.user)
    return redirect("decide:alerts", workspace=request.workspace.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def alert_settings(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    form = AlertForm(
        request.POST if request.method == "POST" else None, workspace=workspace, now=choices_of(workspace)
    )
    if request.method == "POST" and form.is_valid():
        try:
            choose_alerts(workspace=workspace, actor=request.user, **form.chosen())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("decide:alert-settings", workspace=workspace.slug)
    context = {
        "form": form,
        "sends_mail": settings.SENDS_MAIL,
        "test_address": reverse("decide:alert-test", args=[workspace.slug]),
        "watched": watched(workspace, reader_of(workspace)),
    }
    return render(request, "decide/alerting/settings.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_view("edit")
def test_message(request: WorkspaceRequest) -> HttpResponse:
    """Send the reader's own address a message as alerts send it."""
    if settings.SENDS_MAIL:
        send_test(request.workspace, request.user)
        messages.success(
            request, _("A test message is on its way to %(address)s.") % {"address": request.user.email}
        )
    else:
        messages.error(request, _("The server cannot send e-mail yet."))
    return redirect("decide:alert-settings", workspace=request.workspace.slug)
