"""The part of the store that keeps it quick and small: see `eventstore.upkeep`."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Collection

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from polku.eventstore.duckdb.changes import Changes
from polku.eventstore.duckdb.column_memory import ColumnMemory
from polku.eventstore.duckdb.generations import Generation
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.web_store import VisitMemory
from polku.eventstore.port import Progress, StoreError
from polku.eventstore.upkeep import Compacted
from polku.jobs.giving_way import come_after_others

DUE_SIGNALS, DUE_SHARE = 10_000, 0.02
"""So many signals, and such a part of all, must have come since the last compaction to make another worth while."""
_ROOM = 1.3
"""Free space needed, in sizes of the file: the new one, and what sorting spills."""


class UpkeepStore:
    """Mixed into DuckDBStore."""

    _instance: Instance
    _changes: Changes
    _columns: ColumnMemory
    _visits: VisitMemory

    def compact(
        self, workspace: str, *, without: Collection[int] = (), progress: Progress | None = None
    ) -> Compacted:
        begun = time.monotonic()
        with self._instance.renewal(workspace) as renewal:
            size_before = renewal.old_file.stat().st_size
            if shutil.disk_usage(renewal.old_file.parent).free < _ROOM * size_before:
                raise StoreError(_("There is not enough room on the disk to write the event store anew."))
            generation = Generation(renewal.session, renewal.db, without=without)
            gently(lambda: generation.copy(progress))
            with self._instance.gate(workspace):
                at_gate = time.monotonic()
                signals, erased = generation.catch_up()
                renewal.put_in_place()
                if not without:
                    self._instance.files.hand_on_maps(renewal.old_file, renewal.new_file)
            now = time.monotonic()
            if without:
                self._changes.forget(workspace)
                self._columns.forget(workspace)
                self._visits.forget(workspace)
            if progress:
                progress(1, 1)
            return Compacted(
                signals=signals,
                erased=erased,
                size_before=size_before,
                size=renewal.new_file.stat().st_size,
                seconds=now - begun,
                seconds_at_gate=now - at_gate,
            )

    def is_compaction_due(self, workspace: str) -> bool:
        with self._instance.glance(workspace) as session:
            before, following = session.row(
                f"SELECT greatest(sorted_before, 1), next_arrival FROM {session.db}.meta"
            )
        return bool(following - before >= max(DUE_SIGNALS, DUE_SHARE * following))


def gently(work: Callable[[], None]) -> None:
    """Do the work in a thread of its own that comes after others, and wait for it."""
    faults: list[BaseException] = []
    language = get_language()

    def run() -> None:
        come_after_others()
        try:
            with override(language):
                work()
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run, name="compaction", daemon=True)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
