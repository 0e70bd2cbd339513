"""What a tablet opens and asks of the server. It has no session: a token of its own says which device it is.

Only requests with a JSON body are taken: a page of another site cannot send one without asking first, and is never
let. So these addresses need no CSRF token, which a page kept for starting without network could not hold.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_scopes import scope

from polku.site.clients import network_of
from polku.site.wrong_tokens import wrong_tokens
from polku.surveys.definition.questions import from_data
from polku.surveys.models import Survey, Tablet
from polku.surveys.onsite.limits import is_too_often
from polku.surveys.tablets import program
from polku.surveys.tablets.domain import pair_tablet
from polku.surveys.tablets.queries import find_by_token, versions_of
from polku.surveys.tablets.setup import setup_of
from polku.surveys.tablets.taking import Delivery, take_delivery

LARGEST_BODY = 512 * 1024
_TRIES, _TRIES_OF_ALL, _TRIES_WITHIN = 10, 300, 600
_DELIVERIES = 120  # a minute and device

Body = TypeVar("Body")


class _Code(msgspec.Struct):
    code: str


@require_safe
def tablet(request: HttpRequest) -> HttpResponse:
    """The page that a tablet shows all day. It holds nothing of anybody: the device fills it."""
    told = {
        "program": program.version() if program.is_built() else "",
        "code": _("Pairing code"),
        "pair": _("Pair this tablet"),
        "help": _(
            "Polku shows a code of six letters and numbers when a tablet is added to a survey. Write it here."
        ),
        "wrong": _("This code is wrong or too old. Ask for a new one."),
        "often": _("Too many tries. Wait ten minutes."),
        "offline": _("No connection to the server. Check the network and try again."),
        "unpaired": _("This tablet has been unpaired. Pair it again with a new code."),
        "empty": _("There is nothing to ask now: the survey is closed, or it has no smiley question."),
        "testing": _("Test: this answer is not kept"),
    }
    files = program.addresses() if program.is_built() else {}
    context = {"told": told, "style": files.get("tablet.css"), "script": files.get("tablet.js")}
    response = render(request, "surveys/tablet.html", context)
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(program.worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """So that the tablet can put the page on its home screen, to open without the browser's bars."""
    content = {
        "name": "Polku",
        "short_name": "Polku",
        "start_url": "/tablet/",
        "scope": "/tablet/",
        "display": "fullscreen",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": [{"src": "/static/polku/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@csrf_exempt
@require_POST
@never_cache
def pair(request: HttpRequest) -> HttpResponse:
    """A code for a token. All wrong codes get the same answer."""
    asked = _body(request, _Code, 1_000)
    if isinstance(asked, HttpResponse):
        return asked
    who = network_of(request.META.get("REMOTE_ADDR", ""))
    if is_too_often(request, "pair", most=_TRIES, seconds=_TRIES_WITHIN, who=who) or is_too_often(
        request, "pair", most=_TRIES_OF_ALL, seconds=_TRIES_WITHIN, who="everybody"
    ):
        return _refused(429, retry_after=_TRIES_WITHIN)
    found = pair_tablet(code=asked.code)
    if found is None:
        return _refused(404)
    paired, token = found
    return JsonResponse({"token": token, "name": paired.name, "now": _now()})


@csrf_exempt
@require_POST
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """What to show."""
    asked = _body(request, dict[str, Any], 1_000)
    if isinstance(asked, HttpResponse):
        return asked
    device = _device(request)
    if isinstance(device, HttpResponse):
        return device
    return JsonResponse({"setup": _setup(device), "now": _now()})


@csrf_exempt
@require_POST
@never_cache
def answers(request: HttpRequest) -> HttpResponse:
    """Answers that were kept, and how the device is: every minute, also without answers."""
    delivery = _body(request, Delivery, LARGEST_BODY)
    if isinstance(delivery, HttpResponse):
        return delivery
    device = _device(request)
    if isinstance(device, HttpResponse):
        return device
    if is_too_often(request, "tablet", most=_DELIVERIES, who=str(device.pk)):
        return _refused(429, retry_after=60)
    with scope(workspace=device.workspace):
        versions = versions_of(device.link.survey)
    if not versions:
        return _refused(404)
    receipt = take_delivery(tablet=device, delivery=delivery, versions=versions)
    shown = _setup(device)
    return JsonResponse(
        {
            "stored": receipt.stored,
            "refused": receipt.refused,
            "now": _now(),
            "mark": shown["mark"] if shown else "",
            "testing": device.testing_until is not None and device.testing_until > timezone.now(),
        }
    )


def _setup(device: Tablet) -> dict[str, Any] | None:
    """None where the survey is closed: answers that were given before still come in."""
    if device.link.survey.state != Survey.State.OPEN:
        return None
    with scope(workspace=device.workspace):
        versions = versions_of(device.link.survey)
        if not versions:
            return None
        newest = versions[max(versions)]
        return setup_of(device, newest, from_data(newest.definition))


def _device(request: HttpRequest) -> Tablet | HttpResponse:
    client = network_of(request.META.get("REMOTE_ADDR", ""))
    wait = wrong_tokens.wait(client)
    if wait:
        return _refused(429, retry_after=wait)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = find_by_token(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        wrong_tokens.note(client)
        return _refused(401)
    return found


def _body(request: HttpRequest, shape: type[Body], most: int) -> Body | HttpResponse:
    origin = request.headers.get("Origin")
    if request.content_type != "application/json" or origin not in (
        None,
        f"{request.scheme}://{request.get_host()}",
    ):
        return _refused(403)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length[:12]) > most or len(request.body) > most:
        return _refused(413)
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _refused(400)


def _refused(status: int, *, retry_after: int | None = None) -> HttpResponse:
    why = {
        400: "This is not what a tablet sends.",
        401: "No tablet has this token.",
        403: "Only the tablet’s own page may send this.",
        404: "The code is wrong, used or too old.",
        413: "This is too long.",
        429: "Too many tries; wait.",
    }
    response = JsonResponse({"detail": why[status]}, status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _now() -> float:
    return timezone.now().timestamp() * 1000
