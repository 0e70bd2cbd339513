"""Keeping a store quick and small: what nobody asks about, but every question gains from. Part of the store's port."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from polku.eventstore.port import Progress


@dataclass(frozen=True)
class Compacted:
    """What a compaction did.

    Signals that are there now and that went with their people; sizes of the file in bytes; how long it took, and how
    long of that writes had to wait.
    """

    signals: int
    erased: int
    size_before: int
    size: int
    seconds: float
    seconds_at_gate: float


class Upkeep(Protocol):
    """The part of the port that the nightly upkeep and the erasure of people call."""

    def compact(
        self, workspace: str, *, without: Collection[int] = (), progress: Progress | None = None
    ) -> Compacted:
        """Write the workspace's signals anew, in the order in which questions read them, without the people `without`.

        Questions go on meanwhile; writes wait a moment at the end. Answers, and the version, stay as they are,
        except where people go: then nothing of them is left in any byte that the store keeps. Raises StoreError, and
        leaves everything as it was, where the disk has no room, where one of the people was merged meanwhile, or
        where the server stops.
        """

    def snapshot(self, workspace: str, file: Path) -> int:
        """Write one state of the workspace's store to the new file `file`; returns how many signals are in it.

        Questions and writes go on meanwhile. Raises StoreError where the disk has no room, or where the workspace is
        dropped or the server stops; nothing is left then.
        """

    def is_compaction_due(self, workspace: str) -> bool:
        """Whether so much came since the last one that another is worth while."""
