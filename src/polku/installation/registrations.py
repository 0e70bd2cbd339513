"""What the installation gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

BACKUP = "backup"


def register() -> None:
    """Called once, when the program starts."""
    from polku.accounts.audit_words import register_things
    from polku.installation.backup import nightly
    from polku.jobs import registry as jobs
    from polku.jobs import schedules
    from polku.site import checklist, navigation

    if settings.BACKUP_AT is not None:
        schedules.register("backup", at=settings.BACKUP_AT, work=nightly.work_nightly)
    jobs.register(BACKUP, nightly.work_backup, lane="backups")
    navigation.register_settings(
        navigation.NavigationItem(
            name=_("Server"), url_name="installation:server", order=200, permission="manage"
        )
    )
    checklist.register(
        checklist.Step(
            key="mail",
            title=_("Let Polku send e-mail"),
            text=_("Without it nobody can set a forgotten password by themselves. The page has a test."),
            url_name="installation:server",
            is_done=_sends_mail,
            order=90,
            permission="manage",
        )
    )
    checklist.register(
        checklist.Step(
            key="backup",
            title=_("See that a backup is made"),
            text=_(
                "One is made every night by itself. Make the first now, and keep copies on another machine."
            ),
            url_name="installation:server",
            is_done=lambda workspace: nightly.backup_state().last is not None,
            order=95,
            permission="manage",
        )
    )
    register_things({"backup": _("backup"), "test_message": _("test message")})


def _sends_mail(workspace: Any) -> bool:
    return bool(settings.SENDS_MAIL)
