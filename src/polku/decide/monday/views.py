"""The first page, and whether its reader gets it by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.decide.acting.shown import reader_of
from polku.decide.monday.choosing import choose, find_choice, wants
from polku.decide.monday.page import FIXES, journey_of, monday
from polku.journeys.models import Journey
from polku.journeys.start_page import LAST_JOURNEY, remember_journey
from polku.site.wrong_tokens import note_wrong_token, refused_for_guessing


@require_safe
@never_cache
@workspace_view("view")
def page(request: WorkspaceRequest) -> HttpResponse:
    """The whole page; htmx asks for it again while something is being counted, and then waits for it."""
    wanted = request.GET.get("journey", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    journey = journey_of(request.workspace, chosen or request.session.get(LAST_JOURNEY))
    email = {"is_wanted": wants(request.membership), "is_possible": settings.SENDS_MAIL}
    if journey is None:
        return render(request, "decide/monday/nothing.html", {"email": email})
    if chosen == journey.pk:
        remember_journey(request, journey)
    reader = reader_of(request.workspace)
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    shown = monday(journey, reader, now=timezone.now(), may_wait=is_part)
    context = {
        "monday": shown,
        "journey": journey,
        "journeys": list(Journey.objects.all()[:50]),
        "fixes": shown.fix.priced[:FIXES],
        "unpriced": shown.fix.unpriced[:FIXES] if not shown.fix.priced else (),
        "more_fixes": max(0, len(shown.fix.priced) - FIXES),
        "may_change": allows(request.membership.role, "edit"),
        "email": email,
    }
    return render(request, "decide/monday/page.html", context)


@require_POST
@workspace_view("view")
def email(request: WorkspaceRequest) -> HttpResponse:
    """The reader's own choice: `on` is 1 or 0."""
    is_wanted = request.POST.get("on") == "1"
    choose(workspace=request.workspace, user=request.user, is_wanted=is_wanted, actor=request.user)
    text = (
        _("You get this page by e-mail every Monday.")
        if is_wanted
        else _("You no longer get this page by e-mail.")
    )
    messages.success(request, text)
    if request.POST.get("back") == "account":
        return redirect("accounts:account")
    return redirect("decide:monday", workspace=request.workspace.slug)


# Mail programs post here by themselves (RFC 8058), without a cookie that could carry a token; whoever knows this
# address may do nothing else with it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Let the e-mail of Monday stop, and nothing else that the workspace sends. A GET shows a button."""
    if refused := refused_for_guessing(request):
        return refused
    choice = find_choice(token)
    if choice is None:
        note_wrong_token(request)
        return render(request, "decide/monday/stop.html", {"choice": None}, status=404)
    if request.method == "POST":
        choose(
            workspace=choice.workspace, user=choice.user, is_wanted="back" in request.POST, actor=choice.user
        )
        choice.refresh_from_db()
    language = choice.user.language or choice.workspace.language
    with translation.override(language):
        context = {"choice": choice, "language": language, "is_done": request.method == "POST"}
        return render(request, "decide/monday/stop.html", context)
