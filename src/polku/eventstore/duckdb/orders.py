"""Loading orders: entities that later rows fill in and update. An order with a time is also one signal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import batches, hits
from polku.eventstore.duckdb.batches import Integers, nullable
from polku.eventstore.duckdb.bookkeeping import note_import
from polku.eventstore.duckdb.noted_writes import MOST_NEW, Touched, change_since, first_numbers
from polku.eventstore.duckdb.order_keys import Orders, find_orders, settle
from polku.eventstore.duckdb.people_keys import Identities, identify, take_numbers
from polku.eventstore.duckdb.properties import count_names
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.duckdb.versions import find_times
from polku.eventstore.live import Change
from polku.eventstore.port import ORDER_BATCH, HitRule, Loaded, Progress, SignalKind, Source

FIELDS = ("time", "value", "status", "promised", "delivered", "channel", "url")


def load_orders(
    session: Session,
    source: Source,
    *,
    rules: Sequence[HitRule],
    lines: bool,
    origin: str | None,
    progress: Progress | None,
) -> tuple[Loaded, Change | None]:
    """Bring orders up to date with a batch; one transaction, the caller's. What it changed is None where that is too
    much to be followed.

    A row that was taken before is known. But a later file has the last word: where it says something else of an
    order than the order by now does (paid, on hold, paid again), its rows are taken anew. Lines only add up.
    """
    total = batches.row_count(source)
    first = first_numbers(session)
    touched = Touched()
    accepted = done = joined = 0
    last = LastRows()
    for chunk in batches.chunks(source, ORDER_BATCH):
        fresh = batches.unseen_rows(session, chunk, "order_row")
        orders = find_orders(session, chunk["order"])
        joined += orders.rows_known_before(first[1])
        if len(fresh):
            accepted += _update(session, chunk, fresh, orders, rules, lines, origin, touched)
        if not lines:
            last.note(orders.key[orders.rows], fresh)
        done += chunk.num_rows
        if progress:
            progress(done, total)
    if last.repeats:
        repeated = zip(batches.chunks(source, ORDER_BATCH), last.repeated_rows(), strict=True)
        said = pa.concat_tables([chunk.take(pa.array(rows)) for chunk, rows in repeated])
        said = said.take(pa.array(_rows_that_differ(session, said)))
        if said.num_rows:
            orders = find_orders(session, said["order"])
            everything = np.arange(said.num_rows)
            accepted += _update(
                session, said, everything, orders, rules, lines, origin, touched, remember=False
            )
    find_times(session)
    newest = None
    if origin:
        (newest,) = session.row(
            f"SELECT max(time) FROM {session.db}.signal WHERE origin = $origin", {"origin": origin}
        )
    note_import(session, origin, accepted=accepted, known=done - accepted, newest=newest)
    change = None
    if done <= MOST_NEW:
        change = change_since(session, first, people=touched.people, orders=touched.orders)
    return Loaded(accepted, done - accepted, joined, finish(session)), change


class LastRows:
    """Which orders end, in a whole batch, with a row that was taken in an earlier load."""

    def __init__(self) -> None:
        self._keys: list[Integers] = []
        self._known: list[np.ndarray] = []

    def note(self, keys: Integers, fresh: Integers) -> None:
        """Take the next chunk: the order of each row, and the rows that are new."""
        known = np.ones(len(keys), dtype=bool)
        known[fresh] = False
        self._keys.append(keys)
        self._known.append(known)

    @property
    def repeats(self) -> bool:
        return any(known.any() for known in self._known)

    def repeated_rows(self) -> list[Integers]:
        """By chunk, the positions of all rows of those orders."""
        keys, known = np.concatenate(self._keys), np.concatenate(self._known)
        orders, from_the_end = np.unique(keys[::-1], return_index=True)
        repeated = orders[known[len(keys) - 1 - from_the_end]]
        ends = np.cumsum([len(each) for each in self._keys])[:-1]
        return [np.flatnonzero(each) for each in np.split(np.isin(keys, repeated), ends)]


def _rows_that_differ(session: Session, batch: pa.Table) -> Integers:
    """Positions of the rows whose order, all its rows taken together, is another than the order by now."""
    orders, people = find_orders(session, batch["order"]), identify(session, batch["person"])
    columns = {name: batch[name] for name in (*FIELDS, "properties")}
    keys = {"row": np.arange(batch.num_rows), "order_key": orders.key[orders.rows]}
    session.offer("said", pa.table({**keys, "identity": nullable(people.identity), **columns}))
    fields = ("identity", *FIELDS)
    last = ", ".join(f"max_by({name}, row) FILTER ({name} IS NOT NULL) AS {name}" for name in fields)
    other = " OR ".join(f"(f.{name} IS NOT NULL AND f.{name} IS DISTINCT FROM o.{name})" for name in fields)
    (rows,) = session.integers(
        f"""SELECT s.row FROM said AS s SEMI JOIN (
            SELECT o.order_key FROM {session.db}.orders AS o JOIN (
                SELECT order_key, {last},
                    list(properties ORDER BY row) FILTER (properties IS NOT NULL) AS properties
                FROM said GROUP BY order_key
            ) AS f ON f.order_key = o.order_key
            WHERE {other} OR (f.properties IS NOT NULL AND NOT coalesce(json_contains(o.properties,
                list_reduce(f.properties, lambda earlier, later: json_merge_patch(earlier, later))), false))
        ) AS d ON d.order_key = s.order_key ORDER BY s.row"""
    )
    session.withdraw("said")
    return rows


def _update(
    session: Session,
    chunk: pa.Table,
    fresh: Integers,
    orders: Orders,
    rules: Sequence[HitRule],
    lines: bool,
    origin: str | None,
    touched: Touched,
    *,
    remember: bool = True,
) -> int:
    """Take the fresh rows of a chunk; how many of them changed something. Adds to `touched` what is not as it was."""
    everybody = identify(session, chunk["person"])
    is_fresh = np.zeros(chunk.num_rows, dtype=bool)
    is_fresh[fresh] = True
    people = Identities(np.where(is_fresh, everybody.identity, -1), everybody.person)
    before, owners = orders.identity.copy(), orders.person.copy()
    settle(session, orders, people, later_wins=True)
    told = np.unique(orders.rows[fresh])
    told = told[~orders.is_new[told]]
    touched.people += [owners[told], orders.person[told]]
    touched.orders.append(orders.key[told])
    rows = chunk.take(pa.array(fresh))
    session.offer(
        "ready",
        pa.table(
            {
                "row": np.arange(len(fresh)),
                "order_key": orders.key[orders.rows][fresh],
                "origin": pa.array([origin] * len(fresh), pa.string()),
                "is_new": orders.is_new[orders.rows][fresh],
                "identity": nullable(people.identity[fresh]),
                "identity_before": nullable(before[orders.rows][fresh]),
                **{name: rows[name] for name in ("message_id", *FIELDS, "properties")},
            }
        ),
    )
    changed = _rows_that_change(session, lines)
    if remember:
        _remember_rows(session, lines)
    merge_rows(session, lines)
    write_signals(session)
    count_names(session, "ready", prefix="order.", time="time")
    hits.find_again(session, rules, of="s.order_key IN (SELECT order_key FROM ready)")
    session.withdraw("ready")
    return changed


def _rows_that_change(session: Session, lines: bool) -> int:
    """Rows that make an order or say something else than what the rows before them, or the store, said."""
    differs = {
        name: f"r.{name} IS NOT NULL AND r.{name} IS DISTINCT FROM {_before(name)}"
        for name in FIELDS
        if not (lines and name == "value")
    }
    if lines:
        differs["value"] = "r.value IS NOT NULL"  # a line is taken once, and adds
    differs["identity"] = (
        "r.identity IS NOT NULL AND r.identity IS DISTINCT FROM "
        "coalesce(last_value(r.identity IGNORE NULLS) OVER earlier, r.identity_before)"
    )
    differs["properties"] = (
        "r.properties IS NOT NULL AND "
        f"NOT coalesce(json_contains({_before('properties')}, r.properties), false)"
    )
    (count,) = session.row(
        f"""
        SELECT count(*) FILTER (changed) FROM (
            SELECT (r.is_new AND row_number() OVER (PARTITION BY r.order_key ORDER BY r.row) = 1)
                OR {" OR ".join(f"({each})" for each in differs.values())} AS changed
            FROM ready AS r JOIN {session.db}.orders AS o ON o.order_key = r.order_key
            WINDOW earlier AS (
                PARTITION BY r.order_key ORDER BY r.row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        )"""
    )
    return int(count)


def _before(name: str) -> str:
    return f"coalesce(last_value(r.{name} IGNORE NULLS) OVER earlier, o.{name})"


def _remember_rows(session: Session, lines: bool) -> None:
    session.run(
        f"""INSERT INTO {session.db}.order_row
        SELECT CAST(message_id AS UUID), order_key, {"value" if lines else "NULL"} FROM ready"""
    )


def merge_rows(session: Session, lines: bool) -> None:
    """What is not null replaces what was, the last row wins; line values are summed per order.

    Sums are rounded to millionths so that the order of rows does not show in them.
    """
    last = ", ".join(f"max_by({name}, row) FILTER ({name} IS NOT NULL) AS {name}" for name in FIELDS)
    sums = ""
    if lines:
        sums = f"""
            UPDATE {session.db}.orders AS o SET value = round(l.value, 6) FROM (
                SELECT order_key, fsum(value) AS value FROM {session.db}.order_row
                WHERE value IS NOT NULL AND order_key IN (SELECT order_key FROM ready WHERE value IS NOT NULL)
                GROUP BY order_key
            ) AS l WHERE l.order_key = o.order_key"""
    replaced = ", ".join(f"{name} = coalesce(f.{name}, o.{name})" for name in FIELDS)
    session.run(
        f"""
        UPDATE {session.db}.orders AS o SET {replaced}, properties = CASE
            WHEN f.properties IS NULL THEN o.properties
            ELSE list_reduce(f.properties, lambda earlier, later: json_merge_patch(earlier, later),
                coalesce(o.properties, '{{}}')) END
        FROM (
            SELECT order_key, {last},
                list(properties ORDER BY row) FILTER (properties IS NOT NULL) AS properties
            FROM ready GROUP BY order_key
        ) AS f WHERE f.order_key = o.order_key"""
    )
    if sums:
        session.run(sums)


def write_signals(session: Session) -> None:
    """Give each order of `ready` that has a time its signal, and bring those there are up to date."""
    touched = "order_key IN (SELECT order_key FROM ready)"
    (new,) = session.row(
        f"""SELECT count(*) FROM {session.db}.orders
        WHERE {touched} AND time IS NOT NULL AND signal IS NULL"""
    )
    session.run(
        f"""UPDATE {session.db}.signal AS s SET
            name = coalesce(o.status, 'order'), time = o.time, person = o.person, identity = o.identity,
            channel = o.channel, url = o.url, value = o.value, properties = o.properties
        FROM {session.db}.orders AS o WHERE o.signal = s.arrival AND o.{touched}"""
    )
    if not new:
        return
    first = take_numbers(session, "next_arrival", new)
    session.run(
        f"""UPDATE {session.db}.orders AS o SET signal = n.signal FROM (
            SELECT o.order_key, $first - 1 + row_number() OVER (ORDER BY min(r.row)) AS signal
            FROM {session.db}.orders AS o JOIN ready AS r ON r.order_key = o.order_key
            WHERE o.time IS NOT NULL AND o.signal IS NULL GROUP BY o.order_key
        ) AS n WHERE n.order_key = o.order_key""",
        {"first": first},
    )
    session.run(
        f"""INSERT INTO {session.db}.signal BY NAME
        SELECT o.signal AS arrival, {int(SignalKind.ORDER)} AS kind, coalesce(o.status, 'order') AS name, o.time,
            o.person, o.identity, o.order_key, o.channel, o.url, o.value, o.properties, r.origin
        FROM {session.db}.orders AS o
        JOIN (SELECT order_key, min_by(origin, row) AS origin FROM ready GROUP BY order_key) AS r
            ON r.order_key = o.order_key
        WHERE o.signal >= $first ORDER BY o.signal""",
        {"first": first},
    )
