"""Whoever tries addresses with wrong tokens is told to wait: more than thirty in a minute is guessing."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.http import HttpRequest

MOST = 30
_WINDOW = 60  # seconds


def _key(request: HttpRequest) -> str:
    return f"wrong-token:{request.META.get('REMOTE_ADDR', '')}:{int(time.time()) // _WINDOW}"


def note_wrong_token(request: HttpRequest) -> None:
    key = _key(request)
    cache.add(key, 0, timeout=2 * _WINDOW)
    cache.incr(key)


def is_guessing(request: HttpRequest) -> bool:
    """Whether this sender tried MOST wrong ones in the minute already. Right ones are refused then too, so that the
    answer tells nothing."""
    return bool(cache.get(_key(request), 0) >= MOST)
