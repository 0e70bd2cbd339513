"""What the values of the front door are called on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.eventstore.web import Dimension

_CHANNELS: Mapping[str, Any] = {
    "Direct": pgettext_lazy("traffic", "Direct"),
    "Organic Search": gettext_lazy("Organic search"),
    "Paid Search": gettext_lazy("Paid search"),
    "Organic Social": gettext_lazy("Organic social"),
    "Paid Social": gettext_lazy("Paid social"),
    "Email": pgettext_lazy("traffic", "E-mail"),
    "Referral": gettext_lazy("Other sites"),
    "AI assistant": gettext_lazy("AI assistants"),
    "Affiliate": gettext_lazy("Affiliates"),
    "Display": gettext_lazy("Display ads"),
    "Other": pgettext_lazy("traffic", "Other"),
}
_DEVICES: Mapping[str, Any] = {
    "phone": gettext_lazy("Phone"),
    "tablet": gettext_lazy("Tablet"),
    "computer": gettext_lazy("Computer"),
    "other": pgettext_lazy("device", "Other"),
}
DIMENSION_NAMES: Mapping[Dimension, Any] = {
    "channel": pgettext_lazy("traffic", "Channel"),
    "source": pgettext_lazy("traffic", "Source"),
    "campaign": gettext_lazy("Campaign"),
    "page": pgettext_lazy("website", "Page"),
    "device": gettext_lazy("Device"),
    "browser": gettext_lazy("Browser"),
}
METRIC_NAMES: Mapping[str, Any] = {
    "visits": pgettext_lazy("website", "Visits"),
    "visitors": gettext_lazy("Visitors"),
    "converted": gettext_lazy("Visits that led to an order"),
    "revenue": gettext_lazy("Sales"),
}


def value_name(dimension: Dimension, value: str | None) -> str:
    """How a value is shown; a page's address is decoded for the eye only."""
    if value is None:
        return _("no campaign") if dimension == "campaign" else _("not known")
    if dimension == "page":
        return unquote(value)
    known = {"channel": _CHANNELS, "device": _DEVICES}.get(dimension, {})
    return str(known.get(value, value))
