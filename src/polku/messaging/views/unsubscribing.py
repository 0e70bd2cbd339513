"""The page on which a receiver says that they want no more messages. A GET shows a button and changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_scopes import scopes_disabled

from polku.messaging import outcomes
from polku.messaging.domain import sender_of
from polku.messaging.models import Message
from polku.messaging.unsubscribe_words import WRONG_LINK, words_in
from polku.site.tokens import digest_of
from polku.site.wrong_tokens import note_wrong_token, refused_for_guessing

_LONGEST_TOKEN = 64


# Mail programs post here by themselves (RFC 8058), without a cookie that could carry a token; whoever knows this
# address may do nothing else with it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """`List-Unsubscribe=One-Click` or the page's own button opts out, `back` takes that back; anything else is shown
    the button."""
    if refused := refused_for_guessing(request):
        return refused
    message = _find(token)
    if message is None:
        note_wrong_token(request)
        return render(request, "messaging/wrong_link.html", {"words": WRONG_LINK}, status=404)
    done = ""
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click" or "stop" in request.POST:
            outcomes.unsubscribe(message)
            done = "stopped"
        elif "back" in request.POST and outcomes.resubscribe(message):
            done = "back"
    language = message.language or message.workspace.language
    sender = sender_of(message.workspace).name
    context = {
        "sender": sender,
        "words": words_in(language, sender=sender, address=message.recipient_masked),
        "is_stopped": outcomes.is_unsubscribed(message),
        "done": done,
        "language": language,
    }
    return render(request, "messaging/unsubscribe.html", context)


def _find(token: str) -> Message | None:
    if len(token) > _LONGEST_TOKEN:
        return None
    with scopes_disabled():
        return Message.objects.select_related("workspace").filter(unsubscribe_digest=digest_of(token)).first()
