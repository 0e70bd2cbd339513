"""Writing a workspace's file anew beside the live one: sorted, without what was deleted, without people who want to go.

First everything is copied while all go on to read and write (`copy`). Then, under the writer's gate, what was written
since is brought over (`catch_up`). What changed is found by comparing: rows are summed up by blocks of neighbouring
keys on both sides, and only blocks that differ are looked into. So whoever writes need not know that a copy is under
way, and a row that was missed would be a difference.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import bookkeeping, schema
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.versions import newest_time
from polku.eventstore.port import Progress, StoreError

PART = 2_500_000
"""Signals that are sorted at a time: more would take the memory that questions need."""


@dataclass(frozen=True)
class _Keyed:
    """A table that may be large: rows are found again by `key`; 2 to the power of `bits` keys are one block."""

    key: str
    order: str
    bits: int = 7


_KEYED = {
    "signal": _Keyed("arrival", "person, time, arrival"),
    "hit": _Keyed("signal", "touchpoint, signal", bits=5),
    "identity": _Keyed("identity", "identity"),
    "person": _Keyed("person", "person"),
    "orders": _Keyed("order_key", "order_key"),
    "order_row": _Keyed("order_key", "order_key"),
    "merged": _Keyed("number", "number"),
}
_LATE = timedelta(days=7)
"""How much older than the newest hour of receipt a batch may be whose repeats are still looked for."""


class Generation:
    """The next generation in the making: `old` and `new` qualify the tables of the two files, for one session."""

    def __init__(self, session: Session, new: str, *, without: Collection[int], part: int = PART) -> None:
        self._session = session
        self._old = session.db
        self._new = new
        self._without = sorted(set(without))
        self._part = part
        self._sorted_before = 0

    def copy(self, progress: Progress | None = None) -> None:
        """Make the tables and copy one state of the large ones, in order."""
        session = self._session
        session.run("BEGIN")
        for statement in schema.tables(self._new):
            session.run(statement)
        (self._sorted_before,) = session.row(f"SELECT next_arrival FROM {self._old}.meta")
        self._name_the_erased()
        self._check_the_erased()
        self._copy_signals(progress)
        for table, keyed in _KEYED.items():
            if table != "signal":
                self._copy_rows(table, f"true ORDER BY {keyed.order}")
        self._copy_message_ids()
        session.run("COMMIT")
        for table, keyed in _KEYED.items():
            session.run(
                f"CREATE OR REPLACE TEMP TABLE sums_of_{table} AS "
                f"SELECT {_sums(table, keyed)} FROM {self._new}.{table} AS t GROUP BY block"
            )

    def catch_up(self) -> tuple[int, int]:
        """Bring over what was written since; the caller holds the gate. Returns how many signals are
        there now and how many went.

        Raises RuntimeError where the two do not hold the same in the end.
        """
        session = self._session
        session.run("BEGIN")
        self._check_the_erased()
        for table, keyed in _KEYED.items():
            self._renew(table, keyed)
        self._copy_rows("signal", f"t.arrival >= {self._sorted_before} ORDER BY t.arrival")
        for table in schema.TABLES:
            if table not in _KEYED and table != "sorted_message":
                self._copy_rows(table, "true")
        session.run(
            f"UPDATE {self._new}.meta SET sorted_before = $before, version = version + $more",
            {"before": self._sorted_before, "more": int(bool(self._without))},
        )
        if self._without:
            session.run(
                f"""UPDATE {self._new}.meta SET
                    first_time = (SELECT min(time) FROM {self._new}.signal),
                    newest_time = {newest_time(f"{self._new}.signal")}"""
            )
        session.run("COMMIT")
        self._check_the_counts()
        (before,) = session.row(f"SELECT count(*) FROM {self._old}.signal")
        (signals,) = session.row(f"SELECT count(*) FROM {self._new}.signal")
        return int(signals), int(before - signals)

    def _copy_signals(self, progress: Progress | None) -> None:
        """In parts, one range of people after another."""
        session, old = self._session, self._old
        (count,) = session.row(f"SELECT count(*) FROM {old}.signal")
        bounds: list[int] = []
        if parts := count // self._part:
            shares = [number / (parts + 1) for number in range(1, parts + 1)]
            (found,) = session.row(f"SELECT approx_quantile(person, {shares}) FROM {old}.signal")
            bounds = sorted({int(person) for person in found})
        edges = [None, *bounds, None]
        for done, (low, high) in enumerate(pairwise(edges), 1):
            inside = [f"t.arrival < {self._sorted_before}"]
            inside += [f"t.person >= {low}"] if low is not None else []
            inside += [f"t.person < {high}"] if high is not None else []
            self._copy_rows("signal", f"{' AND '.join(inside)} ORDER BY {_KEYED['signal'].order}")
            if progress:
                progress(done, len(edges))  # the last step is the caller's

    def _copy_rows(self, table: str, where: str) -> None:
        columns = ", ".join(schema.columns(table))
        self._session.run(
            f"INSERT INTO {self._new}.{table} ({columns}) "
            f"SELECT {columns} FROM {self._old}.{table} AS t WHERE ({self._stays(table)}) AND {where}"
        )

    def _copy_message_ids(self) -> None:
        """Ids of sorted signals that may be sent again, in order of arrival: repeats are looked for among them."""
        session = self._session
        (newest,) = session.row(f"SELECT max(hour) FROM {self._old}.received_hour")
        if newest is None:
            return
        session.run(
            f"""INSERT INTO {self._new}.sorted_message SELECT message_id, arrival FROM {self._old}.signal AS t
            WHERE ({self._stays("signal")}) AND message_id IS NOT NULL
                AND arrival >= $first AND arrival < $before ORDER BY arrival""",
            {"first": bookkeeping.first_comparable(session, newest - _LATE), "before": self._sorted_before},
        )

    def _renew(self, table: str, keyed: _Keyed) -> None:
        """Replace the rows of the new table that are not as the old table's; of signals only those to be sorted."""
        session, old, new = self._session, self._old, self._new
        own = f"({self._stays(table)})"
        if table == "signal":
            own += f" AND t.arrival < {self._sorted_before}"
        session.run(
            f"""CREATE OR REPLACE TEMP TABLE renewed AS
            SELECT block FROM (SELECT {_sums(table, keyed)} FROM {old}.{table} AS t WHERE {own} GROUP BY block) AS o
            FULL JOIN temp.main.sums_of_{table} AS n USING (block)
            WHERE o.total IS DISTINCT FROM n.total OR o.number IS DISTINCT FROM n.number"""
        )
        if not session.row("SELECT count(*) FROM temp.main.renewed")[0]:
            return
        looked_into = f"t.{keyed.key} >> {keyed.bits} IN (SELECT block FROM temp.main.renewed)"
        row = f"t.{keyed.key} AS key, {_hash(table)} AS hash"
        session.run(
            f"""CREATE OR REPLACE TEMP TABLE wanted AS
            SELECT {row} FROM {old}.{table} AS t WHERE {own} AND {looked_into}"""
        )
        session.run(
            f"""CREATE OR REPLACE TEMP TABLE there AS
            SELECT t.rowid AS place, {row} FROM {new}.{table} AS t WHERE {looked_into}"""
        )
        session.run(
            f"""DELETE FROM {new}.{table} WHERE rowid IN (
                SELECT place FROM temp.main.there ANTI JOIN temp.main.wanted USING (key, hash))"""
        )
        if table == "signal":  # what was taken back meanwhile is new when it is sent again
            session.run(
                f"""DELETE FROM {new}.sorted_message WHERE arrival IN (
                    SELECT key FROM temp.main.there ANTI JOIN temp.main.wanted USING (key))"""
            )
        session.run(
            """CREATE OR REPLACE TEMP TABLE lacking AS
            SELECT key, hash FROM temp.main.wanted ANTI JOIN temp.main.there USING (key, hash)"""
        )
        self._copy_rows(
            table,
            f"t.{keyed.key} IN (SELECT key FROM temp.main.lacking) "
            f"AND {_hash(table)} IN (SELECT hash FROM temp.main.lacking)",
        )

    def _name_the_erased(self) -> None:
        """Let SQL say who goes, and by which ids they are known, as `erased` … for this session."""
        if self._without:
            self._session.offer("erased", pa.table({"person": pa.array(self._without, pa.int64())}))

    def _check_the_erased(self) -> None:
        """Raises StoreError where one of the people is another by now: who it is has to be looked up again."""
        if not self._without:
            return
        (there,) = self._session.row(
            f"SELECT count(*) FROM {self._old}.person SEMI JOIN erased USING (person)"
        )
        if there != len(self._without):
            raise StoreError(
                _("One of the people to be erased is not there, or was merged meanwhile; try again.")
            )

    def _stays(self, table: str) -> str:
        """SQL that holds for the rows `t` of the old table that are copied."""
        if not self._without:
            return "true"
        erased = "SELECT person FROM erased"
        ids = f"SELECT i.identity FROM {self._old}.identity AS i WHERE i.person IN ({erased})"
        aliases = f"SELECT i.alias FROM {self._old}.identity AS i WHERE i.person IN ({erased})"
        signals = f"SELECT s.arrival FROM {self._old}.signal AS s WHERE s.person IN ({erased})"
        orders = f"SELECT o.order_key FROM {self._old}.orders AS o WHERE o.person IN ({erased})"
        conditions = {
            "signal": f"t.person NOT IN ({erased})",
            "hit": f"t.signal NOT IN ({signals})",
            "identity": f"t.person NOT IN ({erased})",
            "person": f"t.person NOT IN ({erased})",
            "orders": f"t.person NOT IN ({erased})",
            "order_row": f"t.order_key NOT IN ({orders})",
            "visit": f"t.person NOT IN ({erased})",
            "merged": f"t.survivor NOT IN ({erased}) AND t.absorbed NOT IN ({erased}) "
            f"AND t.identity NOT IN ({ids}) AND t.other NOT IN ({ids})",
            # What was kept of maps is not gone on from: in it they are counted.
            "write_mark": "false",
            "write_change": "false",
            "kept_apart": f"t.identity NOT IN ({ids}) AND t.other NOT IN ({ids})",
            "refused_link": f"t.alias NOT IN ({aliases}) AND t.other NOT IN ({aliases})",
            # What could not be taken in is kept as it came: rows that hold one of the ids as a JSON text go too.
            "rejected": f"""NOT EXISTS (SELECT 1 FROM ({aliases}) AS known (alias) WHERE
                contains(lower(t.raw), '"' || lower(known.alias) || '"')
                OR contains(lower(t.context), '"' || lower(known.alias) || '"'))""",
        }
        return conditions.get(table, "true")

    def _check_the_counts(self) -> None:
        for table in schema.TABLES:
            if table == "sorted_message":
                continue
            (wanted,) = self._session.row(
                f"SELECT count(*) FROM {self._old}.{table} AS t WHERE {self._stays(table)}"
            )
            (there,) = self._session.row(f"SELECT count(*) FROM {self._new}.{table}")
            if there != wanted:
                raise RuntimeError(f"{table}: {there} rows were copied instead of {wanted}")


def _hash(table: str) -> str:
    return f"hash({', '.join(f't.{column}' for column in schema.columns(table))})"


def _sums(table: str, keyed: _Keyed) -> str:
    """Of each block the rows' number and the sum of their hashes, which does not depend on their order."""
    return f"t.{keyed.key} >> {keyed.bits} AS block, count(*) AS number, sum({_hash(table)}) AS total"
