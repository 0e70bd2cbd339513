"""The words of customers' value, explained."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.site import glossary
from polku.site.glossary.term import Term

_TERMS = (
    Term(
        "customer-value",
        _("Customer value"),
        _("The margin that a customer is expected to bring within the time ahead, in today’s money."),
        _(
            "Purchases to come are foretold from when each customer bought so far (BG/NBD), the value of a purchase "
            "from what they spent (Gamma-Gamma), times your margin; what comes later counts a little less. The range "
            "holds what is not known of the model, not each customer’s luck."
        ),
    ),
    Term(
        "repeat-rate",
        _("Repeat rate"),
        _("The share of customers who have bought on at least two different days."),
        _("New customers have had little time to come back, so a shop that grows fast has a lower one."),
    ),
    Term(
        "still-a-customer",
        _("Probability of being a customer still"),
        _("How likely it is that somebody will ever buy again, by the rhythm of their own purchases so far."),
        _(
            "Who used to buy every week and has been quiet for a month has probably left; who buys once a year has "
            "not. Of those who bought once the model knows nothing and takes them for customers."
        ),
    ),
)


def register() -> None:
    glossary.register(_TERMS)
