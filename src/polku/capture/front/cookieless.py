"""Ids for visitors who are counted without cookies: they live at most a day, and nothing leads back from them."""

from __future__ import annotations

import hashlib
import secrets
import time

_DAY = 86_400


class DailyIds:
    """Makes the same id of the same sender as long as the salt lives: until midnight UTC, or the end of the process.

    The salt is in memory only. Once it is gone, nobody can tell which address an id was made of, nor join the ids of
    two days.
    """

    def __init__(self) -> None:
        self._day = -1
        self._salt = b""

    def id_of(self, workspace: str, client: str, user_agent: str) -> str:
        """32 hex digits."""
        day = int(time.time()) // _DAY
        if day != self._day:
            self._salt = secrets.token_bytes(32)
            self._day = day
        of = f"{workspace}\0{client}\0{user_agent}".encode("utf-8", "replace")
        return hashlib.blake2b(of, digest_size=16, key=self._salt).hexdigest()
