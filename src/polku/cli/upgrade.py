"""`polku upgrade`: the newest Polku in the place of this one, with a backup made first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from polku import __version__
from polku.cli.control import connect
from polku.cli.errors import CommandError
from polku.cli.paths import socket_path
from polku.cli.runtime import call_owner, home, json_command

_PACKAGE = "polku"


@click.command(help=_("Make a backup, then install the newest Polku in the place of this one."))
@click.option(
    "--from", "source", default="", help=_("What to install: a wheel file, a version, or an address for pip.")
)
@json_command
def upgrade(source: str) -> tuple[dict[str, Any], str]:
    """Each step is said before it is done. The running server goes on with the old program until it is restarted;
    the database is brought up to date at that start."""
    _check_way(source)
    file = _backup_file()
    result = call_owner("backup", {"file": str(file)})
    click.echo(_("A backup is in %s.") % result["file"], err=True)
    _install(_wanted(source))
    version = _installed_version()
    document = {"before": __version__, "after": version, "backup": result["file"], "restart": _is_running()}
    if version == __version__ and not source:
        return document, _("Polku %s is the newest already.") % version
    lines = [_("Polku %(after)s is installed; before it was %(before)s.") % document]
    if document["restart"]:
        lines.append(
            _("The server still runs the old one. Restart it, for example: sudo systemctl restart polku")
        )
    else:
        lines.append(_("Start it with: polku up"))
    lines.append(_("To go back: install Polku %(before)s and run: polku restore %(backup)s") % document)
    return document, "\n".join(lines)


def _check_way(source: str) -> None:
    """Raises CommandError, which says what to do instead, where pip is not how this Polku came here."""
    if os.environ.get("POLKU_CONTAINER"):
        raise CommandError(
            _(
                "This Polku is in a container, which is replaced as a whole. Beside compose.yaml run: ./upgrade.sh"
            )
        )
    if not source and _is_checkout():
        raise CommandError(_("This Polku is a checkout of its sources. Run there: git pull && make install"))
    if sys.prefix == sys.base_prefix:
        raise CommandError(
            _("This Polku is not in a virtual environment of its own; upgrade it as you installed it.")
        )


def _is_checkout() -> bool:
    try:
        told = metadata.distribution(_PACKAGE).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return True
    return bool(told and json.loads(told).get("dir_info", {}).get("editable"))


def _wanted(source: str) -> list[str]:
    if not source:
        return ["--upgrade", _PACKAGE]
    if source[0].isdigit():
        return [f"{_PACKAGE}=={source}"]
    return ["--upgrade", source]


def _backup_file() -> Path:
    folder: Path = settings.BACKUP_FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(_("The folder of backups cannot be made: %s") % error) from error
    return folder / datetime.now(UTC).strftime("before-upgrade-%Y-%m-%dT%H%M%SZ.tar")


def _install(wanted: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *wanted],
        check=False,
    )
    if done.returncode:
        raise CommandError(
            _("pip could not install it; its lines above tell why. Nothing of Polku was changed.")
        )


def _installed_version() -> str:
    """As a new process sees it, which also shows that the new program starts."""
    done = subprocess.run(
        [sys.executable, "-m", "polku.cli", "--version"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(_("The new Polku does not start: %s") % done.stderr.strip()[-500:])
    return done.stdout.split()[-1]


def _is_running() -> bool:
    channel = connect(socket_path(home()))
    if channel is None:
        return False
    channel.close()
    return True
