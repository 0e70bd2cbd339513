"""Going back to a backup: unpacked and compared first, then put in the place of what is there.

What is there is moved aside, not deleted. Killed at any moment, the same command run again finishes it; until then
the program refuses to work on what is half of one and half of the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections
from django.utils.translation import gettext as _

from polku.eventstore.duckdb.snapshots import put_snapshots
from polku.installation.backup.archive import BackupProblem, Manifest, read_manifest, unpack
from polku.installation.backup.relational import SQLITE_FILE, check_database, load_postgresql

_UNFINISHED = "restore-unfinished"
_ASIDE = "before-restore"
_REPLACED = (
    "polku.sqlite3",
    "polku.sqlite3-wal",
    "polku.sqlite3-shm",
    "secret_key",
    "events",
    "inbox",
    "rejected",
    "uploads",
)


@dataclass(frozen=True)
class Restored:
    """`aside` is where that was moved which was there before; None where nothing was."""

    created_at: str
    workspaces: int
    signals: int
    aside: Path | None


def has_unfinished_restore(home: Path) -> bool:
    """Whether a restore was cut off while it put files in place: nothing may use the folder before it is repeated."""
    return (home / _UNFINISHED).exists()


def check_backup(file: Path) -> Manifest:
    """The backup's manifest. Raises BackupProblem where it cannot be restored here."""
    manifest = read_manifest(file)
    check_database(manifest)
    return manifest


def restore_backup(*, home: Path, file: Path, progress: Callable[[int, int], None] | None = None) -> Restored:
    """Make `home`, and the database, what they were when the backup was made. The caller holds the home folder's lock
    and has nothing open in it.

    Raises BackupProblem before anything is changed where the backup is damaged, of a later program or too large.
    """
    manifest = check_backup(file)
    scratch = home / ".restoring"
    shutil.rmtree(scratch, ignore_errors=True)
    needed = sum(entry["size"] for entry in manifest.files.values())
    if shutil.disk_usage(home).free < needed * 1.05:
        raise BackupProblem(
            _("There is not enough room on the disk: the backup needs %s MB.") % (needed // 10**6 + 1)
        )
    scratch.mkdir(mode=0o700)
    try:
        unpack(file, manifest, scratch, progress or (lambda done, total: None))
        stores = {path.stem: path for path in (scratch / "events").glob("*.duckdb")}
        put_snapshots(scratch / "new-events", stores)
        aside = _put_in_place(home, scratch, manifest)
    except OSError as error:
        raise BackupProblem(_("The backup cannot be restored: %s") % (error.strerror or error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Restored(
        created_at=manifest.created_at,
        workspaces=len(manifest.signals),
        signals=sum(manifest.signals.values()),
        aside=aside,
    )


def _put_in_place(home: Path, scratch: Path, manifest: Manifest) -> Path | None:
    (home / _UNFINISHED).touch()
    if manifest.database == "postgresql":
        load_postgresql(manifest, scratch)
    connections.close_all()
    # With fractions: what one restore laid aside would stand in the way of another in the same second.
    aside = home / _ASIDE / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    aside.mkdir(mode=0o700, parents=True)
    new = {
        "polku.sqlite3": scratch / SQLITE_FILE,
        "secret_key": scratch / "secret_key",
        "events": scratch / "new-events",
        "inbox": scratch / "inbox",
        "rejected": scratch / "rejected",
    }
    for name in _REPLACED:
        if name == "secret_key" and not new[name].exists():
            continue  # it was given from outside then, and may be now
        if (home / name).exists():
            (home / name).replace(aside / name)
        if name in new and new[name].exists():
            new[name].replace(home / name)
    (home / _UNFINISHED).unlink()
    if any(aside.iterdir()):
        return aside
    aside.rmdir()
    return None
