"""Keeping maps on the disk behind the backs of those who look at them, and finding them again."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Sequence

from polku.eventstore.port import Condition, EventStore, StoreError
from polku.jobs.giving_way import come_after_others
from polku.journeys.live import kept_maps
from polku.journeys.live.following import FollowedMap
from polku.journeys.live.kept_maps import KeptMap
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import Signals

logger = logging.getLogger(__name__)

WORTH_KEEPING = 300_000
"""Rows of a map from which on reading it anew takes longer than anybody notices."""
_ROOM = 5  # times the size of a map that must be free on the disk, lest it be wanted for signals

_one_at_a_time = threading.Lock()


class OnDisk:
    """What of one map lies on the disk. Whoever uses it holds the map's lock."""

    def __init__(
        self, store: EventStore, key: str, plan: Plan, where: Sequence[Condition], *, least: int
    ) -> None:
        self.store = store
        self._key, self._plan, self._where, self._least = key, plan, where, least
        self._rows: Signals | None = None
        self._version, self._tallies = 0, 0
        self.writing: threading.Thread | None = None

    def find(self, *, is_whole: bool) -> FollowedMap | None:
        """The map as it was when it was kept; None where there is none."""
        file = self.store.map_file(self._key, self._name(is_whole))
        kept = None if file is None else kept_maps.read(file)
        if kept is None:
            return None
        found = FollowedMap(self._plan, kept)
        self._rows, self._version, self._tallies = found.base, kept.version, len(kept.tallies)
        return found

    def keep(self, followed: FollowedMap, *, at_last: bool = False) -> None:
        """Have the map written by another thread where what is there is another; `at_last` also where most of it is
        the same, for then nobody looks at it any more."""
        if followed.mark is None or len(followed.base) < self._least:
            return
        is_known = self._rows is not None and followed.base.is_same(self._rows)
        if at_last:
            if followed.version == self._version:
                return
        elif not followed.is_put_together or (is_known and (self._tallies or not followed.has_tallies)):
            return
        kept = followed.as_it_is()
        self._rows, self._version, self._tallies = kept.signals, kept.version, len(kept.tallies)
        self.writing = threading.Thread(
            target=_write,
            args=(self.store, self._key, self._name(kept.start is None), kept),
            name="keeping a map",
            daemon=True,
        )
        self.writing.start()

    def _name(self, is_whole: bool) -> str:
        return kept_maps.name_of(self._plan, self._where, is_whole=is_whole)


def _write(store: EventStore, key: str, name: str, kept: KeptMap) -> None:
    """A failure leaves what was there, and a line in the log."""
    come_after_others()
    try:
        with _one_at_a_time:
            file = store.map_file(key, name, mark=kept.mark)
            if file is None or shutil.disk_usage(file.parent).free < _ROOM * kept.size:
                return
            kept_maps.write(file, kept)
            if store.map_file(key, name, mark=kept.mark) != file:  # people were erased meanwhile
                file.unlink(missing_ok=True)
    except (OSError, StoreError) as error:
        logger.warning("a map could not be kept on the disk: %s", error)
