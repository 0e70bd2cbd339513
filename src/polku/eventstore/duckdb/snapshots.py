"""One state of a workspace's file as a file of its own, for backups; and putting such a file back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.utils.translation import gettext as _

from polku.eventstore.duckdb import schema
from polku.eventstore.duckdb.files import StoreFolder
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.upkeep_store import UpkeepStore, gently
from polku.eventstore.port import StoreError

_ROOM = 1.1
"""Free space needed, in sizes of the file."""


class SnapshotStore(UpkeepStore):
    """Mixed into DuckDBStore: see `eventstore.upkeep`."""

    def snapshot(self, workspace: str, file: Path) -> int:
        with self._instance.renewal(workspace) as renewal:
            if shutil.disk_usage(renewal.old_file.parent).free < _ROOM * renewal.old_file.stat().st_size:
                raise StoreError(_("There is not enough room on the disk for a copy of the event store."))
            session, new = renewal.session, renewal.db
            gently(lambda: _copy(session, new))
            session.run(f"CHECKPOINT {new.partition('.')[0]}")
            (signals,) = session.row(f"SELECT count(*) FROM {new}.signal")
            _keep(renewal.new_file, file)
        return int(signals)


def put_snapshots(folder: Path, files: dict[str, Path]) -> None:
    """Make `folder` a store of these workspaces, whose snapshots are moved there. Nobody may have it open.

    Raises StoreError where a key is none, or another process holds the folder.
    """
    store = StoreFolder(folder)
    try:
        for workspace, file in files.items():
            place = store.first_file(workspace)
            shutil.move(file, place)
            store.point_to(place)
    finally:
        store.release()


def _copy(session: Session, new: str) -> None:
    """All tables, in one transaction and so of one state, their rows as they lie."""
    session.run("BEGIN")
    for statement in schema.tables(new):
        session.run(statement)
    for table in schema.TABLES:
        columns = ", ".join(schema.columns(table))
        session.run(f"INSERT INTO {new}.{table} ({columns}) SELECT {columns} FROM {session.db}.{table}")
    session.run("COMMIT")


def _keep(source: Path, target: Path) -> None:
    """Give the file a second name, which stays when the store removes its own; another file system gets a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
