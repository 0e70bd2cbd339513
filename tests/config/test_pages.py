"""Django behind ASGI: one thread per request, what the caller set holds there, and clients that go."""

from __future__ import annotations

import asyncio
import json
import threading
from contextvars import ContextVar

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from polku.config.pages import Pages
from polku.config.urls import urlpatterns as addresses

asked_by: ContextVar[str] = ContextVar("asked_by", default="nobody")
gone = threading.Event()
pytestmark = pytest.mark.urls(__name__)


class _Noting:
    """A middleware of our own kind: it knows no event loop."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.thread = threading.current_thread().name
        return self.get_response(request)


def _told(request) -> JsonResponse:
    thread = threading.current_thread().name
    said = {"body": request.body.decode(), "by": asked_by.get(), "thread": thread}
    return JsonResponse(said | {"same": request.thread == thread})


def _waits(request) -> HttpResponse:
    gone.wait(10)
    return HttpResponse(request.body)


def _flows(request) -> StreamingHttpResponse:
    async def parts():
        for part in (b"one ", b"two"):
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("told/", csrf_exempt(_told)),
    path("waits/", csrf_exempt(_waits)),
    path("flows/", csrf_exempt(_flows)),
    *addresses,
]


@pytest.fixture
def pages(settings) -> Pages:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}._Noting"]
    return Pages()


async def _ask(pages: Pages, address: str, *body: bytes, leaves: bool = False) -> list[dict[str, object]]:
    """What is sent back to somebody who sends `body` in parts and then waits, or leaves."""
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    parts.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, object]] = []

    async def receive():
        if parts:
            return parts.pop(0)
        if leaves:
            asyncio.get_running_loop().call_later(0.1, gone.set)
        else:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"accept-language", b"en")]
    scope = {"type": "http", "method": "POST", "path": address, "headers": headers, "query_string": b""}
    await pages(scope, receive, send)
    return sent


def test_a_request_stays_in_one_thread_with_what_the_caller_set(pages):
    asked_by.set("Aino")
    start, body = asyncio.run(_ask(pages, "/told/", b"first, ", b"second"))
    assert start["status"] == 200
    expected = {"body": "first, second", "by": "Aino", "thread": "polku-page_0", "same": True}
    assert json.loads(body["body"]) == expected


def test_nothing_is_sent_to_who_has_left_and_the_work_is_ended_in_order(pages):
    gone.clear()
    assert asyncio.run(_ask(pages, "/waits/", b"text", leaves=True)) == []
    assert gone.is_set()


def test_a_body_too_large_is_refused_without_being_kept(pages, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    taken = asyncio.run(_ask(pages, "/told/", b"12345", b"67890"))
    assert json.loads(taken[1]["body"])["body"] == "1234567890"
    refused = asyncio.run(_ask(pages, "/told/", *[b"12345"] * 100))
    assert refused[0]["status"] in (400, 413)
    beginning = asyncio.run(pages.read_body(_sends(b"12345", b"67890", b"12345", b"never asked for")))
    assert beginning.getvalue() == b"123456789012345"


def _sends(*parts: bytes):
    left = list(parts)

    async def receive():
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


def test_who_leaves_before_the_end_of_the_body_asks_nothing(pages):
    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/told/", "headers": [], "query_string": b""}
    asyncio.run(pages(scope, receive, send))


def test_what_flows_is_sent_whole(pages):
    sent = asyncio.run(_ask(pages, "/flows/"))
    assert b"".join(part.get("body", b"") for part in sent) == b"one two"


def test_errors_are_pages(pages):
    assert asyncio.run(_ask(pages, "/nowhere/"))[0]["status"] == 404


def test_the_next_request_finds_the_same_thread_and_so_its_connection(pages):
    async def twice():
        return [(await _ask(pages, "/told/"))[1]["body"] for _time in range(2)]

    first, second = asyncio.run(twice())
    assert b'"thread": "polku-page_0"' in first
    assert first == second
