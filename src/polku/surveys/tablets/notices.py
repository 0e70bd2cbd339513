"""Tablets that are silent although the shop is open, as every page tells of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope

from polku.accounts.access import WorkspaceRequest
from polku.site.notices import Notice
from polku.surveys.tablets.queries import tablets

_KEPT_SECONDS = 30.0
_MOST_KEPT = 500
_kept: dict[int, tuple[float, list[str]]] = {}


def notices(request: HttpRequest) -> Sequence[Notice]:
    """One line, looked up at most twice a minute, because every page asks."""
    workspace = cast(WorkspaceRequest, request).workspace
    kept = _kept.get(workspace.pk)
    if kept is None or time.monotonic() - kept[0] >= _KEPT_SECONDS:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        with scope(workspace=workspace):
            names = [each.tablet.name for each in tablets(workspace) if each.state == "silent"]
        kept = (time.monotonic(), names)
        _kept[workspace.pk] = kept
    silent = kept[1]
    if not silent:
        return []
    if len(silent) == 1:
        text = _("The tablet “%(name)s” is silent although the shop is open.") % {"name": silent[0]}
    else:
        text = ngettext(
            "%(count)d tablet is silent although the shop is open.",
            "%(count)d tablets are silent although the shop is open.",
            len(silent),
        ) % {"count": len(silent)}
    return [Notice(text, reverse("surveys:tablets", kwargs={"workspace": workspace.slug}))]


def forget() -> None:
    """Look again at once: something about tablets was changed."""
    _kept.clear()
