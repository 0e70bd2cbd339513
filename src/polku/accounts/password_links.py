"""Links with which somebody sets a password. They work once and for three days (PASSWORD_RESET_TIMEOUT)."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from polku.accounts.models import User


def password_link(request: HttpRequest, user: User) -> str:
    """The same link that a forgotten password's message holds; setting a password makes it worthless."""
    return request.build_absolute_uri(password_path(user))


def password_path(user: User) -> str:
    """The link without the server's name, for commands."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
