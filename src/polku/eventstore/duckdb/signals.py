"""Loading events, scores, contacts and comments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import batches, hits
from polku.eventstore.duckdb.batches import Integers, nullable
from polku.eventstore.duckdb.bookkeeping import note_import
from polku.eventstore.duckdb.named import identify_each
from polku.eventstore.duckdb.noted_writes import MOST_NEW, Touched, change_since, first_numbers
from polku.eventstore.duckdb.order_keys import find_orders, settle
from polku.eventstore.duckdb.people_keys import take_numbers
from polku.eventstore.duckdb.properties import count_names
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.duckdb.versions import newest_time
from polku.eventstore.duckdb.withdrawing import find_outdated, withdraw
from polku.eventstore.live import Change
from polku.eventstore.port import (
    PERSON_KIND,
    SIGNAL_BATCH,
    HitRule,
    Loaded,
    Progress,
    SignalKind,
    Source,
    StoreError,
)

_FEW = 5_000
"""New signals up to which all rules are looked at in one pass."""

_AS_THEY_ARE = (
    "kind", "name", "time", "session", "channel", "url", "value", "score", "scale_low", "scale_high", "text",
    "properties",
)  # fmt: skip


def load_signals(
    session: Session,
    source: Source,
    *,
    rules: Sequence[HitRule],
    origin: str | None,
    withdrawn: Sequence[str] = (),
    thing_digits: int = 0,
    progress: Progress | None,
) -> tuple[Loaded, Change | None]:
    """Take back what is withdrawn or outdated and add what is new of a batch; one transaction, the caller's.

    What it changed is None where that is too much to be followed.
    """
    first = first_numbers(session)
    total = batches.row_count(source)
    outdated = find_outdated(session, source, thing_digits, origin) if thing_digits else ()
    touched = Touched(people=[withdraw(session, [*withdrawn, *outdated])])
    accepted = known = joined = 0
    newest: datetime | None = None
    for chunk in batches.chunks(source, SIGNAL_BATCH, PERSON_KIND):
        _check(chunk)
        fresh = batches.unseen_rows(session, chunk, "signal")
        joined += _add(session, chunk, fresh, rules, first[1], origin, touched)
        accepted += len(fresh)
        known += chunk.num_rows - len(fresh)
        if len(fresh):
            last = pc.max(chunk["time"].take(pa.array(fresh))).as_py()
            newest = last if newest is None else max(newest, last)
        if progress:
            progress(accepted + known, total)
    note_import(session, origin, accepted=accepted, known=known, newest=newest)
    change = None
    if accepted <= MOST_NEW:
        change = change_since(session, first, people=touched.people, orders=touched.orders)
    return Loaded(accepted, known, joined, finish(session)), change


def _check(chunk: pa.Table) -> None:
    if pc.any(pc.and_(pc.is_null(chunk["person"]), pc.is_null(chunk["order"]))).as_py():
        raise StoreError(_("The batch has rows with neither a person nor an order."))
    if pc.any(pc.equal(chunk["kind"], int(SignalKind.ORDER))).as_py():
        raise StoreError(_("The batch has orders among its events; load them as orders."))


def _add(
    session: Session,
    chunk: pa.Table,
    fresh: Integers,
    rules: Sequence[HitRule],
    first_new_order: int,
    origin: str | None,
    touched: Touched,
) -> int:
    """Write the fresh rows of a chunk; how many of all its rows joined an order known before the load.

    Adds to `touched` what is not as it was.
    """
    # Who ordered is learnt from every row: an export that was known whole may name a customer that it lacked before.
    orders = find_orders(session, chunk["order"])
    joined = orders.rows_known_before(first_new_order)
    people = identify_each(session, chunk["person"], chunk["person_kind"])
    owners = orders.person.copy()
    moved = settle(session, orders, people, later_wins=False)
    given = ~orders.is_new & (orders.person != owners)
    touched.people += [owners[given], orders.person[given]]
    touched.orders.append(orders.key[given])
    if len(moved):
        session.offer("moved", pa.table({"order_key": moved}))
        about_people = hits.rules_about(rules, "person.")
        hits.find_again(session, about_people, of="s.order_key IN (SELECT order_key FROM moved)")
        session.withdraw("moved")
    if not len(fresh):
        return joined
    of_order = np.append(orders.person, -1)[orders.rows]
    first = take_numbers(session, "next_arrival", len(fresh))
    whole = len(fresh) == chunk.num_rows
    rows = chunk if whole else chunk.take(pa.array(fresh))
    ready = pa.table(
        {
            "arrival": np.arange(first, first + len(fresh)),
            "message_id": rows["message_id"],
            "person": np.where(people.identity >= 0, people.person, of_order)[fresh],
            "identity": nullable(people.identity[fresh]),
            "order_key": nullable(np.append(orders.key, -1)[orders.rows][fresh]),
            "origin": pa.array([origin] * len(fresh), pa.string()),
            **{name: rows[name] for name in _AS_THEY_ARE},
        }
    )
    session.offer("ready", ready)
    session.run(
        f"""INSERT INTO {session.db}.signal BY NAME
        SELECT * REPLACE (CAST(message_id AS UUID) AS message_id) FROM ready"""
    )
    session.run(
        f"""UPDATE {session.db}.meta SET
            first_time = least(first_time, (SELECT min(time) FROM ready)),
            newest_time = greatest(newest_time, {newest_time("ready")})"""
    )
    count_names(session, "ready", time="time")
    session.withdraw("ready")
    find = hits.find_hits_at_once if len(fresh) <= _FEW else hits.find_hits
    find(session, rules, of=f"s.arrival >= {first}")
    return joined
