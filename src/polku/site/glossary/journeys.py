"""The journey map and its lanes."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "journey",
        _("Customer journey and its map"),
        _(
            "The path of a customer from the first need to the time after the purchase: stages in order, and "
            "in them the touchpoints. The map shows what is known of each."
        ),
        _("A map of today shows how things are; a map of the target shows how they should be."),
        see=("stage", "touchpoint", "paths"),
    ),
    Term(
        "stage",
        _("Stage"),
        _(
            "A part of the journey with a purpose of its own, such as choosing or waiting for the delivery. "
            "The columns of the map are grouped by stages."
        ),
        see=("journey", "touchpoint"),
    ),
    Term(
        "touchpoint",
        _("Touchpoint"),
        _(
            "One encounter between the customer and the company: the product page, the delivery, a call to "
            "customer service."
        ),
        see=("stage", "binding", "moment_of_truth"),
    ),
    Term(
        "moment_of_truth",
        _("Moment of truth"),
        _(
            "A touchpoint that decides more than others whether the customer stays, and how they will talk "
            "of you. It is marked with a diamond."
        ),
        see=("touchpoint",),
    ),
    Term(
        "backstage",
        _("Backstage work"),
        _(
            "Work that customers do not see, such as packing an order. It has no figures of its own, but "
            "explains those of others."
        ),
        see=("touchpoint",),
    ),
    Term(
        "binding",
        _("Data connection"),
        _(
            "The rule that says which data belongs to a touchpoint: an event’s name, a page’s address, a "
            "survey, a reason of contact. With it the touchpoint gets its figures."
        ),
        see=("touchpoint", "evidence"),
    ),
    Term(
        "reached",
        _("Do: people who reached it"),
        _(
            "How many different people came to the touchpoint in the period. The share below tells how many "
            "of them went on to a later stage."
        ),
        see=("continued", "person"),
    ),
    Term(
        "continued",
        _("Continued"),
        _(
            "The share of those who came that reached a later stage within the time window. People whose "
            "window is still open are not counted as lost."
        ),
        _(
            "The method is that of Kaplan and Meier, from the study of survival: those who came yesterday "
            "have had only a day to go on, and that is taken into account. “Went next” is simply the first "
            "touchpoint after this one."
        ),
        see=("window", "drop_off"),
    ),
    Term(
        "contact_rate",
        _("Contacts us"),
        _("How many contacts there are per 100 people who came to the touchpoint."),
        see=("reached", "interval"),
    ),
    Term(
        "buy",
        _("Buys"),
        _(
            "The value of the orders of people who came to the touchpoint before they ordered. One order "
            "passes through many touchpoints, so the sums must not be added up."
        ),
        _("Orders in the states that the workspace calls cancelled or returned do not count."),
        see=("vat", "margin"),
    ),
    Term(
        "loss",
        _("Estimated loss"),
        _(
            "The margin that a pain at the touchpoint takes in a year: a cautious, a middle and a high estimate. "
            "It probably lies between the cautious and the high one, eight times out of ten."
        ),
        _(
            "It is worked out from how many meet the pain, how much more often they leave or contact you than "
            "others do, and what that is worth. What you could win by mending it is at most this. The loss of one "
            "touchpoint is that of its greatest pain: smaller ones may be of the same people and are not added."
        ),
        see=("grade", "margin", "contact_cost"),
    ),
    Term(
        "channel",
        _("Channel"),
        _("Where the encounter takes place: on the web, in the shop, by phone, by e-mail."),
        see=("touchpoint",),
    ),
    Term(
        "margin",
        _("Margin"),
        _(
            "What is left of a sale when what was sold has been paid for, as a share of the price without "
            "VAT. Euros lost are counted as margin, not as sales."
        ),
        see=("vat", "contact_cost"),
    ),
    Term(
        "vat",
        _("VAT"),
        _(
            "Value added tax. Tell once whether the sums of your orders include it, and Polku takes it out "
            "where it does not belong."
        ),
        see=("margin",),
    ),
    Term(
        "contact_cost",
        _("Cost of a contact"),
        _("What one contact costs on average: the wages of the time it takes, and what else it needs."),
        see=("margin", "contact_rate"),
    ),
    Term(
        "action",
        _("Action and its effect"),
        _(
            "What somebody does about a pain: it has an owner, a day and the figure that it should move. When it "
            "is done, that figure is compared in equally many whole weeks before and after."
        ),
        _(
            "Where it touched only some customers, the others are the control (grade B). Without one it is only "
            "before and after (grade C): something else may have changed at the same time."
        ),
        see=("touchpoint", "no_evidence"),
    ),
)
