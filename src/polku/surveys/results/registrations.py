"""What the results of surveys add to other rooms: words of the glossary, and a name in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.site import glossary
from polku.site.glossary.term import Term

TERMS = (
    Term(
        "response_rate",
        _("Response rate"),
        _(
            "Of the people who were invited, how many completed the survey (RR1 of AAPOR’s Standard Definitions)."
        ),
        _(
            "Everybody who was invited is in the denominator, those whose message came back and those who said nothing "
            "included; RR2 counts partial answers too. A link that anybody may open has no response rate, because "
            "nobody knows how many saw it: it has participation and completion."
        ),
        see=("participation", "completion", "interval"),
    ),
    Term(
        "participation",
        _("Participation"),
        _("How many of those who saw an open survey completed it."),
        _("For open links, web pages and tablets. Reloading a page counts as seeing it again."),
        see=("completion", "response_rate"),
    ),
    Term(
        "completion",
        _("Completion"),
        _("How many of those who began a survey completed it."),
        see=("participation", "response_rate"),
    ),
)


def register() -> None:
    """Called once, when the program starts."""
    glossary.register(TERMS)
    audit_words.register_things({"tag": _("tag")})
