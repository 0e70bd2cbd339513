"""How the server is reached, whether e-mail leaves, and whether there are backups."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from polku.installation.backup.nightly import backup_state
from polku.installation.doctor.finding import Finding
from polku.installation.mail import MailProblem, check_mail_server


def addresses() -> Finding:
    hosts = ", ".join(settings.HOSTS)
    if not settings.HOSTS:
        return Finding.ok("address", _("Polku answers only on this machine."))
    if "*" in settings.HOSTS:
        return Finding.warning(
            "address", _("Polku answers to every name."), _("Write its own name in POLKU_HOSTS.")
        )
    if not settings.HTTPS:
        return Finding.warning(
            "address",
            _("Polku is reached as %s without HTTPS: passwords can be read on the way.") % hosts,
            _("Put a proxy with HTTPS in front (see the server guide) and set POLKU_HTTPS=1."),
        )
    return Finding.ok("address", _("Polku is reached as %s by HTTPS.") % hosts)


def mail() -> Finding:
    """Connects to the mail server; sends nothing."""
    if not settings.SENDS_MAIL:
        return Finding.warning(
            "mail",
            _("No e-mail is sent: nobody gets a link for a forgotten password."),
            _("Set POLKU_MAIL_URL and POLKU_MAIL_FROM."),
        )
    try:
        check_mail_server()
    except MailProblem as error:
        return Finding.failed(
            "mail", str(error), _("Send a test message from the page of the server in the settings.")
        )
    return Finding.ok("mail", _("The mail server %s takes messages.") % settings.EMAIL_HOST)


def backups() -> Finding:
    state = backup_state()
    if state.failure:
        return Finding.failed(
            "backups",
            _("The newest backup failed: %s") % state.failure,
            _("Mend that, and see that this works: polku backup FILE.tar"),
        )
    if not state.is_on:
        return Finding.warning(
            "backups",
            _("The nightly backup is turned off."),
            _("Leave out POLKU_BACKUP_AT, or give it a time."),
        )
    if state.last_at is None:
        return Finding.warning(
            "backups",
            _("No backup has been made yet."),
            _("It is made every night while the server runs; one now: polku backup FILE.tar"),
        )
    at = date_format(localtime(state.last_at), "SHORT_DATETIME_FORMAT")
    if state.is_late:
        return Finding.warning(
            "backups",
            _("The newest backup is of %s.") % at,
            _("They are made while the server runs. See its log."),
        )
    if _is_same_disk(state.folder):
        return Finding.warning(
            "backups",
            _("The newest backup is of %s, on the same disk as the data.") % at,
            _("Copy backups to another machine, or let POLKU_BACKUP_FOLDER be another disk."),
        )
    return Finding.ok("backups", _("The newest backup is of %s.") % at)


def _is_same_disk(folder: Path) -> bool:
    return folder.stat().st_dev == Path(settings.POLKU_HOME).stat().st_dev
