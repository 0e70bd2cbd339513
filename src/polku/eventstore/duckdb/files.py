"""Folders and files of the store: FOLDER/KEY/g000001.duckdb, and beside it `current`, which names the live one."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from pathlib import Path

from django.utils.translation import gettext as _

from polku.eventstore.port import StoreError

POINTER = "current"
SPILL = ".spill"
_KEY = re.compile(r"[0-9a-f]{32}")
_GENERATION = re.compile(r"g[0-9]{6}\.duckdb")
_DROPPED = ".dropped-"


class StoreFolder:
    """The folder of all workspaces, held by one process at a time. Raises StoreError where another holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise StoreError(
                _("Another Polku process uses the event store in %s. Stop it, or use another home folder.")
                % self.path
            ) from error
        for leftover in self.path.glob(_DROPPED + "*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def release(self) -> None:
        os.close(self._lock)

    def of(self, workspace: str) -> Path:
        """The workspace's folder. Raises StoreError where `workspace` is not a key."""
        if not _KEY.fullmatch(workspace):
            raise StoreError(_("“%s” is not the key of a workspace.") % workspace)
        return self.path / workspace

    def live_file(self, workspace: str) -> Path | None:
        """The file that the pointer names; None where the workspace was not created."""
        folder = self.of(workspace)
        try:
            name = (folder / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        if not _GENERATION.fullmatch(name) or not (folder / name).is_file():
            raise StoreError(
                _("The event store's pointer %s names no file there. Restore the folder from a backup.")
                % (folder / POINTER)
            )
        return folder / name

    def first_file(self, workspace: str) -> Path:
        """Where a new workspace's file goes; what an interrupted creation left is removed."""
        folder = self.of(workspace)
        folder.mkdir(exist_ok=True)
        for leftover in folder.iterdir():
            leftover.unlink()
        return folder / "g000001.duckdb"

    def point_to(self, file: Path) -> None:
        """Make `file` the live one, so that after a crash either the old or the new pointer is there, whole."""
        new = file.parent / (POINTER + ".new")
        with new.open("w", encoding="ascii") as pointer:
            pointer.write(file.name + "\n")
            pointer.flush()
            os.fsync(pointer.fileno())
        new.replace(file.parent / POINTER)
        for folder in (file.parent, self.path):
            _sync_folder(folder)

    def remove(self, workspace: str) -> None:
        """Forget a workspace: renamed in one step, so that a crash leaves it whole or gone."""
        folder = self.of(workspace)
        if not folder.exists():
            return
        doomed = self.path / (_DROPPED + uuid.uuid4().hex)
        folder.replace(doomed)
        _sync_folder(self.path)
        shutil.rmtree(doomed, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
