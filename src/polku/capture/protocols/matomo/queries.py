"""Hits as they travel: a query string, or an object of parameters; one or a list of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

import msgspec

Parameters = dict[str, str]

LEFT_OUT = frozenset({"token_auth", "cip"})
"""Of a hit that is kept as it came: a token that may be a password elsewhere, and the visitor's IP address."""


class Bulk(msgspec.Struct, gc=False):
    requests: list[Any]
    token_auth: Any = None


_bulk = msgspec.json.Decoder(Bulk).decode


def bulk_of(body: bytes) -> Bulk | None:
    """The hits of a bulk request; None where the body is none."""
    try:
        return _bulk(body)
    except (ValueError, RecursionError):
        return None


def key_among(parameters: Parameters) -> str | None:
    """`idsite` is the write key, unless it is a plain number, as in Matomo: then `token_auth` is."""
    site = parameters.get("idsite")
    return site if site and not site.isdecimal() else parameters.get("token_auth") or None


def parameters_of(query: str, errors: str = "strict") -> Parameters:
    """The parameters of a query string; of a repeated one the last. Raises UnicodeError for what is no UTF-8."""
    if errors == "strict":
        query.encode()
    parameters: Parameters = {}
    for part in query.removeprefix("?").split("&"):
        name, _, value = part.partition("=")
        if "%" in part or "+" in part:
            name, value = unquote_plus(name, errors=errors), unquote_plus(value, errors=errors)
        if name:
            parameters[name] = value
    return parameters


def parameters_of_object(values: dict[str, Any]) -> Parameters:
    """The same, of an object whose values are texts and numbers."""
    return {
        name: value if type(value) is str else msgspec.json.encode(value).decode()
        for name, value in values.items()
        if value is not None
    }


def without_secrets(query: str) -> str:
    """The query string as it came, but for what is left out."""
    if not any(name in query for name in LEFT_OUT):
        return query
    parts = query.removeprefix("?").split("&")
    return "&".join(part for part in parts if part.partition("=")[0] not in LEFT_OUT)
