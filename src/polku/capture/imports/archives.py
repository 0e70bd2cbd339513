"""ZIP archives: which files they hold, and one of them as a stream. No name in an archive becomes a path on disk."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from polku.capture.imports.problems import ImportProblem

_LONGEST_LIST = 2 * 1024 * 1024
"""Bytes of an archive's list of files: over 10,000 names, and no table comes in so many files."""
MOST_FILES = 100
_LEAST_SUSPICIOUS = 64 * 1024 * 1024
_USUAL_RATIO = 200
_UNSUITABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, struct.error, ValueError)


def too_dense(unpacked: int, packed: int) -> bool:
    """Whether so few bytes hold so much that somebody made them to do harm: no table packs so tightly."""
    return unpacked > _LEAST_SUSPICIOUS and unpacked > packed * _USUAL_RATIO


def bomb(file: str) -> ImportProblem:
    return ImportProblem(
        _("%s unpacks into far more than a table of its size holds, so it was not read.") % file
    )


@contextmanager
def archive(handle: IO[bytes], file: str) -> Iterator[zipfile.ZipFile]:
    """The archive in an open file. Raises ImportProblem where it is damaged or made to do harm."""
    if _length_of_list(handle) > _LONGEST_LIST:
        raise ImportProblem(_("%s holds too many files.") % file)
    try:
        opened = zipfile.ZipFile(handle)
    except _UNSUITABLE as error:
        raise damaged(file, error) from error
    with opened:
        size = handle.seek(0, 2)
        if (
            sum(item.compress_size for item in opened.infolist()) > size
        ):  # files that lie on top of each other
            raise bomb(file)
        yield opened


def damaged(file: str, error: BaseException) -> ImportProblem:
    return ImportProblem(
        _("%(file)s is a damaged archive (%(reason)s). Copy or export it again.")
        % {"file": file, "reason": error}
    )


def is_workbook(opened: zipfile.ZipFile) -> bool:
    """Whether the archive is a workbook of Excel (XLSX, XLSM)."""
    return "xl/workbook.xml" in opened.namelist()


def members(opened: zipfile.ZipFile, file: str) -> list[str]:
    """The names of the files that people put into an archive. Raises ImportProblem for one that is locked, leads
    out of the archive or says a name twice."""
    if {"[Content_Types].xml", "mimetype"} & set(opened.namelist()):
        raise ImportProblem(
            _("%s is a document of an office program, but no XLSX. Save it as XLSX or CSV.") % file
        )
    names: list[str] = []
    for item in opened.infolist():
        kind = stat.S_IFMT(item.external_attr >> 16)
        path = PurePosixPath(item.filename.replace("\\", "/"))
        if (
            path.is_absolute()
            or ".." in path.parts
            or re.match("[A-Za-z]:", item.filename)
            or kind == stat.S_IFLNK
        ):
            raise ImportProblem(
                _("%(file)s holds “%(name)s”, whose path leads out of the archive, so it was not read.")
                % {"file": file, "name": shown(item.filename)}
            )
        if item.is_dir() or _is_leftover(path):
            continue
        if item.flag_bits & 1:
            raise ImportProblem(_("%s is locked with a password. Unpack it first.") % file)
        names.append(item.filename)
    if len(set(names)) < len(names):
        raise ImportProblem(_("%s holds two files of the same name.") % file)
    if len(names) > MOST_FILES:
        raise ImportProblem(_("%s holds too many files.") % file)
    if not names:
        raise ImportProblem(_("%s is empty.") % file)
    return names


def open_member(opened: zipfile.ZipFile, name: str, file: str) -> IO[bytes]:
    """One file of the archive, unpacked as it is read."""
    try:
        item = opened.getinfo(name)
    except KeyError:
        raise ImportProblem(
            _("%(file)s holds no file “%(name)s”.") % {"file": file, "name": shown(name)}
        ) from None
    if too_dense(item.file_size, item.compress_size):
        raise bomb(file)
    try:
        return opened.open(item)
    except _UNSUITABLE as error:
        raise damaged(file, error) from error


def shown(name: str) -> str:
    """A name from an archive, fit to be shown."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in name)
    return printable if len(printable) <= 80 else "…" + printable[-79:]


def _is_leftover(path: PurePosixPath) -> bool:
    """What systems leave in archives unasked."""
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name.lower() == "thumbs.db"


def _length_of_list(handle: IO[bytes]) -> int:
    """Bytes of the list of files, as the archive's end tells it; 0 where it has no end (which opening will tell)."""
    size = handle.seek(0, 2)
    handle.seek(max(0, size - 65_557))
    tail = handle.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return 0
    length: int = struct.unpack_from("<L", tail, end + 12)[0]
    if length == 0xFFFFFFFF and end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07":
        handle.seek(min(struct.unpack_from("<Q", tail, end - 12)[0], size))
        record = handle.read(56)
        length = struct.unpack_from("<Q", record, 40)[0] if len(record) == 56 else 0
    return length
