"""The one address of this room."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from polku.eventstore import cancelling
from polku.eventstore.middleware import token_of


@require_POST
@login_required
def cancel(request: HttpRequest) -> HttpResponse:
    """Stop the questions that this session asked under `token`: 204, or 404 where none is under way."""
    token = token_of(request, request.POST.get("token", ""))
    return HttpResponse(status=204 if token is not None and cancelling.cancel(token) else 404)
