"""Addresses without the personal data that sites put into them."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

from polku.capture.enrichment.personal import (
    is_click_id,
    is_personal_name,
    is_plain,
    looks_personal,
    mask_personal,
)

MASK = "***"

_HARMLESS = re.compile(r"[^?#@%+;]*")
_PASSWORD = re.compile(r"^(\s*[a-z][a-z0-9+.\-]*://)[^/?#]*@", re.IGNORECASE)
_MAIL_LINK = re.compile(r"^\s*(mailto|tel|sms|callto|facetime|whatsapp):", re.IGNORECASE)
_NAMES_WITHIN = re.compile(r"[?&;#{,\"'\s]*([\w.\[\]\-]{1,60})[\"']?\s*[=:]")
_ENCODED_TWICE = 3


def scrub_url(url: str) -> str:
    """The address with what is personal in it masked, and ids of clicks taken out.

    Masked are e-mail addresses and Finnish personal identity codes anywhere, phone numbers (in paths only with `+`),
    the values of parameters whose names say that they are personal or secret, in the query and in the fragment, also
    in addresses within them; and a user and password before the host.
    """
    harmless = _HARMLESS.match(url)
    if harmless is not None and harmless.end() == len(url) and not _MAIL_LINK.match(url):
        return mask_personal(url, MASK)
    link = _MAIL_LINK.match(url)
    if link:
        return f"{link.group(1).lower()}:{MASK}"
    base, hash_sign, fragment = url.partition("#")
    base, question_mark, query = base.partition("?")
    base = _path(_PASSWORD.sub(r"\1", base) if "@" in base else base)
    if question_mark:
        query = _pairs(query)
        question_mark = "?" if query else ""
    if hash_sign:
        fragment = _fragment(fragment)
        hash_sign = "#" if fragment else ""
    return f"{base}{question_mark}{query}{hash_sign}{fragment}"


def _path(path: str) -> str:
    """A path, with session ids behind `;` and what is personal masked; it stays encoded as it was where it can."""
    if ";" in path:
        head, *parameters = path.split(";")
        path = ";".join([head, *(_pair(parameter) for parameter in parameters)])
    masked = mask_personal(path, MASK)
    if "%" in masked:
        plain = _decoded(masked)
        cleaned = mask_personal(plain, MASK)
        if cleaned != plain:
            return cleaned
    return masked


def _fragment(fragment: str) -> str:
    """`#delivery`, `#/account?email=…` of single-page apps, or `#access_token=…` of sign-ins."""
    head, question_mark, query = fragment.partition("?")
    head = _pairs(head) if "=" in head else _value(head)
    return f"{head}{question_mark}{_pairs(query)}" if question_mark else head


def _pairs(query: str) -> str:
    return "&".join(
        kept for kept in map(_pair, re.split(r"[&;]", query) if ";" in query else query.split("&")) if kept
    )


def _pair(pair: str) -> str:
    """One `name=value`, masked where it must be; "" for the id of a click."""
    name, equals, value = pair.partition("=")
    if not equals:
        return _value(pair)
    sort = _sort_of(name)
    if sort is _Sort.CLICK:
        return ""
    if not value or (sort is _Sort.HARMLESS and is_plain(value)):
        return pair
    if sort is _Sort.PERSONAL:
        return f"{name}={MASK}"
    return f"{name if sort is _Sort.HARMLESS else MASK}={_value(value)}"


class _Sort(Enum):
    HARMLESS = 0
    PERSONAL = 1  # its value is
    CLICK = 2
    LOOKS_PERSONAL = 3  # the name itself does


@lru_cache(maxsize=8192)
def _sort_of(name: str) -> _Sort:
    """What the name of a parameter, as it stands in an address, says of it."""
    plain = _decoded(name)
    if is_click_id(plain):
        return _Sort.CLICK
    if is_personal_name(plain):
        return _Sort.PERSONAL
    return _Sort.LOOKS_PERSONAL if looks_personal(plain) else _Sort.HARMLESS


def _value(value: str) -> str:
    if is_plain(value):
        return value
    plain = _decoded(value)
    spaced = plain.replace("+", " ")
    if looks_personal(plain) or (spaced != plain and looks_personal(spaced)):
        return MASK
    if "=" in plain or ":" in plain:
        within = _NAMES_WITHIN.findall(plain)
        if any(is_personal_name(name) or is_click_id(name) for name in within):
            return MASK
    return value


def _decoded(text: str) -> str:
    """Percent signs undone, also where an address within an address was encoded again."""
    for _time in range(_ENCODED_TWICE):
        if "%" not in text:
            break
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text
