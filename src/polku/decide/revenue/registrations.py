"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.decide import tabs
from polku.site import navigation

PAGES = (
    "decide:revenue-what-if",
    "decide:acquisition",
    "decide:customers",
    "decide:drivers",
    "decide:perceived-value",
    "decide:changes",
)
"""The other pages below numbers/, on which the navigation's entry is marked."""


def register() -> None:
    """Called once, when the program starts."""
    navigation.register(
        navigation.NavigationItem(
            name=pgettext_lazy("navigation", "Numbers"),
            url_name="decide:revenue",
            order=13,
            covers=PAGES,
            key="n",
        )
    )
    tabs.register(tabs.Tab(name=_("Revenue"), url_name="decide:revenue", order=10))
