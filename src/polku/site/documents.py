"""Sheets for paper: HTML laid out as PDF where the extra `documents` is installed, in our own letters."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from polku.site import static_files


def can_make_pdf() -> bool:
    """Whether the extra `documents` is installed."""
    return importlib.util.find_spec("weasyprint") is not None


def pdf_of(html: str) -> bytes:
    """The sheet as PDF; takes about a second."""
    return bytes(document_of(html).write_pdf() or b"")


def document_of(html: str) -> Any:
    """Its pages, laid out. Nothing is fetched from anywhere but our own font."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    class OurFont(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            font = _font()
            if font is None or url != font.as_uri():
                raise ValueError("a sheet fetches nothing else")
            return super().fetch(url, headers)

    return HTML(string=html, url_fetcher=OurFont()).render()


def font_face() -> str:
    """The rule that makes our letters known to a sheet; "" where the front end was not built."""
    font = _font()
    if font is None:
        return ""
    return f'@font-face{{font-family:"Inter Variable";src:url("{font.as_uri()}") format("woff2")}}'


@cache
def _font() -> Path | None:
    """The file of our letters in the built front end; None where it was not built."""
    folder = static_files.ROOT / "polku" / "built" / "assets"
    return next(iter(sorted(folder.glob("inter-latin-standard-*.woff2"))), None)
