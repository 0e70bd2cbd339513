"""The page of the server: does it send e-mail, is there a backup, is anything wrong."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.demo import DEMO_EMAIL
from polku.installation import domain
from polku.installation.backup.nightly import backup_state
from polku.installation.mail import MailProblem

_MESSAGES, _WITHIN = 5, 600
"""Test messages that one person may have sent in so many seconds."""


@require_safe
@workspace_view("manage")
def server(request: WorkspaceRequest) -> HttpResponse:
    context = {
        "sends_mail": settings.SENDS_MAIL,
        "mail_host": settings.EMAIL_HOST,
        "mail_port": settings.EMAIL_PORT,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "is_demo": request.user.email == DEMO_EMAIL,
        "backup": backup_state(),
        "backup_at": settings.BACKUP_AT,
        "is_making": domain.is_backup_under_way(),
    }
    return render(request, "installation/server.html", context)


@require_POST
@workspace_view("manage")
def send_message(request: WorkspaceRequest) -> HttpResponse:
    """Send a test message to whoever asks, and to nobody else."""
    to = request.user.email
    key = f"test-message:{request.user.pk}"
    cache.add(key, 0, timeout=_WITHIN)
    if cache.incr(key) > _MESSAGES:
        messages.error(request, _("That was many messages; try again in ten minutes."))
    else:
        try:
            domain.send_test_message(workspace=request.workspace, actor=request.user)
        except MailProblem as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("A message is on its way to %s. See that it comes, also to the folder of junk.") % to,
            )
    return redirect("installation:server", workspace=request.workspace.slug)


@require_POST
@workspace_view("manage")
def make_backup(request: WorkspaceRequest) -> HttpResponse:
    """Begin a backup in the background."""
    domain.ask_for_backup(workspace=request.workspace, actor=request.user)
    messages.success(request, _("A backup is being made. This page shows it when it is whole."))
    return redirect("installation:server", workspace=request.workspace.slug)
