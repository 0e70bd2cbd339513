"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts import audit_words
from polku.decide.alerting import hooks, jobs
from polku.jobs import registry, ticking
from polku.site import navigation

_EVERY = timedelta(minutes=10)


def register() -> None:
    """Called once, when the program starts."""
    registry.register(jobs.JOB, jobs.work, lane=jobs.LANE)
    ticking.register(jobs.JOB, every=_EVERY, work=jobs.put_in_queue)
    hooks.register()
    audit_words.register_things({"alert": pgettext_lazy("audit", "alert"), "alerts": _("settings of alerts")})
    navigation.register_settings(
        navigation.NavigationItem(
            name=pgettext_lazy("settings", "Alerts"),
            url_name="decide:alert-settings",
            order=45,
            permission="edit",
        )
    )
