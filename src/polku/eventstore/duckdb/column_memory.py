"""Keeps the columns of workspaces' signals in memory, current with what is written. See `eventstore.signal_columns`."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
import pyarrow as pa

from polku.eventstore import cancelling
from polku.eventstore.duckdb.changes import Changes
from polku.eventstore.duckdb.session import Parameters, Session
from polku.eventstore.signal_columns import Label, SignalColumns, SignalRows, in_order

KEPT_BYTES = 640 * 2**20
"""35 million signals, in one workspace or several; those asked about longest ago go first."""

_BYTES_A_SIGNAL = 18
_AT_ONCE = 1_000_000
_LOOK_AGAIN = 0.1


class ColumnMemory:
    """Columns by workspace. Safe to use from several threads; they are read by one of them while others wait."""

    def __init__(self, changes: Changes, most_bytes: int = KEPT_BYTES) -> None:
        self._changes = changes
        self._most = most_bytes
        self._kept: OrderedDict[str, SignalColumns] = OrderedDict()
        self._lock = Lock()
        self._reading: dict[str, Lock] = {}

    def of(self, workspace: str, session: Session) -> SignalColumns | None:
        """The columns of the state that the session reads; None where there are too many signals to keep them."""
        version, signals = session.row(
            f"SELECT version, (SELECT count(*) FROM {session.db}.signal) FROM {session.db}.meta"
        )
        if signals * _BYTES_A_SIGNAL > self._most:
            return None
        with self._lock:
            reading = self._reading.setdefault(workspace, Lock())
        while not reading.acquire(timeout=_LOOK_AGAIN):
            cancelling.check()
        try:
            with self._lock:
                known = self._kept.get(workspace)
            if known is not None and known.version > version:
                return None  # somebody who came later has newer ones already
            if known is None or known.version < version:
                known = self._follow(workspace, session, known, version)
                self._keep(workspace, known)
            return known
        finally:
            reading.release()

    def forget(self, workspace: str) -> None:
        with self._lock:
            self._kept.pop(workspace, None)

    def _keep(self, workspace: str, columns: SignalColumns) -> None:
        with self._lock:
            self._kept[workspace] = columns
            self._kept.move_to_end(workspace)
            while len(self._kept) > 1 and sum(each.size for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)

    def _follow(
        self, workspace: str, session: Session, known: SignalColumns | None, version: int
    ) -> SignalColumns:
        change = None if known is None else self._changes.between(workspace, known.version, version)
        if known is None or change is None:
            labels, rows = _read(session, (), "true", {})
            return SignalColumns(version, labels, rows)
        where = "s.arrival >= $first"
        if change.people.size:
            session.offer("changed", pa.table({"person": change.people}))
            where += " OR s.person IN (SELECT person FROM changed)"
        labels, rows = _read(session, known.labels, where, {"first": change.first_arrival})
        if change.people.size:
            session.withdraw("changed")
        return known.followed(version, labels, change.people, change.first_arrival, rows)


def _read(
    session: Session, labels: tuple[Label, ...], where: str, parameters: Parameters
) -> tuple[tuple[Label, ...], SignalRows]:
    """(the labels with new ones behind, the signals in order)."""
    signal = f"{session.db}.signal AS s"
    there = session.rows(f"SELECT kind, name, count(*) FROM {signal} WHERE {where} GROUP BY ALL", parameters)
    labels = (*labels, *sorted({(kind, name) for kind, name, _count in there} - set(labels)))
    offered = {
        "kind": pa.array([kind for kind, _name in labels], pa.uint8()),
        "name": pa.array([name for _kind, name in labels], pa.string()),
        "label": pa.array(range(len(labels)), pa.int32()),
    }
    (highest,) = session.row(f"SELECT greatest(next_person, next_arrival) FROM {session.db}.meta")
    number = np.dtype(np.int32 if highest < 2**31 else np.int64)
    size = sum(count for _kind, _name, count in there)
    rows = SignalRows(
        person=np.empty(size, dtype=number),
        time=np.empty(size, dtype=np.int64),
        arrival=np.empty(size, dtype=number),
        label=np.empty(size, dtype=np.uint16 if len(labels) < 2**16 else np.int32),
    )
    session.offer("labels", pa.table(offered))
    done = 0
    for batch in session.batches(
        f"""SELECT s.person, epoch_us(s.time) AS time, s.arrival, l.label
        FROM {signal} JOIN labels AS l ON l.kind = s.kind AND l.name = s.name WHERE {where}""",
        parameters,
        rows=_AT_ONCE,
    ):
        part = slice(done, done + batch.num_rows)
        for column, values in zip(
            (rows.person, rows.time, rows.arrival, rows.label), batch.columns, strict=True
        ):
            column[part] = values.to_numpy()
        done = part.stop
        cancelling.check()
    session.withdraw("labels")
    return labels, in_order(rows, cancelling.check)
