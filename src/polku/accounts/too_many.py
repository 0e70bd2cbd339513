"""The answer to somebody who tried too often."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

WAIT = timedelta(minutes=5)
"""The window of ACCOUNT_RATE_LIMITS in the settings."""


def too_many_attempts(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 with a page that says when to try again; the same for known and unknown addresses."""
    context = {"minutes": int(WAIT.total_seconds() // 60), "again_at": timezone.localtime() + WAIT}
    response = render(request, "account/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(int(WAIT.total_seconds()))
    return response
