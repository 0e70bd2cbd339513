"""Further parts of the page of one's own account; rooms above register theirs when the program starts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

Part = Callable[[HttpRequest], str]
"""Gives the part's HTML, safe and in the reader's language; "" where there is nothing to set."""

_parts: list[Part] = []


def register(part: Part) -> None:
    """Add a part (once)."""
    if part not in _parts:
        _parts.append(part)


def parts(request: HttpRequest) -> list[str]:
    return [html for part in _parts if (html := part(request))]
