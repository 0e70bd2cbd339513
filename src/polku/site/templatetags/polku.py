"""Template tags and filters of the whole product: built assets, and figures in the reader's form."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from polku.site import assets, formats, glossary

register = template.Library()


def _language() -> str:
    return (get_language() or "fi")[:2]


@register.simple_tag
def asset(source: str) -> str:
    """The address of a built file: `{% asset "site/site.ts" %}`."""
    return assets.asset_url(source)


@register.inclusion_tag("site/parts/help.html", takes_context=True, name="help")
def help_button(context: template.Context, key: str) -> dict[str, Any]:
    """A small button beside a word that explains it: `{% help "nps" %}`; nothing for an empty key.

    It is a popover, so it works by keyboard and without scripts. It goes beside links and labels, never into them.
    Raises LookupError for a key that the glossary does not have.
    """
    if not key:
        return {}
    term, workspace = glossary.find(key), context.get("workspace")
    page = reverse("accounts:glossary", kwargs={"workspace": workspace.slug}) if workspace else ""
    return {
        "term": term,
        # The same word may be explained many times on a page, and parts of pages are drawn one at a time.
        "id": f"help-{key}-{secrets.token_hex(4)}",
        "address": f"{page}#{key}" if page else "",
    }


_RANGE = re.compile(r"\S*\d\.?[–…][−+€$£]*\d\S*|[−+][€$£]\S*\d\S*")


@register.filter
def unbroken(text: str) -> SafeString:
    """The text, in which no range such as 31–42 breaks at its dash at the end of a line, and no −€3k after its sign."""
    escaped = conditional_escape(str(text))
    # Safe: escaped above, and the range itself holds only what was there.
    return mark_safe(_RANGE.sub(r'<span class="number">\g<0></span>', escaped))  # noqa: S308


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """`{{ people|number }}` → 18 420"""
    return "" if value is None else formats.number(value, _language(), decimals)


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """`{{ .41|percent }}` → 41 %"""
    return "" if share is None else formats.percent(share, _language(), decimals)


@register.filter
def money(value: float | None, currency: str = "EUR") -> str:
    """`{{ 412000|money:workspace.currency }}` → 412 t€"""
    return "" if value is None else formats.money(value, _language(), currency)


@register.filter
def interval(ends: Sequence[float] | None, decimals: int = 0) -> str:
    """`{{ figure.ci|interval }}` → 31–42"""
    return "" if ends is None else formats.interval(ends, _language(), decimals)


@register.filter
def percent_interval(ends: Sequence[float] | None, decimals: int = 0) -> str:
    """`{{ share.ci|percent_interval }}` → 31–42 %"""
    return "" if ends is None else formats.percent_interval(ends, _language(), decimals)


@register.filter
def day(value: dt.date | None) -> str:
    """`{{ date|day }}` → 24.11.2025"""
    return "" if value is None else formats.day(value, _language(), year=True)


@register.filter
def clock(value: dt.datetime | None) -> str:
    """`{{ moment|clock }}` → klo 14.02"""
    return "" if value is None else formats.clock(value, _language())
