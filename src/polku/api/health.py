"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.capture import front
from polku.eventstore.registry import store


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the event store is open, the database answers and signals come in and through, else 503 with what is
    missing."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        missing.append("database")
    try:
        store()
    except RuntimeError:
        missing.append("event store")
    if (door := front.running()) is not None:
        missing += door.missing()
    if missing:
        return JsonResponse(
            {"status": "not ready", "missing": missing}, status=503, headers={"Retry-After": "5"}
        )
    return JsonResponse({"status": "ready"})
