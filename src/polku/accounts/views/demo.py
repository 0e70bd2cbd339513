"""The demo's door: a page with one button."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from polku.accounts.demo import DEMO_EMAIL, is_offered
from polku.accounts.models import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Show the button, or sign in as the demo's user. 404 wherever the demo's sign-in is not offered."""
    if not is_offered(request):
        raise Http404
    if request.method == "POST":
        user = User.objects.filter(email=DEMO_EMAIL, is_active=True).first()
        if user is not None:
            login(request, user, backend=_BACKEND)
            return redirect("accounts:home")
    is_loaded = User.objects.filter(email=DEMO_EMAIL, is_active=True).exists()
    return render(request, "accounts/demo.html", {"is_loaded": is_loaded})
