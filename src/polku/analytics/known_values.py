"""What values that enrichment gives are called, the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

TRAFFIC_CHANNELS: Mapping[str, Any] = {
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
DEVICE_TYPES: Mapping[str, Any] = {
    "phone": pgettext_lazy("machine", "phone"),
    "tablet": pgettext_lazy("machine", "tablet"),
    "computer": pgettext_lazy("machine", "computer"),
    "other": pgettext_lazy("machine", "other device"),
}
