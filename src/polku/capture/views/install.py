"""Install the tracker: the code to paste, and the events as they arrive."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts import domain as accounts
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.models import ApiKey
from polku.capture import queries
from polku.capture.front import scripts
from polku.capture.install import snippets
from polku.capture.install.forms import InstallForm
from polku.capture.install.live_events import live_events
from polku.capture.install.trade_words import TRADE_EVENTS
from polku.capture.views.sources import reader_of

_PLACEHOLDER = "pk_…"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def install(request: WorkspaceRequest) -> HttpResponse:
    """The page. Posted with `make` it makes a write key and shows the code with it, in this answer only; with
    `show` it shows the code with a key that the reader has."""
    settings = queries.capture_settings(request.workspace)
    is_posted = request.method == "POST"
    form = InstallForm(
        request.POST if is_posted else None,
        initial={"is_cookieless": settings.is_cookieless, "with_vitals": True},
    )
    key, text = None, ""
    if is_posted and form.is_valid():
        key, text = _key_for(request, form)
    address = request.build_absolute_uri("/").rstrip("/")
    choices = (
        form.choices
        if is_posted and form.is_valid()
        else snippets.Choices(settings.is_cookieless, False, True)
    )
    context: dict[str, Any] = {
        "form": form,
        "key": key,
        "code": snippets.snippet(address, text or _PLACEHOLDER, choices) if text else "",
        "example": snippets.snippet(address, _PLACEHOLDER, choices),
        "choices": choices,
        "settings": settings,
        "is_built": scripts.are_built(),
        "snippets": snippets,
        "trade_events": TRADE_EVENTS,
    }
    context |= _live(request, key.pk if key else None)
    return render(request, "capture/install.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@workspace_view("edit")
def install_events(request: WorkspaceRequest) -> HttpResponse:
    """The part of the page that is asked for every two seconds; 204 while it says what the page knows (`seen`)."""
    number = request.GET.get("key", "")
    key = int(number) if number.isdecimal() and len(number) < 10 else None
    context = _live(request, key, seen=request.GET.get("seen", ""))
    if context["live"] is None:
        return HttpResponse(status=204)
    return render(request, "capture/parts/live_events.html", context)


def _key_for(request: WorkspaceRequest, form: InstallForm) -> tuple[ApiKey | None, str]:
    """The key and its text; (None, "") where the form has learnt of an error."""
    if "make" in request.POST:
        return accounts.create_api_key(
            workspace=request.workspace,
            kind=ApiKey.Kind.WRITE,
            name=form.cleaned_data["site"],
            actor=request.user,
        )
    text = form.cleaned_data["key"]
    key = accounts.find_api_key(text)
    if key is None or key.workspace != request.workspace or key.kind != ApiKey.Kind.WRITE:
        form.add_error("key", _("This is no write key of this workspace, or it was revoked."))
        return None, ""
    return key, text


def _live(request: WorkspaceRequest, key: int | None, *, seen: str = "") -> dict[str, Any]:
    live = live_events(request.workspace, key=key, reader=reader_of(request), seen=seen)
    return {"live": live, "live_key": key or ""}
