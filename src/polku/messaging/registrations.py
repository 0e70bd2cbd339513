"""What outgoing messages give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

LANE = "messages"


def register() -> None:
    """Called once, when the program starts."""
    from polku.accounts import audit_words
    from polku.jobs import registry as jobs
    from polku.jobs import schedules, ticking
    from polku.messaging import cleaning, domain, sending
    from polku.messaging.bounces import mailbox
    from polku.messaging.erasing import erase_messages
    from polku.messaging.webhooks import registrations as webhooks
    from polku.people.erasing import register_eraser
    from polku.site import navigation

    jobs.register(domain.JOB, sending.work, lane=LANE)
    jobs.register(mailbox.JOB, mailbox.work, lane="mailbox")
    ticking.register("messages", every=timedelta(seconds=15), work=sending.look_for_due)
    ticking.register("mailbox", every=timedelta(minutes=5), work=mailbox.look_into_mailbox)
    schedules.register("messages", at=time(4, 10), work=cleaning.forget_old_messages)
    register_eraser("messaging.Message", erase_messages)
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Sender"), url_name="messaging:sender", order=120, permission="manage"
        )
    )
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Suppression list"), url_name="messaging:suppressions", order=121, permission="edit"
        )
    )
    webhooks.register()
    audit_words.register_things(
        {
            "sender": _("sender of messages"),
            "suppression": _("list of those who get no messages"),
        }
    )
