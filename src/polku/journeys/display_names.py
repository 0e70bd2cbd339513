"""Metrics and channels as people call them; what Polku does not know keeps the name it came with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from polku.journeys.models import Channel

_ABBREVIATIONS = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


def metric_name(metric: str) -> str:
    known = {"smiley": _("smiley"), "recommend": _("recommendation")}
    return _ABBREVIATIONS.get(metric) or known.get(metric) or metric


def grade_name(grade: str) -> str:
    """How a loss or an effect is known, A–D, in words."""
    return {
        "A": _("shown by an experiment"),
        "B": _("a compared change"),
        "C": _("a statistical connection"),
        "D": _("a judgement"),
    }[grade]


def channel_names() -> Mapping[str, Any]:
    """The channels that a map offers, with their names."""
    return {channel.value: channel.label for channel in Channel}


def channel_name(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel.values else channel
