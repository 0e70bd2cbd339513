"""Signing in to the demo with one click, on the machine where it runs and nowhere else."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

DEMO_EMAIL = "demo@polku.localhost"
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


def is_offered(request: HttpRequest) -> bool:
    """Only where the installation says so, to a visitor on this machine who came by a loopback name.

    Both are looked at: behind a proxy every visitor has a loopback address, and with DNS rebinding a foreign
    page's name leads here.
    """
    return bool(settings.DEMO_SIGN_IN) and _is_loopback(request) and _host(request) in _LOCAL_HOSTS


def _is_loopback(request: HttpRequest) -> bool:
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _host(request: HttpRequest) -> str:
    host = request.get_host().lower()
    return host if host.endswith("]") else host.rsplit(":", 1)[0]
