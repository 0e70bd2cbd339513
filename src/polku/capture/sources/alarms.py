"""Sources that have been silent for too long, as every page tells of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from polku.accounts.access import WorkspaceRequest
from polku.accounts.models import Workspace
from polku.capture import queries
from polku.capture.sources.words import duration
from polku.eventstore.port import StoreError
from polku.site.notices import Notice

_KEPT_SECONDS = 30.0
_MOST_KEPT = 500


@dataclass(frozen=True)
class SilentSource:
    name: str
    origin: str
    silent_for: timedelta


_kept: dict[tuple[str, str | None], tuple[float, tuple[SilentSource, ...]]] = {}


def silent_sources(workspace: Workspace) -> tuple[SilentSource, ...]:
    """Those whose alarm is due, with their names in the reader's language.

    They are looked up at most twice a minute, because every page asks. Raises StoreError.
    """
    key = (workspace.key.hex, get_language())
    kept = _kept.get(key)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    found = tuple(
        SilentSource(source.full_name, source.origin.name, source.freshness.silent_for or timedelta(0))
        for source in queries.sources(workspace)
        if source.freshness.state == "silent"
    )
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = (time.monotonic(), found)
    return found


def forget(workspace: Workspace) -> None:
    """Look again at once: somebody changed what is an alarm."""
    for key in [key for key in list(_kept) if key[0] == workspace.key.hex]:
        _kept.pop(key, None)


def notices(request: HttpRequest) -> Sequence[Notice]:
    """For the registry of the page shell. A store that cannot answer is told of by the pages themselves."""
    workspace = cast(WorkspaceRequest, request).workspace
    match = request.resolver_match
    if match is not None and match.app_name == "capture":
        return ()
    try:
        silent = silent_sources(workspace)
    except StoreError:
        return ()
    if not silent:
        return ()
    if len(silent) == 1:
        only = silent[0]
        text = _("%(source)s: no events for %(time)s.") % {
            "source": only.name,
            "time": duration(only.silent_for),
        }
        return (Notice(text, reverse("capture:source", args=[workspace.slug, only.origin])),)
    text = ngettext(
        "%(count)s source is silent: %(names)s.", "%(count)s sources are silent: %(names)s.", len(silent)
    ) % {
        "count": len(silent),
        "names": ", ".join(source.name for source in silent[:3]) + (" …" if len(silent) > 3 else ""),
    }
    return (Notice(text, reverse("capture:sources", args=[workspace.slug])),)
