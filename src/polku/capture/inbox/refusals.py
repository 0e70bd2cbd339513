"""Why the inbox takes nothing just now."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """`BUSY` ends by itself in a moment and is no fault; the others are what /readyz tells."""

    STORAGE = "storage"  # writing failed: a new file is being opened
    STUCK = "stuck"  # the disk does not answer
    DISK_FULL = "disk_full"
    BACKLOG = "backlog"  # the loader is too far behind
    BUSY = "busy"  # too many requests wait for the disk
    STOPPING = "stopping"


_RETRY_SECONDS = {
    Refusal.STORAGE: 5,
    Refusal.STUCK: 10,
    Refusal.DISK_FULL: 15,
    Refusal.BACKLOG: 15,
    Refusal.BUSY: 1,
    Refusal.STOPPING: 5,
}


class InboxUnavailable(Exception):
    """Nothing was kept, and nothing of the request will be: it has to be sent again after `retry_after` seconds."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.retry_after = _RETRY_SECONDS[refusal]
