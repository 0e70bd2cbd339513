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
_NEW_POINTER = "current.new"
SPILL = ".spill"
_KEY = re.compile(r"[0-9a-f]{32}")
_GENERATION = re.compile(r"g[0-9]{6}\.duckdb")
_MAP = re.compile(r"g[0-9]{6}-[0-9a-z-]+\.map(\.new)?")
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
        self._newest: dict[str, int] = {}
        self._tidy()

    def _tidy(self) -> None:
        """Remove what a process that was killed left: dropped workspaces, generations that are not live, spilt rows."""
        for leftover in (*self.path.glob(_DROPPED + "*"), self.path / SPILL):
            shutil.rmtree(leftover, ignore_errors=True)
        for folder in self.path.iterdir():
            if not _KEY.fullmatch(folder.name):
                continue
            try:
                live = self.live_file(folder.name)
            except StoreError:
                continue  # its first user is told
            if live is None:
                continue
            for unfinished in (folder / _NEW_POINTER, *folder.glob("*.map.new")):
                unfinished.unlink(missing_ok=True)
            for file in _generations(folder):
                if file != live:
                    self.remove_generation(file)

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

    def next_file(self, workspace: str) -> Path:
        """Where the next generation goes; never a path that this process has used."""
        folder = self.of(workspace)
        there = [int(file.stem[1:]) for file in _generations(folder)]
        number = max([*there, self._newest.get(workspace, 0)]) + 1
        self._newest[workspace] = number
        return folder / f"g{number:06}.duckdb"

    def remove_generation(self, file: Path) -> None:
        """Remove a generation that nobody has open, with its log and what was kept of its maps."""
        for part in (file, file.with_name(file.name + ".wal"), *_maps(file)):
            part.unlink(missing_ok=True)

    def map_file(self, workspace: str, name: str) -> Path | None:
        """The file called `name` (small letters, digits, hyphens) of what is kept of maps of the live generation."""
        live = self.live_file(workspace)
        return None if live is None else live.with_name(f"{live.stem}-{name}.map")

    def hand_on_maps(self, old: Path, new: Path) -> None:
        """Keep what was kept of the maps of one generation with the next, which holds the same."""
        for file in _maps(old):
            file.replace(file.with_name(file.name.replace(old.stem, new.stem, 1)))

    def point_to(self, file: Path) -> None:
        """Make `file` the live one, so that after a crash either the old or the new pointer is there, whole."""
        new = file.parent / _NEW_POINTER
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


def _generations(folder: Path) -> list[Path]:
    """The files of all generations, also of those of which only the log or maps are left."""
    names = {file.name.removesuffix(".wal") for file in folder.iterdir()}
    names |= {f"{name.partition('-')[0]}.duckdb" for name in names if _MAP.fullmatch(name)}
    return [folder / name for name in sorted(names) if _GENERATION.fullmatch(name)]


def _maps(generation: Path) -> list[Path]:
    return [file for file in generation.parent.glob(f"{generation.stem}-*.map") if _MAP.fullmatch(file.name)]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
