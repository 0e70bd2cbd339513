"""Folders for staging: made for one import, removed after it, and swept when an import was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "in-use"
_HALF_MADE = 3600.0  # seconds


@contextmanager
def staging_folder(home: Path) -> Iterator[Path]:
    """A new folder below HOME/staging, removed at the end whatever happens; what dead imports left goes first."""
    base = home / "staging"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(base)
    folder = Path(tempfile.mkdtemp(dir=base))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(base: Path) -> None:
    """Remove the folders whose import lives no more: nobody holds their lock."""
    for folder in base.iterdir():
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            # Being made or removed right now, or left half made long ago.
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > _HALF_MADE:
                    shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
