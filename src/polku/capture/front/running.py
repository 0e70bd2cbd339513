"""The front door of this process: what it is made of, and its beginning and end."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from polku.capture.enrichment.countries import Countries
from polku.capture.front.bodies import BodyReader
from polku.capture.front.cookieless import DailyIds
from polku.capture.front.counts import Counts
from polku.capture.front.keys import WriteKeys
from polku.capture.inbox import Inbox
from polku.capture.loader import Loader
from polku.eventstore.port import EventStore
from polku.eventstore.registry import hit_rules

logger = logging.getLogger(__name__)
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Front:
    inbox: Inbox
    loader: Loader
    keys: WriteKeys
    bodies: BodyReader
    daily_ids: DailyIds
    countries: Countries
    counts: Counts

    def missing(self) -> list[str]:
        """What keeps signals from coming in or from being loaded, in words for /readyz; empty when all is well."""
        found = []
        problem = self.inbox.problem
        if problem is not None:
            found.append(f"inbox: {problem}")
        if not self.loader.is_alive():
            found.append("loader")
        return found


_front: Front | None = None


def start(home: Path, store: EventStore) -> Front:
    """Open the inbox in the home folder and let signals in and through to `store`.

    Called once by the process that owns the store, before it serves. Raises OSError where the inbox's folder cannot
    be made.
    """
    global _front
    counts = Counts()
    inbox = Inbox(
        home / "inbox",
        most_bytes=settings.INBOX_MEGABYTES * _MEGABYTE,
        committed=counts.commits.observe,
    )
    countries = Countries(settings.COUNTRY_DATABASE)
    if problem := countries.problem():
        logger.error(problem)
    loader = Loader(inbox, store, hit_rules)
    loader.start()
    counts.watch(inbox, loader.lag, loader_runs=loader.is_alive)
    _front = Front(
        inbox=inbox,
        loader=loader,
        keys=WriteKeys(events_per_second=settings.CAPTURE_EVENTS_PER_SECOND),
        bodies=BodyReader(),
        daily_ids=DailyIds(),
        countries=countries,
        counts=counts,
    )
    return _front


def stop(timeout: float) -> None:
    """Let the loader come to the end of its transaction, put on the disk what waits, and note when keys were used.

    Called when nothing is served any more; the first two take at most `timeout` seconds each. What the loader leaves in
    the inbox is loaded after the next start.
    """
    global _front
    if _front is None:
        return
    front, _front = _front, None
    front.loader.stop(timeout)
    front.inbox.close(timeout)
    front.keys.close()
    front.countries.close()


def running() -> Front | None:
    """The front door of this process; None in commands, and before and after serving."""
    return _front
