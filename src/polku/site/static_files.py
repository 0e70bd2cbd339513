"""Serves the package's own static files in front of Django, so that no page waits for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from servestatic import ServeStaticASGI

ROOT = Path(__file__).resolve().parent / "static"


def with_static_files(application: Callable[..., Any], prefix: str = "/static/") -> Callable[..., Any]:
    """`application` behind a server of this package's files. Built files carry a hash in their name and are
    kept by browsers for good."""
    return ServeStaticASGI(
        application,
        root=ROOT,
        prefix=prefix,
        immutable_file_test=r"/polku/built/assets/",
        add_headers_function=_headers,
        allow_all_origins=False,
        max_age=3600,
    )


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
