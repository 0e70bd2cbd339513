"""Deciding about the keys that the page of joins proposes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.eventstore.joining_keys import Carrier, JoiningKey
from polku.eventstore.port import SignalKind
from polku.people import joining
from polku.people.views.people import reader_of

_RESTORE = "people:key_restore"
_LONGEST = {"property": 255, "origin": 80}


@require_POST
@workspace_view("edit")
def accept(request: WorkspaceRequest) -> HttpResponse:
    """Join by a key; the message offers to undo it for a day."""
    key = _posted_key(request)
    if key is None:
        return _unknown(request)
    try:
        decided = joining.accept_key(workspace=request.workspace, key=key, actor=request.user)
    except ValueError:
        return _unknown(request)
    text = ngettext(
        "%(count)s customer is one with the same customer elsewhere now: %(key)s.",
        "%(count)s customers are one with the same customer elsewhere now: %(key)s.",
        decided.joined,
    ) % {"count": reader_of(request).number(decided.joined), "key": joining.describe_key(key)}
    kept = {"key": _kept(key), "at": decided.at.isoformat() if decided.at else ""}
    undo_message(request, text, restore=_RESTORE, kept=kept)
    return _back(request)


@require_POST
@workspace_view("edit")
def decline(request: WorkspaceRequest) -> HttpResponse:
    """Propose a key no more."""
    key = _posted_key(request)
    if key is None:
        return _unknown(request)
    try:
        joining.decline_key(workspace=request.workspace, key=key, actor=request.user)
    except ValueError:
        return _unknown(request)
    text = _("It is not proposed any more: %(key)s.") % {"key": joining.describe_key(key)}
    undo_message(request, text, restore=_RESTORE, kept={"key": _kept(key), "at": ""})
    return _back(request)


@require_POST
@workspace_view("edit")
def stop(request: WorkspaceRequest) -> HttpResponse:
    """Join by a key no more, or let one be proposed again that was declined."""
    key = _posted_key(request)
    if key is None:
        return _unknown(request)
    joining.stop_key(workspace=request.workspace, key=key, actor=request.user)
    messages.success(request, _("Polku asks about it anew: %(key)s.") % {"key": joining.describe_key(key)})
    return _back(request)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Take a decision back, and apart whom it joined."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        key = JoiningKey(**kept["key"])
        if kept["at"]:
            parted = joining.take_back_key(
                workspace=request.workspace,
                key=key,
                at=datetime.fromisoformat(kept["at"]),
                actor=request.user,
            )
            text = ngettext(
                "%(count)s customer stands alone again.", "%(count)s customers stand alone again.", parted
            )
            later = _(
                "Whom later imports joined by it stay joined; they can be separated on their own pages."
            )
            messages.success(request, f"{text % {'count': reader_of(request).number(parted)}} {later}")
        else:
            joining.stop_key(workspace=request.workspace, key=key, actor=request.user)
            messages.success(request, _("It is proposed again."))
    return _back(request)


def _posted_key(request: WorkspaceRequest) -> JoiningKey | None:
    given: dict[str, Any] = {
        name: request.POST.get(name, "") for name in ("carrier", "property", "origin", "kind")
    }
    if given["carrier"] not in get_args(Carrier) or any(
        len(given[name]) > longest or "\0" in given[name] for name, longest in _LONGEST.items()
    ):
        return None
    if given["kind"] not in {"0", *(str(int(kind)) for kind in SignalKind)}:
        return None
    return JoiningKey(given["carrier"], given["property"], given["origin"], int(given["kind"]))


def _kept(key: JoiningKey) -> dict[str, Any]:
    return {"carrier": key.carrier, "property": key.property, "origin": key.origin, "kind": key.kind}


def _unknown(request: WorkspaceRequest) -> HttpResponse:
    messages.error(request, _("Polku knows no such key."))
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("people:joins", workspace=request.workspace.slug)
