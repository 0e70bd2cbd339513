"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["text", "gzip", "zip", "parquet", "old-office", "page", "json", "other"]
Wide = Literal["utf-16-le", "utf-16-be"]

START = 64
"""Bytes that tell the form."""
_OTHERS = re.compile(
    rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|BM..\x00\x00|RIFF|\x7fELF|MZ\x90|SQLite format|Rar!|7z\xbc\xaf|BZh[1-9]|\xfd7zXZ"
    rb"|\x28\xb5\x2f\xfd|\xff\xfe\x00\x00|\x00\x00\xfe\xff",
    re.DOTALL,
)


_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|head|meta)", re.IGNORECASE)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*\{|\{\s*$)")


def form_of(start: bytes) -> Form:
    """The form of what begins with these bytes; "other" is what holds no table."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "old-office"
    if _PAGE.match(start):
        return "page"
    if _JSON.match(start):
        return "json"
    return "other" if _OTHERS.match(start) else "text"


def wide_encoding(start: bytes) -> Wide | None:
    """UTF-16 by its mark, or by the empty half of every letter of a beginning in ASCII."""
    if start.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if start.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = start[0:8:2], start[1:8:2]
    if len(start) >= 8 and all(even) and not any(odd):
        return "utf-16-le"
    if len(start) >= 8 and all(odd) and not any(even):
        return "utf-16-be"
    return None
