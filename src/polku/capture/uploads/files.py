"""Where uploaded files lie: HOME/uploads/<workspace key>/<upload key>/original/NAME; beside it the rejected rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from polku.capture.models import Upload

_LONGEST_NAME = 120  # bytes, so that every file system takes it
_UNUSUAL = re.compile(r"[^\w .()+-]|[\x00-\x1f]")
_TIMES = 3
"""A file is kept, written out while it is read, and stored: for a while it takes so many times its size."""


def base() -> Path:
    """The folder of all uploads."""
    return Path(settings.POLKU_HOME) / "uploads"


def arriving() -> Path:
    """Where bodies of requests lie until they have come whole; made where it is missing."""
    folder = base() / "arriving"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def folder_of(upload: Upload) -> Path:
    return base() / upload.workspace.key.hex / upload.key.hex


def file_of(upload: Upload) -> Path:
    """The file itself, under a name that its messages can show."""
    return folder_of(upload) / "original" / plain_name(upload.name)


def rejected_folder_of(upload: Upload) -> Path:
    return folder_of(upload) / "rejected"


def plain_name(name: str) -> str:
    """The name without anything that leads elsewhere or that a file system or a terminal would not take."""
    stem = _UNUSUAL.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    while len(stem.encode()) > _LONGEST_NAME:
        stem = stem[1:]  # the end tells what kind of file it is
    return stem or "file"


def has_room_for(size: int) -> bool:
    """Whether the disk takes a file of `size` bytes with all that is made of it, and keeps a reserve."""
    return shutil.disk_usage(arriving()).free >= _TIMES * size + settings.UPLOAD_RESERVE


def keep(upload: Upload, content: UploadedFile[Any]) -> None:
    """Put what was brought in its place. Raises OSError, and leaves nothing then."""
    target = file_of(upload)
    try:
        target.parent.mkdir(mode=0o700, parents=True)
        # What came in pieces lies on the same disk already (settings.FILE_UPLOAD_TEMP_DIR): a second name is enough.
        if hasattr(content, "temporary_file_path"):
            target.hardlink_to(content.temporary_file_path())
        else:
            with target.open("xb") as handle:
                for piece in content.chunks():
                    handle.write(piece)
        target.chmod(0o600)
    except OSError:
        remove(upload)
        raise


def remove(upload: Upload) -> None:
    """Remove the file and what was written beside it; nothing where it is gone already."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)
