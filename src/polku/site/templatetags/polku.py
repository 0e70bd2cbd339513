"""Template tags and filters of the whole product: built assets, and figures in the reader's form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import template
from django.utils.translation import get_language

from polku.site import assets, formats

register = template.Library()


def _language() -> str:
    return (get_language() or "fi")[:2]


@register.simple_tag
def asset(source: str) -> str:
    """The address of a built file: `{% asset "site/site.ts" %}`."""
    return assets.asset_url(source)


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
