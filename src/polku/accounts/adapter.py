"""How signing in differs from django-allauth's own way."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from polku.accounts.too_many import too_many_attempts


class ClosedSignup(DefaultAccountAdapter):
    """Nobody signs up by themselves: users are made by an owner or on the command line."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "enter_current_password": _("Write your current password."),
        "incorrect_password": _("The current password is wrong."),
        "invalid_password_reset": _("The link has been used or is too old."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Answer 429 where allauth would only show an error in the form."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(too_many_attempts(request)) from error
