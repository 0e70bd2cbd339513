"""What the values of the front door are called on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.analytics.known_values import DEVICE_TYPES, TRAFFIC_CHANNELS
from polku.eventstore.web import Dimension

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
        if dimension in ("channel", "source"):
            # A signal's own channel (web, store) is where it happened, not what brought the visitor.
            return _("not known where from")
        return _("no campaign") if dimension == "campaign" else _("not known")
    if dimension == "page":
        return unquote(value)
    known: Mapping[str, Any] = {"channel": TRAFFIC_CHANNELS, "device": DEVICE_TYPES}.get(dimension, {})
    return capfirst(str(known[value])) if value in known else value
