"""In whose name messages go, and what the domain's records must say for them to arrive."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_scopes import scope

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.views.forms import add_errors
from polku.messaging import domain
from polku.messaging.forms import SenderForm
from polku.messaging.models import SenderIdentity


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def sender(request: WorkspaceRequest) -> HttpResponse:
    with scope(workspace=request.workspace):
        identity = SenderIdentity.objects.first() or SenderIdentity()
    initial = {name: getattr(identity, name) for name in ("name", "email", "reply_to", "footer")}
    form = SenderForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_sender(workspace=request.workspace, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("messaging:sender", workspace=request.workspace.slug)
    used = domain.sender_of(request.workspace)
    context = {
        "form": form,
        "sends_mail": settings.SENDS_MAIL,
        "used": used,
        "is_own": bool(identity.email),
        "domain": used.email.rpartition("@")[2],
        "mail_host": settings.EMAIL_HOST,
        "bounces": settings.MAIL_BOUNCES or used.email,
        "has_bounces": bool(settings.MAIL_BOUNCES),
    }
    return render(request, "messaging/sender.html", context, status=422 if form.errors else 200)
