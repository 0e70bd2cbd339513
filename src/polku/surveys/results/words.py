"""Figures of surveys as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.site.formats import Reader
from polku.surveys.results.asked import Asked
from polku.surveys.results.scores import Unit


def metric_word(asked: Asked) -> str:
    """What the figure is called: NPS, CSAT, …"""
    return {
        "nps": "NPS",
        "csat": "CSAT",
        "ces": "CES",
        "smiley": _("Smiley"),
        "task_success": _("Got it done"),
        "stars": _("Stars"),
        "number": pgettext("figure", "Mean"),
    }.get(asked.metric or "", "")


def rule_words(asked: Asked) -> str:
    """How the figure is worked out, in a few words; the scale goes with it."""
    return {
        "nps": _("promoters (9–10) minus detractors (0–6), from −100 to 100"),
        "csat": _("share of the satisfied (4–5 of 5)")
        if asked.scale == (1, 5)
        else _("share of the satisfied (6–7 of 7)"),
        "ces": _("share that agrees it was easy (5–7 of 7)"),
        "smiley": _("mean of the faces, from 0 to 100"),
        "task_success": _("share that got it done"),
        "stars": _("mean, from 1 to 5"),
        "number": _("mean of the answers"),
    }.get(asked.metric or "", "")


def value(amount: float, unit: Unit, reader: Reader) -> str:
    if unit == "share":
        return reader.percent(amount)
    return reader.number(amount, 1 if unit == "mean" else 0)


def interval(ends: Sequence[float], unit: Unit, reader: Reader) -> str:
    if unit == "share":
        return reader.percent_interval(ends)
    return reader.interval(ends, 1 if unit == "mean" else 0)


def decimals(unit: Unit) -> int:
    return 1 if unit == "mean" else 0


def flag_word(flag: str) -> str:
    return {
        "speeder": _("very fast"),
        "straight_liner": _("the same on every row"),
        "duplicate": _("the same answers twice"),
        "bot": _("looks like a program"),
        "too_many": _("many from one place"),
    }.get(flag, flag)
