"""Who calls: a program with a secret key, or a member with a session in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from polku.accounts.access import allows
from polku.accounts.domain import find_api_key
from polku.accounts.models import ApiKey, Workspace
from polku.accounts.queries import membership_of
from polku.api.problems import Problem


@dataclass(frozen=True)
class Caller:
    """Whose workspace is asked about, and whether the caller may see its customers one by one."""

    workspace: Workspace
    sees_people: bool


class SecretKey(HttpBearer):
    """`Authorization: Bearer sk_…`. The key names the workspace, and opens all of it."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        key = find_api_key(token.strip())
        if key is None:
            return None
        if key.kind != ApiKey.Kind.SECRET:
            raise Problem(
                403, _("This is a write key, which only sends signals; questions need a secret key.")
            )
        return Caller(key.workspace, sees_people=True)


class MemberSession(AuthBase):
    """The session of somebody signed in, who names the workspace with ?workspace=SLUG.

    Changes nothing for programs with a key: once a request carries Authorization, its session is not looked at.
    A foreign page cannot use it, because it needs the CSRF token.
    """

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        return self.authenticate(request)

    def authenticate(self, request: HttpRequest) -> Caller | None:
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        if check_csrf(request) is not None:
            raise Problem(403, _("The request lacks a valid CSRF token (header X-CSRFToken)."))
        slug = request.GET.get("workspace", "")
        membership = membership_of(request.user, slug)
        if membership is None:
            raise Problem(404, _("You are not a member of a workspace “%s” (?workspace=…).") % slug[:80])
        return Caller(membership.workspace, sees_people=allows(membership.role, "act"))
