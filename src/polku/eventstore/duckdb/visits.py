"""Where visits came from: the first event of a visit that says so says it for all of them.

A visit ends when its person sends nothing for 30 minutes. Its traffic is that of its earliest event that has one: a
return from a payment page is no new source. Events may come late; where one changes what a visit's traffic is, or
joins two visits, the visit's stored events and orders are told anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.batches import Integers, codes
from polku.eventstore.duckdb.properties import is_object
from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import SignalKind

PROPERTIES = ("traffic_", "referrer", "order.traffic_", "order.referrer")
"""How the names of properties begin that say where a visit came from."""
GAP = 30 * 60 * 1_000_000  # microseconds without a signal after which a visit has ended
REMEMBERED = timedelta(days=3)
"""How long an ended visit is known for events that come late."""


@dataclass(frozen=True)
class _Spans:
    """Stored visits, then events, each an item; `said` is when the traffic was (−1: none), by which `traffic` code."""

    person: Integers
    start: Integers
    end: Integers
    traffic: Integers
    said: Integers


def hand_on(
    session: Session, person: Integers, time: Integers, traffic: pa.ChunkedArray
) -> tuple[pa.Array, Integers]:
    """(the traffic of each event's visit, the stored signals that were told anew); `time` in microseconds.

    Writes the visits.
    """
    session.offer("visitors", pa.table({"person": np.unique(person)}))
    stored = session.table(
        f"""SELECT v.person, epoch_us(v.first_time) AS first, epoch_us(v.last_time) AS last, v.traffic,
            coalesce(epoch_us(v.traffic_time), -1) AS said
        FROM {session.db}.visit AS v SEMI JOIN visitors ON visitors.person = v.person"""
    )
    chunks = [*stored["traffic"].chunks, *traffic.chunks]
    code, texts = codes(pa.chunked_array(chunks, type=pa.string()))
    of_stored = {name: stored[name].to_numpy() for name in ("person", "first", "last", "said")}
    count = stored.num_rows
    spans = _Spans(
        person=np.concatenate([of_stored["person"], person]),
        start=np.concatenate([of_stored["first"], time]),
        end=np.concatenate([of_stored["last"], time]),
        traffic=code,
        said=np.concatenate([of_stored["said"], time]),
    )
    visit, first_item = _visits(spans)
    decides = _deciding_items(spans, visit, len(first_item))
    of_visit = np.where(decides >= 0, np.append(code, -1)[decides], -1)
    retold = _retell(session, spans, count, texts, of_visit[visit[:count]])
    _write(session, spans, visit, first_item, decides, texts.take(pa.array(of_visit, mask=of_visit < 0)))
    session.withdraw("visitors")
    mine = of_visit[visit[count:]]
    return texts.take(pa.array(mine, mask=mine < 0)), retold


def _visits(spans: _Spans) -> tuple[Integers, Integers]:
    """(the visit of each item, by visit the first item of a person)."""
    order = np.lexsort((spans.start, spans.person))
    person, start = spans.person[order], spans.start[order]
    size = len(order)
    # The latest end so far of the same person, as a rank among all ends: persons are kept apart by their own rank.
    by_end = np.argsort(spans.end, kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[by_end] = np.arange(size)
    changes = np.ones(size, dtype=bool)
    changes[1:] = person[1:] != person[:-1]
    owner = np.cumsum(changes) - 1
    latest = np.maximum.accumulate(rank[order] + owner * size) - owner * size
    breaks = changes.copy()
    breaks[1:] |= start[1:] - spans.end[by_end[latest[:-1]]] > GAP
    visit = np.empty(size, dtype=np.int64)
    visit[order] = np.cumsum(breaks) - 1
    return visit, order[np.flatnonzero(breaks)]


def _deciding_items(spans: _Spans, visit: Integers, count: int) -> Integers:
    """By visit the earliest item that names a traffic, −1 where none does."""
    telling = np.flatnonzero(spans.traffic >= 0)
    order = telling[np.lexsort((spans.said[telling], visit[telling]))]
    visits, first = np.unique(visit[order], return_index=True)
    decides = np.full(count, -1, dtype=np.int64)
    decides[visits] = order[first]
    return decides


def _write(
    session: Session,
    spans: _Spans,
    visit: Integers,
    first_item: Integers,
    decides: Integers,
    traffic: pa.Array,
) -> None:
    start = np.full(len(first_item), np.iinfo(np.int64).max)
    end = np.full(len(first_item), np.iinfo(np.int64).min)
    np.minimum.at(start, visit, spans.start)
    np.maximum.at(end, visit, spans.end)
    said = np.where(decides >= 0, np.append(spans.said, -1)[decides], -1)
    visits = pa.table(
        {
            "person": spans.person[first_item],
            "first": start,
            "last": end,
            "traffic": traffic,
            "said": pa.array(said, mask=said < 0),
        }
    )
    session.offer("visits", visits)
    session.run(f"DELETE FROM {session.db}.visit WHERE person IN (SELECT person FROM visitors)")
    session.run(
        f"""INSERT INTO {session.db}.visit
        SELECT person, make_timestamp(first), make_timestamp(last), traffic, make_timestamp(said) FROM visits"""
    )
    session.withdraw("visits")


def with_traffic(properties: str, traffic: str) -> str:
    """SQL: one JSON object of two texts, null where both are.

    Text that is no object is kept as a property, so that one event cannot stop all that come after it.
    """
    whole = f"""CASE
        WHEN {properties} IS NULL OR {is_object(properties)} THEN {properties}
        ELSE json_object('unreadable_properties', {properties}) END"""
    blanks = "chr(9) || chr(10) || chr(13) || ' '"
    # Put together as texts, for a merge writes numbers anew; it is for names that both have.
    return f"""CASE
        WHEN {traffic} IS NULL THEN {whole}
        WHEN {properties} IS NULL OR json_keys({whole}) = [] THEN {traffic}
        WHEN list_has_any(json_keys({whole}), json_keys({traffic})) THEN json_merge_patch({whole}, {traffic})
        ELSE left(rtrim({whole}, {blanks}), -1) || ',' || substr(ltrim({traffic}, {blanks}), 2) END"""


def forget_old(session: Session) -> None:
    """Forget visits that ended long before the newest signal."""
    session.run(
        f"""DELETE FROM {session.db}.visit
        WHERE last_time < (SELECT newest_time FROM {session.db}.meta) - to_days({REMEMBERED.days})"""
    )


def _retell(session: Session, spans: _Spans, stored: int, texts: pa.Array, now: Integers) -> Integers:
    """Rewrite the traffic of the first `stored` items' events and orders where it is another `now`; the signals."""
    before = spans.traffic[:stored]
    other = np.flatnonzero((now >= 0) & (now != before))
    if not len(other):
        return other
    patches = [
        _patch(texts[int(old)].as_py() if old >= 0 else "{}", texts[int(new)].as_py())
        for old, new in zip(before[other].tolist(), now[other].tolist(), strict=True)
    ]
    session.offer(
        "retold",
        pa.table(
            {
                "person": spans.person[other],
                "first": spans.start[other],
                "last": spans.end[other],
                "patch": pa.array(patches, pa.string()),
            }
        ),
    )
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE retold_signal AS SELECT s.arrival, s.kind, r.patch
        FROM {session.db}.signal AS s JOIN retold AS r ON s.person = r.person
            AND s.time BETWEEN make_timestamp(r.first) AND make_timestamp(r.last)
        WHERE s.kind IN ({int(SignalKind.EVENT)}, {int(SignalKind.ORDER)}) AND s.origin NOT LIKE 'import/%'"""
    )
    session.withdraw("retold")
    for table, arrival in (("signal", "arrival"), ("orders", "signal")):
        session.run(
            f"""UPDATE {session.db}.{table} AS t
            SET properties = json_merge_patch(coalesce(t.properties, '{{}}'), r.patch)
            FROM temp.main.retold_signal AS r WHERE t.{arrival} = r.arrival"""
        )
    (arrivals,) = session.integers("SELECT arrival FROM temp.main.retold_signal")
    session.run("DROP TABLE temp.main.retold_signal")
    return arrivals


def _patch(old: str, new: str) -> str:
    """What makes a JSON object that has the fields of `old` have those of `new` instead."""
    fields = dict.fromkeys(msgspec.json.decode(old, type=dict[str, msgspec.Raw]), None)
    return msgspec.json.encode({**fields, **msgspec.json.decode(new, type=dict[str, msgspec.Raw])}).decode()
