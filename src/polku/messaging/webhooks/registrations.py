"""What webhooks give to the rooms below."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

LANE = "webhooks"


def register() -> None:
    """Called once, when the program starts."""
    from polku.accounts import audit_words
    from polku.jobs import registry as jobs
    from polku.jobs import schedules, ticking
    from polku.messaging.webhooks import delivering, domain, notices, upkeep
    from polku.site import navigation, search
    from polku.site import notices as site

    jobs.register(domain.JOB, delivering.work, lane=LANE)
    ticking.register("webhooks", every=timedelta(seconds=5), work=delivering.look_for_due)
    schedules.register("webhooks", at=time(4, 20), work=upkeep.forget_old)
    site.register(notices.tell)
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Webhooks"),
            url_name="messaging:webhooks",
            order=125,
            permission="manage",
            covers=("messaging:webhook", "messaging:webhook_rotate"),
        )
    )
    search.register_page(
        search.Page(
            _("Webhooks"),
            "messaging:webhooks",
            "manage",
            "webhook rajapinta integraatio integration API callback",
        )
    )
    audit_words.register_things({"webhook": _("webhook")})
