"""Making a backup while signals come in, questions are asked and people work."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from polku import __version__
from polku.accounts.models import Workspace
from polku.capture import front
from polku.capture.inbox import copy_inbox
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.installation.backup.archive import BackupProblem, BackupWriter, Manifest
from polku.installation.backup.relational import add_database

Progress = Callable[[int, int], None]
_LEFT_BEHIND = 24 * 3600.0
"""Seconds after which nobody works any more on what a backup has not finished."""


@dataclass(frozen=True)
class Made:
    file: Path
    size: int
    workspaces: int
    signals: int
    seconds: float


def create_backup(*, home: Path, file: Path, progress: Progress | None = None) -> Made:
    """Write everything below `home` to one file, which gets its name when it is whole; called in the process that owns
    the event store.

    The database is copied first, then what waits in the inbox, then each store: so every signal that was acknowledged
    before is in it once, and every workspace that the database knows has its store. Raises BackupProblem where the
    file cannot be written, with nothing left behind.
    """
    begun = time.monotonic()
    manifest = Manifest(
        version=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
    )
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BackupProblem(_("There is no folder %s.") % folder)
    try:
        _remove_left_behind(home, folder)
        with (
            tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as name,
            BackupWriter(file.absolute(), manifest) as writer,
        ):
            _fill(writer, home, Path(name), progress or (lambda done, total: None))
    except OSError as error:
        raise BackupProblem(
            _("The backup cannot be written to %(file)s: %(reason)s")
            % {"file": file, "reason": error.strerror or error}
        ) from error
    return Made(
        file=file,
        size=file.stat().st_size,
        workspaces=len(manifest.signals),
        signals=sum(manifest.signals.values()),
        seconds=time.monotonic() - begun,
    )


def _remove_left_behind(home: Path, folder: Path) -> None:
    """Remove what backups left that ended with their process: as large as the data, each time."""
    before = time.time() - _LEFT_BEHIND
    for path in [*home.glob(".backup-*"), *folder.glob(".*.tar.unfinished")]:
        if path.stat().st_mtime >= before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _fill(writer: BackupWriter, home: Path, scratch: Path, progress: Progress) -> None:
    add_database(writer, scratch)
    keys = [key.hex for key in Workspace.objects.order_by("pk").values_list("key", flat=True)]
    if (home / "secret_key").is_file():
        writer.add("secret_key", home / "secret_key")
    _add_inbox(writer, home, scratch)
    for file in sorted((home / "rejected").glob("*")):
        if file.is_file():
            _add_list(writer, file, scratch)
    for done, key in enumerate(keys, 1):
        copy = scratch / f"{key}.duckdb"
        try:
            writer.manifest.signals[key] = store().snapshot(key, copy)
        except StoreError as error:
            if Workspace.objects.filter(key=key).exists():
                raise BackupProblem(str(error)) from error
            continue  # deleted meanwhile
        writer.add(f"events/{key}.duckdb", copy)
        copy.unlink()
        progress(done, len(keys))


def _add_inbox(writer: BackupWriter, home: Path, scratch: Path) -> None:
    folder = scratch / "inbox"
    folder.mkdir()
    running = front.running()
    if running is not None:
        running.inbox.copy_to(folder)
    elif (home / "inbox").is_dir():
        copy_inbox(home / "inbox", folder)
    for file in sorted(folder.iterdir()):
        writer.add(f"inbox/{file.name}", file)
    shutil.rmtree(folder)


def _add_list(writer: BackupWriter, file: Path, scratch: Path) -> None:
    """A list of rejected rows, which an import may be writing, or somebody removing, just now."""
    copy = scratch / "list"
    try:
        shutil.copyfile(file, copy)
    except FileNotFoundError:
        return
    writer.add(f"rejected/{file.name}", copy)
    copy.unlink()
