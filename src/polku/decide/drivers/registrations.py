"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.decide import tabs
from polku.decide.drivers.pages import DRIVERS
from polku.site import glossary
from polku.site.glossary.term import Term

TERMS = (
    Term(
        "drivers",
        _("Driver"),
        _(
            "Something that was asked or is known beside an outcome, such as how the delivery was beside overall "
            "satisfaction. Its importance is how much of the differences in the outcome goes with it, shared out "
            "fairly among all drivers."
        ),
        _(
            "Importance is not causality. It says what goes together in the answers; whether improving one moves the "
            "other is shown by a change with something to compare it to. Drivers that say almost the same share "
            "their importance."
        ),
        see=("interval", "n", "evidence"),
    ),
)


def register() -> None:
    """Called once, when the program starts."""
    pages.register(DRIVERS)
    glossary.register(TERMS)
    tabs.register(tabs.Tab(name=_("Drivers"), url_name="decide:drivers", order=30))
