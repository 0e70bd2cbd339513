"""Large bodies: only from members who may import, within bounds, and never in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.test import Client
from django_scopes import scope

from polku.capture.models import Upload
from polku.capture.uploads import files
from polku.config.pages import Pages
from polku.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
EDGE = "rajaviiva"


def body_of(name: str, content: bytes, token: str) -> Iterator[bytes]:
    """A form as a browser sends it, in pieces."""
    yield f'--{EDGE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode()
    yield f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    for begin in range(0, len(content), 65_536):
        yield content[begin : begin + 65_536]
    yield f"\r\n--{EDGE}--\r\n".encode()


def send(
    client: Client,
    workspace,
    content: bytes,
    *,
    tell_size: bool = True,
    meanwhile: Callable[[int], None] = lambda read: None,
) -> tuple[int, str, int]:
    """(status, where it leads, bytes that were read of the body); `meanwhile` is told of each piece."""
    client.get("/account/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "x" * 32
    pieces = list(body_of("iso.csv", content, token))
    cookies = "; ".join(f"{key}={cookie.value}" for key, cookie in client.cookies.items())
    headers = [
        (b"host", b"localhost"),
        (b"cookie", cookies.encode()),
        (b"content-type", f"multipart/form-data; boundary={EDGE}".encode()),
    ]
    if tell_size:
        headers.append((b"content-length", str(sum(map(len, pieces))).encode()))
    asked = {
        "type": "http",
        "method": "POST",
        "path": f"/w/{workspace.slug}/import/files/",
        "headers": headers,
        "query_string": b"",
    }
    sent: list[dict] = []
    read = 0

    async def receive():
        nonlocal read
        if pieces:
            piece = pieces.pop(0)
            read += len(piece)
            meanwhile(read)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}
        await asyncio.sleep(30)
        return {"type": "http.disconnect"}

    async def take(message):
        sent.append(message)

    async_to_sync(Pages())(asked, receive, take)
    told = dict(sent[0]["headers"])
    location = told.get(b"location", told.get(b"Location", b"")).decode()
    return sent[0]["status"], location, read


def kept(workspace) -> list[tuple[str, int]]:
    with scope(workspace=workspace):
        return [(upload.name, files.file_of(upload).stat().st_size) for upload in Upload.objects.all()]


def test_a_file_larger_than_memory_may_hold_is_kept_whole(owner_client, workspace):
    content = b"a;b\r\n" + b"1;2\r\n" * 1_200_000
    assert len(content) > 2 * django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    status, location, _read = send(owner_client, workspace, content)
    with scope(workspace=workspace):
        assert (status, location) == (302, f"/w/{workspace.slug}/import/{Upload.objects.get().pk}/")
    assert kept(workspace) == [("iso.csv", len(content))]
    assert list(files.arriving().iterdir()) == []
    assert Job.objects.get().kind == "capture.read_upload"


@pytest.mark.parametrize("tell_size", [True, False])
def test_what_is_too_large_is_let_fall_to_its_end_and_the_page_says_why(
    owner_client, workspace, settings, tell_size
):
    settings.UPLOAD_MEGABYTES = 1
    status, location, read = send(owner_client, workspace, b"x" * 3_000_000, tell_size=tell_size)
    assert (status, location) == (303, f"/w/{workspace.slug}/import/?refused=large")
    assert read > 3_000_000
    assert kept(workspace) == []
    assert "suurempia kuin kerralla voi lähettää" in owner_client.get(location).content.decode()


def test_a_disk_that_fills_while_a_file_comes_keeps_its_reserve(owner_client, workspace, settings):
    def fill(read: int) -> None:
        if read > 2_000_000:
            settings.UPLOAD_RESERVE = 10**18

    status, location, read = send(owner_client, workspace, b"x" * 9_000_000, tell_size=False, meanwhile=fill)
    assert (status, location) == (303, f"/w/{workspace.slug}/import/?refused=room")
    assert read > 9_000_000
    assert kept(workspace) == []
    assert "ei ole tilaa" in owner_client.get(location).content.decode()


def test_nothing_of_a_stranger_or_a_viewer_is_kept(client, teammate, workspace):
    status, location, _read = send(client, workspace, b"x" * 5_000_000)
    assert status in (400, 403) or location.startswith("/accounts/login/")
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    status, _location, _read = send(client, workspace, b"x" * 5_000_000)
    assert status in (400, 403)
    assert kept(workspace) == []
    assert list(files.arriving().iterdir()) == []
