"""How often one address may call what devices and websites call without signing in."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

from polku.site.clients import network_of

MINUTE = 60


def is_too_often(
    request: HttpRequest, what: str, *, most: int, seconds: int = MINUTE, who: str | None = None
) -> bool:
    """Counts this call; True where the caller's address (or `who`) made more than `most` within `seconds`.

    The count is the server process's own, as there is one.
    """
    caller = network_of(request.META.get("REMOTE_ADDR", "")) if who is None else who
    key = f"surveys:{what}:{caller}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # the time ended just now
        return False
