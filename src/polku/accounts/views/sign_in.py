"""Where signing in differs from django-allauth's own pages."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetView
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PasswordReset(PasswordResetView):
    """Where no e-mail is sent, the page says how to set a password instead of promising a message."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SENDS_MAIL:
            return self.render_to_response({"sends_mail": False})
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sends_mail=True, **kwargs)


password_reset = PasswordReset.as_view()
