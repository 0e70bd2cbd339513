"""Keys of the HTTP API."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts import domain, queries
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.forms import ApiKeyForm
from polku.accounts.models import ApiKey
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors

_RESTORE = "accounts:api_key_restore"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def api_keys(request: WorkspaceRequest) -> HttpResponse:
    """The list, and making a key, whose text is shown in this answer only."""
    form = ApiKeyForm(
        request.POST if request.method == "POST" else None, initial={"kind": ApiKey.Kind.SECRET}
    )
    made, text = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, text = domain.create_api_key(
                workspace=request.workspace, actor=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            form = ApiKeyForm(initial={"kind": ApiKey.Kind.SECRET})
    context = {"form": form, "made": made, "text": text, "api_keys": queries.api_keys()}
    return render(request, "accounts/api_keys.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def revoke(request: WorkspaceRequest, key: int) -> HttpResponse:
    """Ask with the key's name, because programs stop working at once; then end it. The message offers to undo it."""
    found = get_object_or_404(ApiKey.objects.select_related("workspace"), pk=key)
    if request.method != "POST":
        return render(request, "accounts/api_key_revoke.html", {"key": found})
    text = _("The key “%s” no longer works.") % found.name
    revoked_at = domain.revoke_api_key(key=found, actor=request.user)
    if revoked_at is None:
        messages.success(request, text)
    else:
        kept = {"key": found.pk, "revoked_at": revoked_at.isoformat()}
        undo_message(request, text, restore=_RESTORE, kept=kept)
    return _to_list(request)


@require_POST
@workspace_view("manage")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Let the key work again that the signed token names."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return _to_list(request)
    key = domain.restore_api_key(
        workspace=request.workspace,
        key=kept["key"],
        revoked_at=datetime.fromisoformat(kept["revoked_at"]),
        actor=request.user,
    )
    if key is None:
        messages.error(request, _("This can no longer be undone."))
    else:
        messages.success(request, _("The key “%s” works again.") % key.name)
    return _to_list(request)


def _to_list(request: WorkspaceRequest) -> HttpResponse:
    return redirect("accounts:api_keys", workspace=request.workspace.slug)
