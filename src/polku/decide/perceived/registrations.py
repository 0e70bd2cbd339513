"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.decide import tabs
from polku.decide.perceived.pages import PERCEIVED
from polku.site import glossary
from polku.site.glossary.term import Term

TERMS = (
    Term(
        "perceived_value",
        _("Perceived value"),
        _(
            "What customers feel they get, less what they feel they give up: money, time and effort, worry. Asked in "
            "four dimensions on 0–10, weighted by what matters to them. The index goes from −100 to 100; at 0 they "
            "get as much as they give up."
        ),
        _(
            "Stated weights are what customers say matters: 100 points shared out. Derived weights are what goes with "
            "an outcome such as NPS. Where the two differ, people do not say what they act by, or have not thought "
            "of it. The index is the mean of each answer’s own 10 · Σ w(B − S); its euros are not known."
        ),
        see=("drivers", "interval"),
    ),
)


def register() -> None:
    """Called once, when the program starts."""
    pages.register(PERCEIVED)
    glossary.register(TERMS)
    tabs.register(tabs.Tab(name=_("Perceived value"), url_name="decide:perceived-value", order=40))
