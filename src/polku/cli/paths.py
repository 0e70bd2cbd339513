"""Where the running server can be reached."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_LONGEST = 100  # bytes; the system allows 107 for a Unix socket's path


def run_folder(home: Path) -> Path:
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def socket_path(home: Path) -> Path:
    """$HOME/run/polku.sock, or a short path of our own where that would be too long for a socket."""
    path = run_folder(home) / "polku.sock"
    if len(os.fsencode(path)) <= _LONGEST:
        return path
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    base = Path("/run/user") / str(os.getuid())
    folder = (base if base.is_dir() else Path(tempfile.gettempdir())) / f"polku-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder / "polku.sock"


def lock_path(home: Path) -> Path:
    return run_folder(home) / "polku.lock"
