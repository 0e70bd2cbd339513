"""What events of the front door say of orders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import visits
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.order_keys import find_orders, settle
from polku.eventstore.duckdb.orders import merge_rows, write_signals
from polku.eventstore.duckdb.people_keys import Identities
from polku.eventstore.duckdb.properties import MOST_NAMES, MOST_TEXT, count_names
from polku.eventstore.duckdb.session import Session


def take_orders(
    session: Session, said: pa.Table, people: Identities, *, origin: pa.ChunkedArray, traffic: pa.Array
) -> tuple[Integers, Integers]:
    """Bring orders up to date by rows of STREAM_ORDERS and the traffic of their events' visits.

    Returns the orders' numbers, and whose those that were there before were and are.
    """
    orders = find_orders(session, said["order"])
    before = orders.person.copy()
    settle(session, orders, people, later_wins=True)
    owners = np.concatenate([before[~orders.is_new], orders.person[~orders.is_new]])
    keys = orders.key[orders.rows]
    session.offer(
        "told",
        pa.table(
            {
                "row": np.arange(said.num_rows),
                "order_key": keys,
                "origin": origin,
                "traffic": traffic,
                **{name: said[name] for name in ("time", "value", "status", "channel", "properties")},
            }
        ),
    )
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE ready AS
        SELECT * EXCLUDE (traffic) REPLACE ({visits.with_traffic("properties", "traffic")} AS properties),
            CAST(NULL AS DATE) AS promised, CAST(NULL AS DATE) AS delivered, CAST(NULL AS VARCHAR) AS url FROM told"""
    )
    session.withdraw("told")
    session.run(
        f"""UPDATE temp.main.ready SET properties = NULL WHERE order_key IN (
            SELECT o.order_key FROM {session.db}.orders AS o WHERE length(o.properties) >= {MOST_TEXT})"""
    )
    merge_rows(session, lines=False)
    write_signals(session)
    count_names(session, "ready", prefix="order.", time="time", most=MOST_NAMES)
    session.run(
        f"""UPDATE {session.db}.meta SET
            first_time = least(first_time, (SELECT min(time) FROM ready)),
            newest_time = greatest(newest_time, (SELECT max(time) FROM ready))"""
    )
    session.run("DROP TABLE temp.main.ready")
    return np.unique(keys), np.unique(owners)
