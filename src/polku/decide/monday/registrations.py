"""What Monday gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts import account_parts, audit_words
from polku.accounts.start_pages import use_start_page
from polku.decide.monday import choosing, mail
from polku.decide.monday.start_page import start_page
from polku.jobs import registry, ticking
from polku.messaging import registry as messages
from polku.site import navigation

_LOOKS_EVERY = timedelta(minutes=5)


def register() -> None:
    """Called once, when the program starts."""
    navigation.register(
        navigation.NavigationItem(
            name=pgettext_lazy("navigation", "Monday"), url_name="decide:monday", order=5, key="m"
        )
    )
    use_start_page(start_page)
    account_parts.register(choosing.account_part)
    registry.register(mail.JOB, mail.work, lane=mail.LANE)
    ticking.register(mail.JOB, every=_LOOKS_EVERY, work=mail.look_for_monday)
    messages.register(mail.KIND, fill=mail.fill)
    audit_words.register_things({"monday_email": _("e-mail of Monday")})
