"""What the way in gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Called once, when the program starts."""
    from datetime import time

    from polku.accounts.audit_words import register_things
    from polku.capture import queries, searching
    from polku.capture.domain.rejected import forget_deleted_rows
    from polku.capture.domain.uploads import IMPORT, READ
    from polku.capture.imports.small_tables import read_small_table
    from polku.capture.sources import alarms
    from polku.capture.uploads import work
    from polku.capture.uploads.cleaning import clean_uploads
    from polku.jobs import registry as jobs
    from polku.jobs import schedules
    from polku.people import timeline_sources
    from polku.site import checklist, navigation, notices
    from polku.surveys.inviting.tables import use_reader

    navigation.register(
        navigation.NavigationItem(name=_("Data sources"), url_name="capture:sources", order=60, key="d")
    )
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Data collection"), url_name="capture:collection", permission="manage"
        )
    )
    jobs.register(READ, work.read_upload, lane="reading files", give_up=work.give_up_reading)
    jobs.register(IMPORT, work.import_upload, lane="importing files", give_up=work.give_up_import)
    schedules.register("uploads.clean", at=time(4, 10), work=clean_uploads)
    schedules.register("rejected_rows.clean", at=time(4, 15), work=forget_deleted_rows)
    checklist.register(
        checklist.Step(
            key="import",
            title=_("Bring your data"),
            text=_(
                "Import the exports of your web shop, survey tool and customer service, or install the tracker."
            ),
            url_name="capture:imports",
            is_done=queries.has_data,
            order=10,
        )
    )
    searching.register()
    notices.register(alarms.notices)
    timeline_sources.use_sources(queries.source_names)
    use_reader(read_small_table)
    register_things(
        {
            "source": _("source"),
            "capture_settings": _("data collection"),
            "rejected_rows": _("rows waiting to be mended"),
            "upload": _("file"),
            "remembered_mapping": _("remembered form of a file"),
        }
    )
