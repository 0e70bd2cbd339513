"""What the values of the front door are called on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.eventstore.web import Dimension

# The same words as on customers' pages, which stand above this room.
_CHANNELS: Mapping[str, Any] = {
    "Direct": pgettext_lazy("traffic", "straight to the site"),
    "Organic Search": pgettext_lazy("traffic", "search engine"),
    "Paid Search": pgettext_lazy("traffic", "search advertising"),
    "Organic Social": pgettext_lazy("traffic", "social media"),
    "Paid Social": pgettext_lazy("traffic", "social media advertising"),
    "Email": pgettext_lazy("traffic", "e-mail"),
    "Referral": pgettext_lazy("traffic", "link on another site"),
    "Display": pgettext_lazy("traffic", "display advertising"),
    "Affiliate": pgettext_lazy("traffic", "affiliate"),
    "AI assistant": pgettext_lazy("traffic", "AI assistant"),
    "Other": pgettext_lazy("traffic", "other"),
}
_DEVICES: Mapping[str, Any] = {
    "phone": pgettext_lazy("machine", "phone"),
    "tablet": pgettext_lazy("machine", "tablet"),
    "computer": pgettext_lazy("machine", "computer"),
    "other": pgettext_lazy("machine", "other device"),
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
    known: Mapping[str, Any] = {"channel": _CHANNELS, "device": _DEVICES}.get(dimension, {})
    return capfirst(str(known[value])) if value in known else value
