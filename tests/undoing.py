"""Buttons that take a change back, as somebody finds them on a page."""

from __future__ import annotations

import html
import re

from django.core import signing
from django.http import HttpResponse

DAY = 24 * 3600


def undo_token(response: HttpResponse) -> str:
    """What the page's one undo button posts."""
    (token,) = re.findall(r'name="token" value="([^"]+)"', response.content.decode())
    return html.unescape(token)


def aged(token: str, seconds: int, *, restore: str) -> str:
    """The token as if it had been signed so long ago, by the program itself."""

    class Earlier(signing.TimestampSigner):
        def timestamp(self) -> str:
            now = signing.b62_decode(super().timestamp())
            return signing.b62_encode(now - seconds)

    value = signing.TimestampSigner(salt=restore).unsign(token)
    return Earlier(salt=restore).sign(value)
