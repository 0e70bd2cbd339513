"""A picture as a file: the colours of the page's style sheet written into the SVG, which becomes a PNG."""

from __future__ import annotations

import re
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.site.charts.svg import element, picture, text

TIMES = 2
"""Pixels of the file for each of the picture: sharp on paper and on slides."""

LIGHT = {
    "--paper": "#fbfaf7",
    "--ink": "#1b1f23",
    "--grey": "#5d646b",
    "--rule": "#e4e0d6",
    "--rule-strong": "#c9c3b5",
    "--control-edge": "#8a8778",
    "--accent": "#1f5f4a",
    "--on-accent": "#ffffff",
    "--accent-ink": "#1f5f4a",
    "--accent-wash": "#e6efe9",
    "--danger": "#a63a25",
    "--series-2": "#b5651d",
    "--series-3": "#3f6ea3",
    "--series-4": "#8d4a6f",
    "--series-5": "#76832a",
    "--series-6": "#2f8f9d",
    "--series-7": "#7a6a58",
    "--series-8": "#5d5aa6",
    "--font": "Inter, Roboto, sans-serif",
}
"""The light tokens that charts use; a test keeps them equal to tokens.css."""

_MARGIN = 24
_SHEET = Path(__file__).with_name("charts.css")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold, however written. Names of events may, and browsers do not mind it in a page."""


class PicturesUnavailable(Exception):
    """The optional package that makes pictures is not installed, or too many are being made; the text says what to
    do."""


class Turns:
    """One picture is made at a time, and after it none for as long as it took: the package lets nothing else of the
    process run meanwhile, neither a page nor what receives signals. At most `most` are made or wait, since each keeps a
    thread from others, and none for more than `patience` seconds.
    """

    def __init__(self, most: int, patience: float) -> None:
        self._patience = patience
        self._room = threading.BoundedSemaphore(most)
        self._turn = threading.Lock()
        self._rests_until = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises PicturesUnavailable."""
        if not self._room.acquire(blocking=False):
            raise _too_many()
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise _too_many()
            try:
                time.sleep(max(0.0, self._rests_until - time.monotonic()))
                begun = time.monotonic()
                try:
                    yield
                finally:
                    ended = time.monotonic()
                    self._rests_until = ended + (ended - begun)
            finally:
                self._turn.release()
        finally:
            self._room.release()


def _too_many() -> PicturesUnavailable:
    return PicturesUnavailable(_("Many pictures are being made just now; ask again in a moment."))


turns = Turns(most=6, patience=10.0)


def png(svg: str, *, title: str = "", lines: Sequence[str] = (), foot: str = "") -> bytes:
    """The picture as a PNG on paper, a title and lines of text above it and a small one below, so that it says by
    itself what it shows. Raises PicturesUnavailable."""
    try:
        import vl_convert
    except ImportError as error:
        raise PicturesUnavailable(
            _("Pictures need an optional part of Polku. Install it with: pip install “polku[images]”.")
        ) from error
    drawn = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", standalone(framed(svg, title, lines, foot)))
    with turns.taken():
        return bytes(vl_convert.svg_to_png(drawn, scale=TIMES))


def framed(svg: str, title: str, lines: Sequence[str], foot: str) -> SafeString:
    """`svg` between its title and its foot, the texts wrapped to its width; with either, it has a margin."""
    found = re.match(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    if found is None:
        raise ValueError("a picture of this room says its width and height first")
    width, height = float(found[1]), float(found[2])
    margin = _MARGIN if title or lines or foot else 0
    parts: list[str] = []
    y: float = _MARGIN if title or lines else 0
    for words, class_, step in (
        *((each, "chart-title", 24) for each in _wrapped(title, width, 18)),
        *((each, "chart-name", 19) for line in lines for each in _wrapped(line, width, 13)),
    ):
        parts.append(text(margin, y + step - 8, words, class_=class_))
        y += step
    parts.append(element("g", SafeString(svg), transform=f"translate({margin} {y})"))
    y += height
    for words in _wrapped(foot, width, 12):
        parts.append(text(margin, y + 12, words))
        y += 18
    return picture(width + 2 * margin, y + (12 if foot else 0), *parts)


def _wrapped(words: str, width: float, size: float) -> list[str]:
    return textwrap.wrap(words, max(20, int(width / (size * 0.54))))


def standalone(svg: str) -> str:
    """The SVG with its style sheet and ground inside, so that it needs nothing else."""
    end = svg.index(">") + 1
    ground = '<rect width="100%" height="100%" class="chart-ground"/>'
    return f"{svg[:end]}<style>{_style()}.chart-ground{{fill:{LIGHT['--paper']}}}</style>{ground}{svg[end:]}"


@lru_cache(maxsize=1)
def _style() -> str:
    # The fonts of files have no weights between the regular and the bold one.
    sheet = _SHEET.read_text(encoding="utf-8").replace("font-weight: 620", "font-weight: 700")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"var\((--[\w-]+)\)", lambda found: LIGHT[found.group(1)], sheet)
