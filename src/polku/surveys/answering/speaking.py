"""The language and the look in which a survey is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from polku.accounts.middleware import accepted_languages
from polku.surveys.definition.questions import LANGUAGES, Definition, Theme

NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def language_of(request: HttpRequest, definition: Definition | None, *wanted: str) -> str:
    """The first of `wanted` that the survey is asked in, else the browser's, else the survey's first."""
    offered = definition.languages if definition is not None else LANGUAGES
    for language in (*wanted, *accepted_languages(request.headers.get("Accept-Language", ""))):
        if language in offered:
            return language
    return offered[0]


@dataclass(frozen=True)
class Look:
    """Colours of a survey's own theme, checked: they stand in a style sheet."""

    accent: str
    on_accent: str
    background: str
    ink: str


def look_of(theme: Theme) -> Look | None:
    """None where the survey has the product's own colours, in light and dark."""
    accent, background, ink = (
        colour if _COLOUR.fullmatch(colour) else "" for colour in (theme.accent, theme.background, theme.ink)
    )
    if not (accent or background or ink):
        return None
    accent = accent or "#1f5f4a"
    return Look(accent, _readable_on(accent), background or "#fbfaf7", ink or "#1b1f23")


def _readable_on(colour: str) -> str:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
