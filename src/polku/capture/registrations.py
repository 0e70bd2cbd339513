"""What the way in gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Called once, when the program starts."""
    from polku.accounts.audit_words import register_things
    from polku.capture import queries
    from polku.capture.sources import alarms
    from polku.people import timeline_sources
    from polku.site import navigation, notices

    navigation.register(
        navigation.NavigationItem(name=_("Data sources"), url_name="capture:sources", order=60)
    )
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Data collection"), url_name="capture:collection", permission="manage"
        )
    )
    notices.register(alarms.notices)
    timeline_sources.use_sources(queries.source_names)
    register_things(
        {
            "source": _("source"),
            "capture_settings": _("data collection"),
            "rejected_rows": _("rows waiting to be mended"),
        }
    )
