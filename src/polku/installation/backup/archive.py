"""The form of a backup: a tar file whose last member, `manifest.json`, lists the others with their size and SHA-256.

Last, because only then are the sums known: so each byte is read once, and a file that was cut short has no manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from django.utils.translation import gettext as _

FORM = 1
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 64 * 1024 * 1024
_PIECE = 1024 * 1024
_NAME = re.compile(
    r"secret_key|database\.sqlite3|database/[a-z0-9_]{1,63}\.copy|events/[0-9a-f]{32}\.duckdb"
    r"|inbox/inbox-\d{1,20}\.sqlite3|rejected/(?!\.{1,2}\Z)[^/\0]{1,200}"
)
"""What a backup may hold. Nothing else is ever unpacked, so that no name leads out of the folder."""
_TABLE = re.compile(r"[a-z0-9_]{1,63}")


class BackupProblem(Exception):
    """A backup cannot be made or restored, for the reason that the message gives."""


@dataclass
class Manifest:
    """`database` is "sqlite" or "postgresql"; `migrations` are those that its tables have been through; `columns`, of
    PostgreSQL, the columns of each table in order; `signals` has one entry a workspace, by its key."""

    version: str
    created_at: str
    database: str
    migrations: list[list[str]] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    signals: dict[str, int] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    form: int = FORM


class BackupWriter:
    """Writes to `file` beside its place; it gets its name when the block ends well, whole and on the disk.

    A file that is there is replaced. Raises BackupProblem where it cannot be written.
    """

    def __init__(self, file: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self._file = file
        self._unfinished = file.with_name(f".{file.name}.unfinished")

    def __enter__(self) -> BackupWriter:
        try:
            descriptor = os.open(
                self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise BackupProblem(
                _("The backup cannot be written to %(file)s: %(reason)s")
                % {"file": self._file, "reason": error.strerror}
            ) from error
        self._handle = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._handle, mode="w", format=tarfile.PAX_FORMAT)
        return self

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            summed = _Summed(source)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = path.stat().st_size, 0o600
            self._tar.addfile(entry, summed)  # type: ignore[arg-type]
        self.manifest.files[name] = {"size": entry.size, "sha256": summed.sum.hexdigest()}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            # A full disk fails again at closing, which writes what is left; the file must go all the same.
            try:
                self._handle.close()
            finally:
                self._unfinished.unlink(missing_ok=True)

    def _finish(self) -> None:
        text = json.dumps(self.manifest.__dict__, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        self._tar.addfile(entry, io.BytesIO(text))
        self._tar.close()
        self._handle.flush()
        os.fsync(self._handle.fileno())
        self._unfinished.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_manifest(file: Path) -> Manifest:
    """What the backup says of itself. Raises BackupProblem where it is none, was cut short, or is of a later Polku."""
    try:
        with tarfile.open(file, "r:") as tar:
            found = None
            for entry in tar:
                if entry.name == _MANIFEST and entry.isreg() and entry.size <= _LARGEST_MANIFEST:
                    found = tar.extractfile(entry)
                    break
            document = json.load(found) if found else None
    except OSError as error:
        raise BackupProblem(
            _("The backup %(file)s cannot be read: %(reason)s")
            % {"file": file, "reason": error.strerror or error}
        ) from error
    except (tarfile.TarError, ValueError, RecursionError) as error:
        raise _no_backup(file) from error
    if not isinstance(document, dict) or "form" not in document:
        raise _no_backup(file)
    if document["form"] != FORM:
        raise BackupProblem(_("The backup was made by a later Polku; install that one first."))
    try:
        manifest = Manifest(**document)
    except TypeError as error:
        raise _no_backup(file) from error
    if not _is_sound(manifest):
        raise _no_backup(file)
    return manifest


def _no_backup(file: Path) -> BackupProblem:
    return BackupProblem(_("%s is not a whole backup of Polku.") % file)


def _is_sound(manifest: Manifest) -> bool:
    """Whether everything is there and of its form, whoever wrote it: names of tables become SQL and paths."""
    match manifest.__dict__:
        case {
            "version": str(),
            "created_at": str(),
            "database": str(),
            "migrations": list(migrations),
            "columns": dict(columns),
            "signals": dict(signals),
            "files": dict(files),
        }:
            return (
                all(isinstance(each, list) and len(each) == 2 and _are_texts(each) for each in migrations)
                and all(
                    isinstance(names, list)
                    and _are_texts(names)
                    and all(map(_TABLE.fullmatch, [table, *names]))
                    for table, names in columns.items()
                )
                and all(
                    _is_count(count) and f"events/{key}.duckdb" in files for key, count in signals.items()
                )
                and (manifest.database != "sqlite" or "database.sqlite3" in files)
                and all(
                    isinstance(told, dict)
                    and _is_count(told.get("size"))
                    and isinstance(told.get("sha256"), str)
                    for told in files.values()
                )
            )
    return False


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def unpack(file: Path, manifest: Manifest, folder: Path, progress: Callable[[int, int], None]) -> None:
    """Write the backup's files below `folder`, each compared with its sum.

    Raises BackupProblem for a file that differs, is missing or does not belong there.
    """
    total = sum(entry["size"] for entry in manifest.files.values())
    done = 0
    lacking = set(manifest.files)
    with tarfile.open(file, "r:") as tar:
        for entry in tar:
            if entry.name == _MANIFEST:
                continue
            told = manifest.files.get(entry.name)
            if told is None or not entry.isreg() or not _NAME.fullmatch(entry.name) or ".." in entry.name:
                raise BackupProblem(_("The backup holds %s, which does not belong there.") % entry.name[:100])
            target = folder / entry.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Compared before: a few bytes may say that they are a file of many gigabytes with holes.
            source = tar.extractfile(entry) if entry.size == told["size"] else None
            if source is None or not _copy(source, target, told):
                raise BackupProblem(_("The backup is damaged: %s is not as it was written.") % entry.name)
            lacking.discard(entry.name)
            done += entry.size
            progress(done, total)
    if lacking:
        raise BackupProblem(_("The backup is damaged: %s is missing.") % min(lacking))


def _copy(source: IO[bytes], target: Path, told: dict[str, Any]) -> bool:
    total = hashlib.sha256()
    size = 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        while piece := source.read(_PIECE):
            total.update(piece)
            handle.write(piece)
            size += len(piece)
        handle.flush()
        os.fsync(handle.fileno())
    return size == told["size"] and total.hexdigest() == told["sha256"]


class _Summed:
    """Reads a file and sums it up on the way."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.sum.update(piece)
        return piece
