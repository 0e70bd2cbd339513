"""What the widget on a website asks of the server."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from polku.site.clients import network_of
from polku.surveys.answering.domain import Sender
from polku.surveys.models import SurveyLink
from polku.surveys.onsite.asking import Showing, show_survey
from polku.surveys.onsite.callers import answered, find_caller, read_body, refused
from polku.surveys.onsite.limits import MINUTE, is_too_often
from polku.surveys.onsite.taking import Answering, take_step
from polku.surveys.onsite.targeting import targeting_of, to_settings

_KEPT = 300  # seconds: a change of the settings reaches the pages within five minutes
_CONFIGURATIONS, _SHOWINGS, _STEPS = 120, 60, 300  # a minute and address; an office may share one


@require_GET
def config(request: HttpRequest) -> HttpResponse:
    """The surveys that pages of the asking site may show, and when."""
    if is_too_often(request, "config", most=_CONFIGURATIONS):
        return refused(429, retry_after=MINUTE)
    caller = find_caller(request, request.GET.get("key", ""))
    if caller is None:
        return refused(403)
    if caller.is_preview:
        (link,) = caller.links
        now = {
            "when": "time",
            "seconds": 0,
            "share": 1,
            "unknown": True,
            "device": "all",
            "pages": [],
            "not_pages": [],
        }
        return answered(caller, {"surveys": [{"link": link.pk} | _told(link) | now]})
    return answered(
        caller, {"surveys": [{"link": link.pk} | _told(link) for link in caller.links]}, kept=_KEPT
    )


def _told(link: SurveyLink) -> dict[str, Any]:
    settings = to_settings(targeting_of(link.settings))
    del settings["sites"]
    return settings


@csrf_exempt
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """The survey is about to be shown."""
    if is_too_often(request, "show", most=_SHOWINGS):
        return refused(429, retry_after=MINUTE)
    showing = read_body(request, Showing)
    if isinstance(showing, HttpResponse):
        return showing
    caller = find_caller(request, showing.key)
    link = caller.link(showing.link) if caller else None
    if caller is None or link is None:
        return refused(403)
    card = show_survey(link=link, showing=showing, is_preview=caller.is_preview)
    if "page" in card:
        card["page"] = request.build_absolute_uri(card["page"])
    return answered(caller, card)


@csrf_exempt
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """A step was answered."""
    if is_too_often(request, "answer", most=_STEPS):
        return refused(429, retry_after=MINUTE)
    sent = read_body(request, Answering)
    if isinstance(sent, HttpResponse):
        return sent
    caller = find_caller(request, sent.key)
    link = caller.link(sent.link) if caller else None
    if caller is None or link is None:
        return refused(403)
    sender = Sender(
        network_of(request.META.get("REMOTE_ADDR", "")), request.headers.get("User-Agent", "")[:1_000]
    )
    status, content = take_step(link=link, sent=sent, is_preview=caller.is_preview, sender=sender)
    return answered(caller, content, status=status)
