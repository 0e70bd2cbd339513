"""What a visitor chose for this browser: the theme, and whether single keys are shortcuts.

The language is also a user's own setting.
"""

from __future__ import annotations

from django.http import HttpRequest

THEME_COOKIE = "polku_theme"
THEMES = ("auto", "light", "dark")
KEYS_COOKIE = "polku_keys"
KEYS = ("on", "off")
YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """ "light", "dark", or "auto": as the device has it."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def keys_of(request: HttpRequest) -> str:
    """ "off" where single letters and signs must do nothing: who dictates would set them off by speaking."""
    chosen = request.COOKIES.get(KEYS_COOKIE, "on")
    return chosen if chosen in KEYS else "on"
