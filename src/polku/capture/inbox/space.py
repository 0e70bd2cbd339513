"""How much room there is: on the disk, and for what the loader has not read yet."""

from __future__ import annotations

import os
from pathlib import Path

from polku.capture.inbox.refusals import Refusal

_MEGABYTE = 1024 * 1024
_LARGEST_RESERVE = 256 * _MEGABYTE
_SMALLEST_RESERVE = (
    8 * _MEGABYTE
)  # the loader needs room to load what is in the inbox, and so make room again
_LARGEST_FILE = 128 * _MEGABYTE
_SMALLEST_FILE = 1 * _MEGABYTE
_OVERHEAD = 1.5  # pages of SQLite and its log per byte of payload, at worst


class Space:
    """Asked before each commit. Having refused, it takes again only when a tenth more than needed is free, lest it
    change its mind with every request."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._refused: Refusal | None = None
        total = self._total()
        self._reserve = min(_LARGEST_RESERVE, max(total // 20, min(_SMALLEST_RESERVE, total // 4)))
        self.file_bytes = min(_LARGEST_FILE, max(total // 32, _SMALLEST_FILE))

    def refusal(self, *, backlog: int, coming: int) -> Refusal | None:
        """Why `coming` bytes cannot be taken beside `backlog` bytes of earlier ones; None where they can."""
        need = int(coming * _OVERHEAD)
        margin = 1.1 if self._refused else 1.0
        if self._free() < (self._reserve + need) * margin:
            self._refused = Refusal.DISK_FULL
        elif (backlog + need) * margin > self._most_bytes:
            self._refused = Refusal.BACKLOG
        else:
            self._refused = None
        return self._refused

    def _free(self) -> int:
        # Where the file system does not answer, the commit will say so.
        try:
            state = os.statvfs(self._folder)
        except OSError:
            return self._reserve * 2
        return state.f_bavail * state.f_frsize

    def _total(self) -> int:
        state = os.statvfs(self._folder)
        return state.f_blocks * state.f_frsize
