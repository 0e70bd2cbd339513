"""Webhooks of a workspace: the list, one with its deliveries, and all that can be done with it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors
from polku.messaging.models import WebhookDelivery, WebhookEndpoint
from polku.messaging.webhooks import domain, registry, signing
from polku.messaging.webhooks.forms import WebhookForm
from polku.messaging.webhooks.words import why_in_words

_PAGE = 25
_RESTORE = "messaging:webhook_restore"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def webhooks(request: WorkspaceRequest) -> HttpResponse:
    """The list, and making one: its page with the secret, which is shown in this answer only, follows."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.create_endpoint(
                workspace=request.workspace, actor=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _page(request, made, secret=signing.secret_of(made.nonce))
    names = registry.types()
    found = [
        (each, [str(names.get(type, type)) for type in each.types])
        for each in WebhookEndpoint.objects.filter(deleted_at=None)
    ]
    context = {"form": form, "endpoints": found}
    return render(request, "messaging/webhooks.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def webhook(request: WorkspaceRequest, webhook: int) -> HttpResponse:
    """One webhook: what it tells and where, and what became of what it told."""
    found = _find(webhook)
    if request.method != "POST":
        return _page(request, found)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            domain.change_endpoint(endpoint=found, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return _to(request, found)
    return _page(request, found, form=form)


@require_POST
@workspace_view("manage")
def test(request: WorkspaceRequest, webhook: int) -> HttpResponse:
    """Send a test."""
    found = _find(webhook)
    domain.send_test(endpoint=found, actor=request.user)
    messages.success(request, _("A test is on its way. Look again in a moment."))
    return _to(request, found)


@require_POST
@workspace_view("manage")
def switch(request: WorkspaceRequest, webhook: int) -> HttpResponse:
    """Off, or on again."""
    found = _find(webhook)
    is_on = request.POST.get("on") == "1"
    domain.switch_endpoint(endpoint=found, on=is_on, actor=request.user)
    messages.success(
        request,
        _("The webhook is in use.") if is_on else _("The webhook is switched off; nothing is sent to it."),
    )
    return _to(request, found)


@require_POST
@never_cache
@workspace_view("manage")
def rotate(request: WorkspaceRequest, webhook: int) -> HttpResponse:
    """A new secret, shown in this answer only."""
    found = _find(webhook)
    domain.rotate_secret(endpoint=found, actor=request.user)
    return _page(request, found, secret=signing.secret_of(found.nonce))


@require_POST
@workspace_view("manage")
def delete(request: WorkspaceRequest, webhook: int) -> HttpResponse:
    found = _find(webhook)
    kept = domain.delete_endpoint(endpoint=found, actor=request.user)
    undo_message(request, _("The webhook to %s was deleted.") % found.url, restore=_RESTORE, kept=kept)
    return redirect("messaging:webhooks", workspace=request.workspace.slug)


@require_POST
@workspace_view("manage")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the webhook that the signed token names."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        back = domain.restore_endpoint(workspace=request.workspace, kept=kept, actor=request.user)
        if back is None:
            messages.error(request, _("This can no longer be undone."))
        else:
            messages.success(request, _("The webhook to %s is back.") % back.url)
    return redirect("messaging:webhooks", workspace=request.workspace.slug)


@require_POST
@workspace_view("manage")
def redeliver(request: WorkspaceRequest, webhook: int, delivery: int) -> HttpResponse:
    """Send the same news once more."""
    found = _find(webhook)
    again = get_object_or_404(found.deliveries.select_related("endpoint", "workspace"), pk=delivery)
    domain.redeliver(delivery=again, actor=request.user)
    messages.success(request, _("It is sent again. Look again in a moment."))
    return _to(request, found)


def _page(
    request: WorkspaceRequest,
    endpoint: WebhookEndpoint,
    *,
    secret: str = "",
    form: WebhookForm | None = None,
) -> HttpResponse:
    page = Paginator(endpoint.deliveries.defer("body"), _PAGE).get_page(request.GET.get("page"))
    names = {**registry.types(), registry.TEST: _("test")}
    context = {
        "endpoint": endpoint,
        "secret": secret,
        "form": form or WebhookForm(initial={"url": endpoint.url, "types": endpoint.types}),
        "page": page,
        "deliveries": [
            {
                "row": row,
                "name": str(names.get(row.type, row.type)),
                "why": why_in_words(row.why, row.status),
                "is_over": row.state in (WebhookDelivery.State.DELIVERED, WebhookDelivery.State.FAILED),
            }
            for row in page
        ],
        "is_active": endpoint.state == WebhookEndpoint.State.ACTIVE,
    }
    return render(request, "messaging/webhook.html", context, status=422 if form and form.errors else 200)


def _find(pk: int) -> WebhookEndpoint:
    return get_object_or_404(
        WebhookEndpoint.objects.filter(deleted_at=None).select_related("workspace"), pk=pk
    )


def _to(request: WorkspaceRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    return redirect("messaging:webhook", workspace=request.workspace.slug, webhook=endpoint.pk)
