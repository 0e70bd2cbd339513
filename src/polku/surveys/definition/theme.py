"""Colours of a survey, and whether they can be read.

Text and links have the ink's colour: at least 4.5 : 1 on the background (WCAG 2.2, 1.4.3). The accent fills buttons and
marks: 3 : 1 (1.4.11); what stands on it is black or white, whichever reads better, which is always enough.
"""

from __future__ import annotations

from polku.surveys.definition.questions import Theme

DEFAULT = Theme(accent="#1f5f4a", background="#fbfaf7", ink="#1b1f23")
LOWEST_CONTRAST = {"ink": 4.5, "accent": 3.0}
"""To the background, by the name of the colour."""


def colours_of(theme: Theme) -> Theme:
    """The theme with the product's own colours where it says nothing."""
    return Theme(
        accent=theme.accent or DEFAULT.accent,
        background=theme.background or DEFAULT.background,
        ink=theme.ink or DEFAULT.ink,
    )


def contrast(one: str, other: str) -> float:
    """Ratio of two `#rrggbb`, 1–21, as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, background: str, ratio: float) -> str:
    """The nearest shade of `colour`, darker or lighter after the background, that reaches the ratio."""
    towards = 0 if contrast("#000000", background) >= contrast("#ffffff", background) else 255
    parts = _parts(colour)
    for step in range(101):
        shade = "#" + "".join(f"{round(part + (towards - part) * step / 100):02x}" for part in parts)
        if contrast(shade, background) >= ratio:
            return shade
    return "#000000" if towards == 0 else "#ffffff"


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
