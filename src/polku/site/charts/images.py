"""A picture as a file: the colours of the page's style sheet written into the SVG, which becomes a PNG."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

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

_SHEET = Path(__file__).with_name("charts.css")


class PicturesUnavailable(Exception):
    """The optional package that makes pictures is not installed; the text says how to get it."""


def png(svg: str) -> bytes:
    """The picture as a PNG on paper. Raises PicturesUnavailable."""
    try:
        import vl_convert
    except ImportError as error:
        raise PicturesUnavailable(
            _("Pictures need an optional part of Polku. Install it with: pip install “polku[images]”.")
        ) from error
    return bytes(vl_convert.svg_to_png(standalone(svg), scale=TIMES))


def standalone(svg: str) -> str:
    """The SVG with its style sheet and ground inside, so that it needs nothing else."""
    end = svg.index(">") + 1
    ground = '<rect width="100%" height="100%" class="chart-ground"/>'
    return f"{svg[:end]}<style>{_style()}.chart-ground{{fill:{LIGHT['--paper']}}}</style>{ground}{svg[end:]}"


@lru_cache(maxsize=1)
def _style() -> str:
    sheet = re.sub(r"/\*.*?\*/", "", _SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"var\((--[\w-]+)\)", lambda found: LIGHT[found.group(1)], sheet)
