"""Home folders for programs that tests start."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

NewHome = Callable[[Path], Path]
"""Makes a home folder of that path whose database is up to date and empty."""


def homes_with(database: Path) -> NewHome:
    """Migrating takes longer than most tests with a program of their own: what has been migrated once is copied."""

    def make(folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True)
        shutil.copyfile(database, folder / "polku.sqlite3")
        return folder

    return make
