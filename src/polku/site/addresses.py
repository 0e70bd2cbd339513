"""Where people reach the server: for links that are written where no request tells it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

_DEFAULT = "http://localhost:8000"


def public_address(home: Path | None = None) -> str:
    """Scheme, host and port: of the first of POLKU_HOSTS where HTTPS is spoken in front, else of the server as it was
    started last."""
    known = _of_settings()
    if known:
        return known
    try:
        noted = (home or Path(settings.POLKU_HOME)) / "run" / "address"
        return noted.read_text(encoding="ascii").strip() or _DEFAULT
    except FileNotFoundError:
        return _DEFAULT


def address_for(request: HttpRequest) -> str:
    """The same for a page: where settings do not tell, the address by which the reader came."""
    return _of_settings() or request.build_absolute_uri("/").rstrip("/")


def _of_settings() -> str:
    hosts = [host.lstrip(".") for host in settings.HOSTS if host != "*"]
    return f"https://{hosts[0]}" if settings.HTTPS and hosts else ""
