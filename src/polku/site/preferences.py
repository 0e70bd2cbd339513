"""What a visitor chose for this browser: the theme. (The language is also a user's own setting.)"""

from __future__ import annotations

from django.http import HttpRequest

THEME_COOKIE = "polku_theme"
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """ "light", "dark", or "auto": as the device has it."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"
