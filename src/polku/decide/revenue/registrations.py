"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.decide import tabs
from polku.site import glossary, navigation
from polku.site.glossary.term import Term

PAGES = (
    "decide:revenue-what-if",
    "decide:acquisition",
    "decide:customers",
    "decide:customer-group",
    "decide:segment-value",
    "decide:drivers",
    "decide:perceived-value",
    "decide:changes",
    "decide:alerts",
    "decide:goal-new",
)
"""The other pages below numbers/, on which the navigation's entry is marked."""

TERMS = (
    Term(
        "orders_per_visitor",
        _("Conversion of the revenue"),
        _("Orders for each person who was seen: times visitors and the average order it makes the revenue."),
        _(
            "It counts people, not visits, and orders by phone and in stores too, so it is another figure than the "
            "conversion of the website. Where people order more than once it may exceed 100 %."
        ),
        see=("interval",),
    ),
    Term(
        "mix",
        _("Mix"),
        _("How the visitors are divided among channels, devices or other parts."),
        _(
            "When more of the visitors come to a part that buys little, the conversion of the whole falls although it "
            "falls nowhere. In the table of parts this stands apart from what changed within them."
        ),
        see=("orders_per_visitor",),
    ),
)


def register() -> None:
    """Called once, when the program starts."""
    glossary.register(TERMS)
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
