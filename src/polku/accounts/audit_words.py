"""The audit log in words. Upper rooms register the names of their own things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.models import AuditEntry, Role

_things: dict[str, Any] = {
    "api_key": _("API key"),
    "checklist": _("getting started"),
    "member": _("member"),
    "user": _("user"),
    "workspace": _("workspace"),
}
_VERBS = {
    "added": _("added"),
    "closed": pgettext_lazy("audit", "closed"),
    "created": _("created"),
    "deleted": _("deleted"),
    "dismissed": _("put away"),
    "done": pgettext_lazy("audit", "done"),
    "dropped": pgettext_lazy("audit", "dropped"),
    "held": pgettext_lazy("audit", "held"),
    "imported": _("imported"),
    "let_in": pgettext_lazy("audit", "let in"),
    "moved": _("moved"),
    "password_set": _("new password"),
    "published": _("published"),
    "removed": _("removed"),
    "reopened": _("reopened"),
    "replayed": _("processed again"),
    "restored": _("brought back"),
    "revoked": _("revoked"),
    "role_changed": _("role changed"),
    "separated": _("separated"),
    "sent": _("sent"),
    "started": pgettext_lazy("audit", "started"),
    "switched_off": pgettext_lazy("audit", "switched off"),
    "switched_on": pgettext_lazy("audit", "switched on"),
    "updated": _("changed"),
}


def register_things(names: Mapping[str, Any]) -> None:
    """Name the things of other rooms, as in `touchpoint.moved`; the names may be lazy text."""
    _things.update(names)


def describe(entry: AuditEntry) -> str:
    """ "touchpoint: moved"; what nobody named is shown as it is kept."""
    thing, _dot, verb = entry.action.partition(".")
    text = f"{_things.get(thing, thing)}: {_VERBS.get(verb, verb)}"
    role = entry.details.get("role")
    return f"{text} ({Role(role).label})" if role in Role.values else text
