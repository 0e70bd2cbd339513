"""The four dimensions of perceived value and what is asked of them, as people call them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from polku.analytics.kinds.perceived_value import ITEMS, SIDES
from polku.statistics.perceived import DIMENSIONS


def dimension_name(dimension: str) -> str:
    return {
        "economic": _("Economic"),
        "functional": _("Functional"),
        "emotional": _("Emotional"),
        "symbolic": _("Symbolic"),
    }[dimension]


def dimension_meaning(dimension: str) -> str:
    """What customers get against what they give up there."""
    return {
        "economic": _("value for money, against price and costs"),
        "functional": _("ease and what gets done, against time and effort"),
        "emotional": _("pleasure and trust, against worry and annoyance"),
        "symbolic": _("fits values and who one is, against going against them"),
    }[dimension]


def item_name(item: str) -> str:
    """`economic_benefit` → “Economic: benefit”."""
    dimension, _underscore, side = item.rpartition("_")
    sides = {"benefit": _("benefit"), "sacrifice": _("sacrifice"), "weight": _("stated weight")}
    return f"{dimension_name(dimension)}: {sides[side]}"


NEEDED = tuple(item for item in ITEMS if item.rpartition("_")[2] in SIDES)
"""Without these nothing can be said; weights may be missing."""

__all__ = ["DIMENSIONS", "ITEMS", "NEEDED", "dimension_meaning", "dimension_name", "item_name"]
