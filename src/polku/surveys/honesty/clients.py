"""Who answers, as far as honesty needs it: keyed digests that live at most a day, in memory only."""

from __future__ import annotations

import hashlib
import secrets
import time
from threading import Lock

_DAY = 86_400


class DailyDigests:
    """Digests by a key that is made anew every day and is on no disk: afterwards nobody can tell of what they were."""

    def __init__(self) -> None:
        self._day = -1
        self._key = b""
        self._lock = Lock()

    def of(self, *parts: str) -> bytes:
        """16 bytes."""
        day = int(time.time()) // _DAY
        with self._lock:
            if day != self._day:
                self._key, self._day = secrets.token_bytes(32), day
            key = self._key
        joined = "\0".join(parts).encode("utf-8", "replace")
        return hashlib.blake2b(joined, digest_size=16, key=key).digest()


digests = DailyDigests()
