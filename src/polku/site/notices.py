"""Quiet lines under the header of every page: what somebody should know wherever they are.

Upper rooms register what has something to tell when the program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Notice:
    """One sentence in the reader's language, and the page that tells more."""

    text: str
    url: str


Teller = Callable[[HttpRequest], Sequence[Notice]]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Add what may have notices for the workspace of a request (once). It is asked for every page, so it is quick,
    and it never raises."""
    if teller not in _tellers:
        _tellers.append(teller)


def notices(request: HttpRequest) -> list[Notice]:
    """What there is to tell on this request's page; nothing outside a workspace."""
    if getattr(request, "workspace", None) is None:
        return []
    return [notice for teller in _tellers for notice in teller(request)]
