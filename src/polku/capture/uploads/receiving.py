"""Files on their way in: who may send large bodies, how large, and where they lie until they have come whole.

Everywhere else a body is small and stays in memory (config/pages.py). Here it goes to the disk while it comes, and only
from members who may import: whoever may not has no more than a small body read, as on any page.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.handlers.asgi import ASGIRequest
from django_scopes import scopes_disabled

from polku.accounts.access import allows
from polku.accounts.models import Membership
from polku.capture.uploads import files

_ADDRESS = re.compile(r"/w/([-a-zA-Z0-9_]+)/import/files/")
TOO_LARGE, NO_ROOM = "large", "room"


def most_bytes() -> int:
    """How large one sending may be, all its files together."""
    return int(settings.UPLOAD_MEGABYTES) * 1_000_000


def workspace_of(scope: dict[str, Any]) -> str | None:
    """The workspace's slug where the request brings files, else None."""
    found = _ADDRESS.fullmatch(scope["path"])
    return found[1] if found and scope["method"] == "POST" else None


def may_send(request: ASGIRequest, slug: str) -> bool:
    """Whether whoever asks may import into the workspace; the view asks again."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    request.session = SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return False
    with scopes_disabled():
        membership = Membership.objects.filter(workspace__slug=slug, user_id=user.pk).first()
    return membership is not None and allows(membership.role, "edit")


def refusal(size: int) -> str:
    """Why `size` bytes cannot be taken just now; empty where they can."""
    if size > most_bytes():
        return TOO_LARGE
    return "" if files.has_room_for(size) else NO_ROOM


def refused(slug: str, why: str) -> tuple[int, list[tuple[bytes, bytes]]]:
    """The answer to a sending that is refused: to the page that says why. A body was read and let fall by then."""
    address = f"/w/{quote(slug)}/import/?refused={why}"
    return HTTPStatus.SEE_OTHER, [(b"location", address.encode()), (b"content-length", b"0")]


class ArrivingFiles(TemporaryFileUploadHandler):
    """Keeps files of a form on the disk on which they will stay (settings.FILE_UPLOAD_TEMP_DIR)."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        files.arriving()
        super().new_file(*args, **kwargs)
