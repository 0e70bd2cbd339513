"""The addresses: the server libraries' and the short ones of the browser."""

from __future__ import annotations

BATCH = {"/v1/batch", "/v1/import", "/v1/b"}
SINGLE = {
    "/v1/track": "track",
    "/v1/t": "track",
    "/v1/identify": "identify",
    "/v1/i": "identify",
    "/v1/page": "page",
    "/v1/p": "page",
    "/v1/screen": "screen",
    "/v1/s": "screen",
    "/v1/group": "group",
    "/v1/g": "group",
    "/v1/alias": "alias",
    "/v1/a": "alias",
}
"""Address → type of an event that does not say its own."""
METRICS = "/v1/m"
POSTED = BATCH | SINGLE.keys() | {METRICS}

_SETTINGS = ("/v1/projects/", "/settings")


def settings_key(path: str) -> str | None:
    """The key in /v1/projects/KEY/settings; None for any other address."""
    start, end = _SETTINGS
    if not (path.startswith(start) and path.endswith(end)):
        return None
    key = path[len(start) : -len(end)]
    return key if key and "/" not in key else None
