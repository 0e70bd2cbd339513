"""One's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts import account_parts, domain
from polku.accounts.demo import DEMO_EMAIL
from polku.accounts.forms import AccountForm
from polku.accounts.views.forms import add_errors


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Name and language; leads to changing the password."""
    user: Any = request.user
    initial = {"name": user.name, "language": user.language}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            domain.update_user(user=user, changes=form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            with translation.override(user.language or translation.get_language()):
                messages.success(request, _("Saved."))
            return redirect("accounts:account")
    context = {
        "form": form,
        "is_demo": user.email == DEMO_EMAIL,
        "parts": account_parts.parts(request),
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)
