"""The page behind the link that the server prints while nobody uses it yet."""

from __future__ import annotations

from django.contrib.auth import login
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from polku.accounts import domain
from polku.accounts.forms import FirstOwnerForm
from polku.accounts.models import OwnerLink
from polku.accounts.too_many import too_many_attempts
from polku.accounts.views.forms import add_errors

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_WRONG_LINKS = 30
"""A minute from one address; whoever sends more is guessing."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_owner(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first owner and their workspace, sign them in and lead them to the first steps. Links that are wrong,
    old or used are all the same 404."""
    if not domain.is_owner_link(token):
        if _is_guessing(request):
            return too_many_attempts(request)
        raise Http404
    form = FirstOwnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        language = get_language() or "fi"
        try:
            user, workspace = domain.create_first_owner(
                token=token, language=language[:2], **form.cleaned_data
            )
        except OwnerLink.DoesNotExist:
            raise Http404 from None
        except ValidationError as error:
            add_errors(form, error)
        else:
            login(request, user, backend=_BACKEND)
            return redirect("accounts:checklist", workspace=workspace.slug)
    return render(request, "accounts/first_owner.html", {"form": form}, status=422 if form.errors else 200)


def _is_guessing(request: HttpRequest) -> bool:
    key = f"first-owner:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) > _WRONG_LINKS
    except ValueError:  # the minute ended just now
        return False
