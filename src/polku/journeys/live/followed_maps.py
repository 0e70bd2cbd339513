"""The maps that are followed in this process: those looked at lately, as far as memory allows."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from polku.eventstore import cancelling
from polku.eventstore.port import EventStore, Scope
from polku.journeys.live.following import FollowedMap
from polku.journeys.live.keeping import WORTH_KEEPING, OnDisk
from polku.journeys.live.plan import DAY, Plan
from polku.journeys.live.times import microseconds, moment

_MOST_BYTES = 400 * 2**20
_LITTLE = 20 * 2**20
_IDLE_SECONDS = 900.0
_LOOKS_UP_EVERY = 0.2  # seconds
_EARLIER = 14 * DAY


@dataclass
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    map: FollowedMap | None = None
    used: float = 0.0
    starts: dict[int | None, float] = field(default_factory=dict)
    disk: OnDisk | None = None

    def wanted_from(self) -> int | None:
        """The earliest start asked for lately (microseconds; None: everything)."""
        return None if None in self.starts else min(each for each in self.starts if each is not None)


class FollowedMaps:
    """One for each workspace, plan and filter, from the earliest start that was asked for. Those not looked at for a
    quarter of an hour are forgotten, and the longest unused ones when they are too much together. What is large is kept
    on the disk then and whenever it was read anew, where it has `least_kept` rows."""

    def __init__(self, most_bytes: int = _MOST_BYTES, *, least_kept: int = WORTH_KEEPING) -> None:
        self._most, self._least_kept = most_bytes, least_kept
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self._lock = threading.Lock()
        self._later: threading.Timer | None = None

    @contextmanager
    def of(self, store: EventStore, key: str, plan: Plan, scopes: Sequence[Scope]) -> Iterator[FollowedMap]:
        """The map of scopes that differ only in range and segment, as the store is now; for the block's length it is
        nobody else's. Signals run past the end of the ranges, because who continues or buys may do so later."""
        starts = [scope.start for scope in scopes]
        start = None if None in starts else min(each for each in starts if each is not None)
        # Conditions may hold lists, which do not hash; their text tells them apart just as well.
        which = (key, plan, repr(scopes[0].where))
        with self._lock:
            place = self._places.setdefault(which, _Place())
            self._places.move_to_end(which)
            place.used = time.monotonic()
        while not place.lock.acquire(timeout=_LOOKS_UP_EVERY):
            cancelling.check()  # whoever does not wait any more need not stand in line
        try:
            place.starts[None if start is None else microseconds(start)] = place.used
            for old in [each for each, used in place.starts.items() if used < place.used - _IDLE_SECONDS]:
                del place.starts[old]
            scope = replace(scopes[0], end=None, segment=None)
            if place.map is not None and not _serves(place.map.start, place.wanted_from()):
                place.map = None  # before another is read, lest both be in memory
            if place.disk is None or place.disk.store is not store:
                place.disk = OnDisk(store, key, plan, scope.where, least=self._least_kept)
            place.map = _up_to_date(place.map, place.disk, key, plan, scope, place.wanted_from())
            yield place.map
            place.disk.keep(place.map)
        finally:
            place.lock.release()
        self._make_room()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._places.clear()

    def wait(self) -> None:
        """Until what is to be kept on the disk is there."""
        with self._lock:
            disks = [place.disk for place in self._places.values()]
        for disk in disks:
            if disk is not None and disk.writing is not None:
                disk.writing.join()

    def _make_room(self, *, is_late: bool = False) -> None:
        left = []
        with self._lock:
            if is_late:
                self._later = None
            limit = time.monotonic() - _IDLE_SECONDS
            size = sum(place.map.size for place in self._places.values() if place.map)
            newest = next(reversed(self._places), None)
            for which, place in list(self._places.items()):
                if place.used <= limit or (size > self._most and which != newest):
                    size -= place.map.size if place.map else 0
                    del self._places[which]
                    left.append(place)
            if size > _LITTLE and self._later is None:
                # Nobody may ever ask for a map again; much memory is given back then, too.
                self._later = threading.Timer(_IDLE_SECONDS, self._make_room, kwargs={"is_late": True})
                self._later.daemon = True
                self._later.start()
        for place in left:
            _keep_at_last(place)


def _keep_at_last(place: _Place) -> None:
    """Somebody who still uses the map will read it anew the next time; it need not be kept now."""
    if place.lock.acquire(blocking=False):
        try:
            if place.map is not None and place.disk is not None:
                place.disk.keep(place.map, at_last=True)
        finally:
            place.lock.release()


def _up_to_date(
    followed: FollowedMap | None, disk: OnDisk, key: str, plan: Plan, scope: Scope, start: int | None
) -> FollowedMap:
    """The map that there was as the store is now, or the one on the disk, or else one from `start` on."""
    mark = None
    if followed is None:
        followed = disk.find(is_whole=start is None)
        if followed is not None and not _serves(followed.start, start):
            followed = None
        mark = None if followed is None else followed.mark
    if followed is not None:
        start = followed.start
    scope = replace(scope, start=None if start is None else moment(start))
    since = None if followed is None else followed.version
    rows = disk.store.live_rows(key, scope, plan.bound, since=since, mark=mark)
    if followed is None or rows.change is None:
        return FollowedMap.of_rows(plan, start, rows)
    if rows.version != followed.version:
        followed.follow(rows)
    return followed


def _serves(begins: int | None, wanted: int | None) -> bool:
    """Whether a map of another beginning will do. One that begins a little earlier will: not every midnight is a reason
    to read everything anew, but to keep everything because somebody once asked for it would be none either."""
    if begins is None or wanted is None:
        return begins is None and wanted is None
    return wanted - _EARLIER <= begins <= wanted
