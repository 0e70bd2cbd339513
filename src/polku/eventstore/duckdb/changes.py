"""What the last writes changed, remembered in this process, so that what is kept of a map can follow them.

Only one process has a workspace's file, so memory is enough: after a restart nothing is known and a map is read anew,
as it is after a write of which nobody noted what it changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from polku.eventstore.live import Change, union

_MOST_WRITES = 2_000
_MOST_PEOPLE = 500_000
"""Numbers of people and orders kept of one workspace; behind more of them reading anew is as quick."""


class Changes:
    """By workspace and version. Safe to use from several threads."""

    def __init__(self) -> None:
        self._of: dict[str, OrderedDict[int, Change]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def noting(self, workspace: str) -> Iterator[Callable[[int, Change], None]]:
        """For the length of a write: gives what notes what the version that it makes changes.

        It is noted before the write is kept, lest somebody read the version and find nothing, and forgotten where
        the block fails: the next write of any kind may make a version of the same number.
        """
        noted: list[int] = []

        def note(version: int, change: Change) -> None:
            noted.append(version)
            self._note(workspace, version, change)

        try:
            yield note
        except BaseException:
            with self._lock:
                for version in noted:
                    self._of.get(workspace, OrderedDict()).pop(version, None)
            raise

    def forget(self, workspace: str) -> None:
        """Forget everything of a workspace."""
        with self._lock:
            self._of.pop(workspace, None)

    def _note(self, workspace: str, version: int, change: Change) -> None:
        with self._lock:
            known = self._of.setdefault(workspace, OrderedDict())
            known[version] = change
            size = sum(len(each.people) + len(each.orders) for each in known.values())
            while len(known) > _MOST_WRITES or size > _MOST_PEOPLE:
                _version, oldest = known.popitem(last=False)
                size -= len(oldest.people) + len(oldest.orders)

    def between(self, workspace: str, since: int, version: int) -> Change | None:
        """All that changed after `since` up to `version`; None where some of it is not known, or nothing."""
        with self._lock:
            known: Mapping[int, Change] = self._of.get(workspace, {})
            found = [known.get(each) for each in range(since + 1, version + 1)]
        changes = [change for change in found if change is not None]
        return union(changes) if changes and len(changes) == len(found) else None


def nothing(first_arrival: int, first_order: int, *, touchpoints: frozenset[int] = frozenset()) -> Change:
    """A change of no old signal, but perhaps of which are at `touchpoints`."""
    none = np.empty(0, dtype=np.int64)
    return Change(first_arrival, first_order, none, none, touchpoints)
