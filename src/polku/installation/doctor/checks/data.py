"""The database, the stores, what waits, and who may sign in."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from polku.accounts.domain import is_without_users
from polku.accounts.models import User, Workspace
from polku.installation.backup import has_unfinished_restore
from polku.installation.doctor.finding import Finding
from polku.jobs.models import Job

_MUCH_WAITS = 1_000_000_000


def database() -> Finding:
    name = {"name": connection.settings_dict["NAME"]}
    if has_unfinished_restore(Path(settings.POLKU_HOME)):
        return Finding.failed(
            "database",
            _("A restore was cut off half-way."),
            _("Run polku restore again, with the same backup."),
        )
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        damage = _damage()
    except (DatabaseError, sqlite3.Error) as error:
        return Finding.failed(
            "database",
            _("The database %(name)s cannot be used: %(reason)s")
            % (name | {"reason": str(error).partition("\n")[0]}),
            _("See DATABASE_URL and that its server runs; a damaged file is mended by polku restore."),
        )
    if damage:
        return Finding.failed(
            "database",
            _("The database %(name)s is damaged: %(reason)s") % (name | {"reason": damage[:200]}),
            _("Go back to the newest backup: polku restore FILE"),
        )
    if plan:
        return Finding.warning(
            "database",
            _("The database is of an earlier Polku; %s changes wait.") % len(plan),
            _("They are made when the server is started: polku up"),
        )
    return Finding.ok("database", _("The database %(name)s is whole and up to date.") % name)


def _damage() -> str:
    """What SQLite finds wrong with its file; PostgreSQL looks after its own."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (found,) = cursor.fetchone()
    return "" if found == "ok" else str(found)


def event_stores() -> Finding:
    folder = Path(settings.POLKU_HOME) / "events"
    lacking = []
    count = 0
    for slug, key in Workspace.objects.values_list("slug", "key"):
        count += 1
        pointer = folder / key.hex / "current"
        try:
            is_there = (pointer.parent / pointer.read_text(encoding="ascii").strip()).is_file()
        except (OSError, ValueError):
            is_there = False
        if not is_there:
            lacking.append(slug)
    if lacking:
        return Finding.failed(
            "stores",
            _("The signals of these workspaces are not there: %s.") % ", ".join(lacking[:5]),
            _("Go back to the newest backup: polku restore FILE"),
        )
    return Finding.ok("stores", _("Workspaces: %s, each with its signals.") % count)


def inbox() -> Finding:
    folder = Path(settings.POLKU_HOME) / "inbox"
    if broken := sorted(folder.glob("broken-*.sqlite3")):
        return Finding.warning(
            "inbox",
            _("A file of the inbox could not be read and was set aside: %s.") % broken[0],
            _("Keep it; the disk may be failing. Its requests are lost only if nothing can read it."),
        )
    waiting = sum(file.stat().st_size for file in folder.glob("inbox-*"))
    says = _("%s MB wait in the inbox.") % round(waiting / 1e6)
    if waiting > _MUCH_WAITS:
        return Finding.warning(
            "inbox", says, _("See whether the loader runs: polku loader status; the server's log tells more.")
        )
    return Finding.ok("inbox", says)


def jobs() -> Finding:
    failed = Job.objects.filter(state=Job.State.FAILED).order_by("-ended_at").first()
    if failed is not None:
        return Finding.warning(
            "jobs",
            _("Work in the background failed: %(kind)s (%(error)s).")
            % {"kind": failed.kind, "error": failed.error},
            _("The server's log tells why. It is forgotten after a week."),
        )
    return Finding.ok("jobs", _("No work in the background has failed."))


def users() -> Finding:
    if is_without_users():
        return Finding.warning(
            "users", _("Nobody uses Polku here yet."), _("Open the link that this prints: polku user link")
        )
    if not any(user.has_usable_password() for user in User.objects.filter(is_active=True)):
        return Finding.warning(
            "users", _("No user has a password."), _("Open the link that this prints: polku user link EMAIL")
        )
    return Finding.ok("users", _("Somebody may sign in."))
