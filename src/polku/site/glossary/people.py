"""Who is who."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "person",
        _("Customer, visitor and person"),
        _(
            "A customer is somebody that data names: by a customer number, an e-mail address or an order. A "
            "visitor is not known by name. Counts of people hold both, each once."
        ),
        see=("joined", "identifier"),
    ),
    Term(
        "visitor",
        _("Visitor"),
        _(
            "A person who visited the website, counted once for the whole period on all the devices that are "
            "known to be theirs."
        ),
        see=("visit", "daily_visitor", "person"),
    ),
    Term(
        "daily_visitor",
        _("Daily visitor without cookies"),
        _(
            "Somebody who gave no consent. Their id is another one each day, so the same person on two days "
            "is two, and the number is never added to the visitors of a week or a month."
        ),
        see=("visitor",),
    ),
    Term(
        "joined",
        _("Joined"),
        _(
            "Signals of the same customer have found each other: the answer to the survey and the order it "
            "was about, the visit and the purchase. The more joins, the more the map can say."
        ),
        _(
            "Joining needs something that both sides know, such as an e-mail address or an order number. In "
            "doubt Polku leaves people apart: a wrong link would show one customer’s doings on another’s "
            "page."
        ),
        see=("identifier", "person", "merge"),
    ),
    Term(
        "identifier",
        _("Id"),
        _(
            "What a customer is recognised by: customer number, e-mail address, phone number, loyalty "
            "number, or the id of a browser."
        ),
        see=("joined", "merge"),
    ),
    Term(
        "merge",
        _("Merge"),
        _(
            "Two ids turned out to be the same person, because some data named both. It can be undone on the "
            "customer’s page, and is then kept apart for good."
        ),
        see=("joined", "identifier"),
    ),
    Term(
        "segment",
        _("Segment"),
        _(
            "A rule about customers, such as “lives in Oulu” or “has returned an order”. Whoever fits it "
            "belongs to it, also those who come later."
        ),
        see=("property", "breakdown"),
    ),
    Term(
        "consent",
        _("Consent"),
        _(
            "The visitor’s permission to store something on their device. Before it Polku’s tracker stores "
            "nothing there and sends nothing that identifies."
        ),
        see=("daily_visitor", "tracker"),
    ),
)
