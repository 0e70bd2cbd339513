"""`polku backup FILE` and `polku restore FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.cli.control import connect
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.owner import migrate, open_store, store_lock
from polku.cli.paths import socket_path
from polku.cli.runtime import call_owner, home, json_command, progress_bar
from polku.eventstore.registry import store
from polku.installation.backup import check_backup, create_backup, restore_backup


@operation("backup")
def make_backup(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    made = create_backup(home=home(), file=Path(params["file"]), progress=progress)
    return {
        "file": str(made.file),
        "bytes": made.size,
        "workspaces": made.workspaces,
        "signals": made.signals,
        "seconds": round(made.seconds, 1),
    }


@click.command(help=_("Write everything to one file, also beside a running server, which goes on."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_command
def backup(file: Path) -> tuple[dict[str, Any], str]:
    file = file.expanduser().absolute()
    if file.suffix != ".tar":
        raise CommandError(_("A backup is a tar file; give it a name that ends in .tar."))
    with progress_bar(_("Making a backup")) as progress:
        result = call_owner("backup", {"file": str(file)}, progress)
    text = _(
        "%(workspaces)s workspaces with %(signals)s signals are in %(file)s (%(megabytes)s MB, %(seconds)s s)."
    )
    return result, text % (result | {"megabytes": round(result["bytes"] / 1e6, 1)})


@click.command(help=_("Go back to a backup. What is there now is moved aside, not deleted."))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_command
def restore(file: Path, yes: bool) -> tuple[dict[str, Any], str]:
    folder = home()
    _check_no_server(folder)
    manifest = check_backup(file)
    made_at = _moment(manifest.created_at)
    if not yes:
        question = _("Replace everything in %(home)s by the backup of %(moment)s?")
        click.confirm(question % {"home": folder, "moment": made_at}, abort=True, err=True)
    with store_lock(folder) as held:
        if not held:
            raise CommandError(_("Another Polku process already works in %s.") % folder)
        with progress_bar(_("Restoring")) as progress:
            restored = restore_backup(home=folder, file=file, progress=progress)
        signals = _look_through(folder)
    if signals < restored.signals:
        raise CommandError(
            _("%(there)s signals are there, and the backup was said to hold %(told)s. Try an older backup.")
            % {"there": signals, "told": restored.signals}
        )
    lines = [
        _("Everything is as it was on %(moment)s: %(workspaces)s workspaces with %(signals)s signals.")
        % {"moment": made_at, "workspaces": restored.workspaces, "signals": signals}
    ]
    if restored.aside:
        lines.append(_("What was there before is in %s. Delete it when you do not need it.") % restored.aside)
    return {
        "created_at": restored.created_at,
        "workspaces": restored.workspaces,
        "signals": signals,
        "aside": str(restored.aside) if restored.aside else None,
    }, "\n".join(lines)


def _check_no_server(folder: Path) -> None:
    channel = connect(socket_path(folder))
    if channel is not None:
        channel.close()
        raise CommandError(_("A server runs in this home folder. Stop it, restore, and start it again."))


def _look_through(folder: Path) -> int:
    """Bring the database and the stores up to date and count what is there. A workspace that was deleted while the
    backup was made has no store in it: it gets an empty one."""
    migrate()
    signals = 0
    with open_store(folder):
        for key in Workspace.objects.values_list("key", flat=True):
            store().create(key.hex)
            signals += store().state(key.hex).signals
    return signals


def _moment(text: str) -> str:
    found = parse_datetime(text)
    return date_format(localtime(found), "SHORT_DATETIME_FORMAT") if found else text
