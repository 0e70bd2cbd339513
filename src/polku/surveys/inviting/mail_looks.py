"""How the message looks. Mail programs know little CSS, and many nothing but what stands on the element itself: so each
class is written out there. The page that shows the message beforehand may not do that (its security policy forbids
it), and gets the same rules as a sheet."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256

from django.utils.safestring import SafeString, mark_safe

from polku.surveys.definition.questions import Theme
from polku.surveys.definition.theme import colours_of, readable

TEXT = 4.5
"""Contrast of words with what is behind them (WCAG 2.2, 1.4.3). The accent is a colour of words here."""
_FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_LOOKS = {
    "page": "margin:0;padding:0;width:100%;background-color:{background}",
    "sheet": "width:100%;max-width:560px;margin:0 auto;border-collapse:collapse",
    "cell": f"padding:28px 20px 8px;{_FONT};font-size:16px;line-height:1.5;color:{{ink}};text-align:left",
    "sender": "margin:0 0 20px;font-size:14px;font-weight:600;color:{accent}",
    "words": "margin:0 0 16px;color:{ink}",
    "question": "margin:24px 0 4px;font-size:20px;line-height:1.3;font-weight:600;color:{ink}",
    "hint": "margin:0 0 14px;font-size:14px;color:{soft}",
    "scale": "width:100%;border-collapse:separate;border-spacing:3px 0;table-layout:fixed",
    "point": "padding:0;text-align:center;border:1px solid {edge};border-radius:6px;background-color:{raised}",
    "number": f"display:block;padding:11px 0;{_FONT};font-size:15px;line-height:20px;font-weight:600;"
    "color:{ink};text-decoration:none",
    "ends": "width:100%;border-collapse:collapse",
    "low": f"padding:6px 0 0;{_FONT};font-size:12px;line-height:1.4;color:{{soft}};text-align:left",
    "high": f"padding:6px 0 0;{_FONT};font-size:12px;line-height:1.4;color:{{soft}};text-align:right",
    "choice": f"display:block;margin:0 0 8px;padding:12px 16px;{_FONT};font-size:16px;line-height:22px;color:{{ink}};"
    "text-decoration:none;border:1px solid {edge};border-radius:8px;background-color:{raised}",
    "button": f"display:inline-block;margin:20px 0 8px;padding:13px 22px;{_FONT};font-size:16px;line-height:20px;"
    "font-weight:600;color:{background};background-color:{accent};border-radius:8px;text-decoration:none",
    "plain": "margin:20px 0 8px;font-size:15px",
    "link": "color:{accent};text-decoration:underline",
    "foot": f"padding:16px 20px 32px;{_FONT};font-size:13px;line-height:1.5;color:{{soft}};text-align:left",
    "small": "margin:0 0 8px",
    "rule": "margin:0 0 16px;height:1px;line-height:1px;font-size:1px;background-color:{line}",
}
_DARK = {
    "page": "background-color:{background}",
    "cell": "color:{ink}",
    "sender": "color:{accent}",
    "words": "color:{ink}",
    "question": "color:{ink}",
    "hint": "color:{soft}",
    "point": "background-color:{raised};border-color:{edge}",
    "number": "color:{ink}",
    "low": "color:{soft}",
    "high": "color:{soft}",
    "choice": "color:{ink};background-color:{raised};border-color:{edge}",
    "button": "color:{background};background-color:{accent}",
    "link": "color:{accent}",
    "foot": "color:{soft}",
    "rule": "background-color:{line}",
}
_NIGHT = {
    "background": "#14181a",
    "ink": "#efede7",
    "soft": "#a0a6ab",
    "raised": "#1c2124",
    "edge": "#7b8287",
    "line": "#2c3236",
}


class Looks:
    """In templates `{{ look.button }}` writes the attributes that make an element look so."""

    def __init__(self, theme: Theme, *, is_sheet: bool = False) -> None:
        self._colours, self._is_sheet = _day(theme), is_sheet

    def __getitem__(self, name: str) -> SafeString:
        style = "" if self._is_sheet else f' style="{_LOOKS[name].format(**self._colours)}"'
        # Safe: the names are ours, and the colours were read as such.
        return mark_safe(f' class="m-{name}"{style}')  # noqa: S308


def sheet(theme: Theme, *, has_looks: bool) -> str:
    """The sheet in the head: the looks themselves where elements do not carry them, and what only some mail programs
    know: the colours of the night."""
    rules = list(_rules(_LOOKS, _day(theme))) if has_looks else []
    night = "".join(_rules(_DARK, _night(theme), " !important"))
    return "".join(rules) + "@media (prefers-color-scheme:dark){" + night + "}"


def policy_hash(text: str) -> str:
    """What a content security policy says to let exactly this sheet pass."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _rules(looks: Mapping[str, str], colours: Mapping[str, str], mark: str = "") -> Iterator[str]:
    for name, style in looks.items():
        declarations = ";".join(f"{each}{mark}" for each in style.format(**colours).split(";"))
        yield f".m-{name}{{{declarations}}}"


def _day(theme: Theme) -> dict[str, str]:
    colours = colours_of(theme)
    is_own = bool(theme.background)
    return {
        "accent": readable(colours.accent, colours.background, TEXT),
        "background": colours.background,
        "ink": colours.ink,
        "soft": readable("#5d646b", colours.background, TEXT),
        "raised": colours.background if is_own else "#ffffff",
        "edge": readable("#8a8778", colours.background, 3.0),
        "line": "#e4e0d6",
    }


def _night(theme: Theme) -> dict[str, str]:
    return {**_NIGHT, "accent": readable(colours_of(theme).accent, _NIGHT["background"], TEXT)}
