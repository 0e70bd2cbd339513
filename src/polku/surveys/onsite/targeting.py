"""Whom a link on the web asks, where and when: the settings of the link, as plain data."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

MOST_SITES = 50
MOST_PATTERNS = 50
LONGEST = 300

Lines = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=LONGEST)]], msgspec.Meta(max_length=MOST_PATTERNS)
]
_SITE = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?::\d{1,5})?"
)


class Targeting(msgspec.Struct, frozen=True):
    """`seconds`, `scroll` (percent), `event` and `idle` (seconds) each belong to a `when`. `days`: not again to the
    same visitor within so many. `unknown`: also visitors who have not consented to anything being kept on their
    device."""

    sites: Lines = []
    pages: Lines = []
    not_pages: Lines = []
    when: Literal["time", "scroll", "exit", "event"] = "time"
    seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 15
    scroll: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    event: Annotated[str, msgspec.Meta(max_length=200)] = ""
    idle: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 0
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30
    device: Literal["all", "phone", "computer"] = "all"
    place: Literal["corner", "dialog"] = "corner"
    unknown: bool = True


def targeting_of(settings: object) -> Targeting:
    """That of a link; the usual one where its settings hold nothing that can be read."""
    try:
        return msgspec.convert(settings, Targeting)
    except msgspec.ValidationError:
        return Targeting()


def to_settings(targeting: Targeting) -> dict[str, Any]:
    return dict(msgspec.to_builtins(targeting))


def site_of(text: str) -> str | None:
    """`www.shop.fi`, perhaps with a port, of whatever somebody writes of a site; None where it is no site."""
    plain = text.strip().lower().removeprefix("*.")
    try:
        if "://" in plain:
            plain = urlsplit(plain).netloc
        plain = plain.split("/")[0]
        plain = ":".join([plain.split(":")[0].encode("idna").decode(), *plain.split(":")[1:]])
    except ValueError:  # no address, or no letters of one
        return None
    return plain if _SITE.fullmatch(plain) and len(plain) <= LONGEST else None


def allows(sites: list[str], origin: str) -> bool:
    """Whether pages of this origin may show the survey: the site itself and what stands below it (www.shop.fi below
    shop.fi). A site without a port is any port."""
    try:
        parts = urlsplit(origin)
        host, netloc = parts.hostname or "", parts.netloc.lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return any(name == site or name.endswith(f".{site}") for site in sites for name in (host, netloc))
