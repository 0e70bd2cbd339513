"""The write keys, in memory: no request waits for the database.

All living write keys are read together, by their digests, every few seconds while requests come, and at once after a
change in this process. So an unknown key and a revoked one are the same miss in the same dictionary, and a flood of
made-up keys costs no look-up.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import Error, close_old_connections, connections, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django_scopes import scopes_disabled

from polku.accounts.models import ApiKey
from polku.accounts.signals import api_keys_changed
from polku.capture.enrichment.own_traffic import OwnAddresses
from polku.capture.front.limits import Bucket
from polku.capture.models import CaptureSettings

logger = logging.getLogger(__name__)
_FRESH_SECONDS = 2.0  # so long nothing is asked
_STALE_SECONDS = 5.0  # a list older than this is not used; in between it is renewed behind the request's back
_PATIENCE = 3.0
_USE_NOTED_EVERY = 60.0
_BURST_SECONDS = 2.0


class KeysUnknown(Exception):
    """The database has not answered since the start, so no key can be told from another."""


class WriteKey:
    """A living key with what its workspace decided about the way in."""

    __slots__ = ("bucket", "is_cookieless", "number", "own", "workspace")

    def __init__(
        self, number: int, workspace: str, own: OwnAddresses, is_cookieless: bool, bucket: Bucket
    ) -> None:
        self.number, self.workspace, self.own = number, workspace, own
        self.is_cookieless, self.bucket = is_cookieless, bucket


class WriteKeys:
    """Used by one event loop; reads in a thread of its own. `close` notes the last uses and ends the thread."""

    def __init__(self, *, events_per_second: int) -> None:
        self._rate = events_per_second
        self._keys: dict[bytes, WriteKey] | None = None
        self._buckets: dict[int, Bucket] = {}
        self._read_at = 0.0
        self._changes = 0  # counted by whichever thread commits one
        self._seen_changes = -1
        self._renewing: asyncio.Task[None] | None = None
        self._used: set[int] = set()
        self._noted_at = time.monotonic()
        self._thread = ThreadPoolExecutor(1, "polku-keys")
        self._listeners: list[tuple[Any, Any]] = [
            (post_save, CaptureSettings),
            (post_delete, CaptureSettings),
            (post_delete, ApiKey),
        ]
        for signal, sender in self._listeners:
            signal.connect(self._after_commit, sender=sender)
        api_keys_changed.connect(self._changed)

    async def find(self, text: str) -> WriteKey | None:
        """The living write key with this text; None for unknown, revoked and secret keys alike.

        Raises KeysUnknown.
        """
        age = time.monotonic() - self._read_at
        if self._keys is None or self._changes != self._seen_changes or age > _STALE_SECONDS:
            reading = self._renew()
            await asyncio.wait({reading}, timeout=_PATIENCE)
            if not reading.done():  # the database hangs: go on with what is known, and ask later
                self._read_at = time.monotonic()
        elif age > _FRESH_SECONDS:
            self._renew()
        if self._keys is None:
            raise KeysUnknown
        key = self._keys.get(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        if key is not None:
            self._used.add(key.number)
        return key

    def _renew(self) -> asyncio.Task[None]:
        """Read the keys anew; everybody who asks meanwhile gets the same reading."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.get_running_loop().create_task(self._read())
        return self._renewing

    async def _read(self) -> None:
        changes = self._changes
        while True:
            try:
                rows = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._in_thread, _living_keys
                )
            except Error as error:
                # Nobody can revoke a key while the database is away, so those known stay good.
                logger.error("write keys cannot be looked up: %s", type(error).__name__)
                self._read_at = time.monotonic()
                return
            if changes == self._changes:
                break
            changes = self._changes  # something was committed meanwhile, perhaps just after the reading
        now = time.monotonic()
        self._buckets = {
            number: self._buckets.get(number) or Bucket(self._rate, self._rate * _BURST_SECONDS, now)
            for _digest, number, *_rest in rows
        }
        self._keys = {
            digest: WriteKey(number, workspace, OwnAddresses(own), is_cookieless, self._buckets[number])
            for digest, number, workspace, own, is_cookieless in rows
        }
        self._read_at, self._seen_changes = now, changes
        if self._used and now - self._noted_at > _USE_NOTED_EVERY:
            self._noted_at = now
            used, self._used = self._used, set()
            self._thread.submit(self._in_thread, lambda: _note_use(used))

    def _in_thread(self, work: Callable[[], Any]) -> Any:
        close_old_connections()
        return work()

    def _after_commit(self, **_kwargs: object) -> None:
        transaction.on_commit(self._changed)

    def _changed(self, **_kwargs: object) -> None:
        self._changes += 1

    def close(self) -> None:
        """Called when the event loop has ended."""
        api_keys_changed.disconnect(self._changed)
        for signal, sender in self._listeners:
            signal.disconnect(self._after_commit, sender=sender)
        if self._used:
            self._thread.submit(self._in_thread, lambda: _note_use(self._used))
        self._thread.submit(connections.close_all)
        self._thread.shutdown()


def _living_keys() -> list[tuple[bytes, int, str, list[str], bool]]:
    """(digest, number, key of the workspace, own addresses, whether cookieless ids are made)."""
    with scopes_disabled():
        chosen = {
            row.workspace_id: (row.own_addresses, row.is_cookieless) for row in CaptureSettings.objects.all()
        }
        keys = ApiKey.objects.filter(kind=ApiKey.Kind.WRITE, revoked_at=None).values_list(
            "digest", "pk", "workspace__key", "workspace"
        )
        return [
            (bytes.fromhex(digest), number, key.hex, *chosen.get(workspace, ([], False)))
            for digest, number, key, workspace in keys
        ]


def _note_use(numbers: set[int]) -> None:
    try:
        with scopes_disabled():
            ApiKey.objects.filter(pk__in=numbers).update(last_used_at=timezone.now())
    except Error as error:
        logger.warning("the use of write keys could not be noted: %s", type(error).__name__)
