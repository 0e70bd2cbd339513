"""Loading what came in by the front door: one batch, one transaction, together with its place in the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import bookkeeping, hits, links, merging, rejected_rows, visits
from polku.eventstore.duckdb.batches import Integers, nullable
from polku.eventstore.duckdb.named import DEVICE, Mention, Named, find_named, write_new
from polku.eventstore.duckdb.noted_writes import change_since
from polku.eventstore.duckdb.order_keys import find_orders, settle
from polku.eventstore.duckdb.people import write_traits
from polku.eventstore.duckdb.people_keys import Identities, add_people, take_numbers
from polku.eventstore.duckdb.properties import MOST_NAMES, MOST_TEXT, count_names, is_object
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.duckdb.stream_orders import take_orders
from polku.eventstore.live import Change
from polku.eventstore.port import HitRule, SignalKind, StoreError
from polku.eventstore.streams import StreamBatch, StreamLoaded

_NOBODY: Integers = np.empty(0, dtype=np.int64)
_AS_THEY_ARE = ("message_id", "name", "time", "channel", "url", "value", "properties", "origin")


@dataclass(frozen=True)
class _Whose:
    """By event: the identity and person that it belongs to and its device's identity (−1: none).

    `is_named` where it is known by more than a device. `changed` are persons whose signals were others' before,
    `absorbed` those others.
    """

    identity: Integers
    person: Integers
    device: Integers
    is_named: np.ndarray
    of_traits: Integers
    changed: Integers
    absorbed: Integers
    mergers: int


@dataclass(frozen=True)
class _Written:
    """Orders whose signals were another person's before, stored signals told anew, the traffic of each event.

    `orders_given` are all stored orders that are now another's, `owners` whose they were and are.
    """

    orders_moved: Integers
    retold: Integers
    traffic: pa.Array
    orders_given: Integers
    owners: Integers


@dataclass(frozen=True)
class _Changed:
    """What of the stored is not as it was: people, whose orders are, what orders say, signals' visits."""

    people: Integers
    orders_moved: Integers
    orders_told: Integers
    retold: Integers


def load_stream(
    session: Session, batch: StreamBatch, *, rules: Sequence[HitRule]
) -> tuple[StreamLoaded, Change | None]:
    """Load a batch, the caller's transaction; what it changed, None where it made no new version.

    A batch whose place was passed changes nothing.
    """
    version, first, first_order = session.row(
        f"SELECT version, next_arrival, next_order FROM {session.db}.meta"
    )
    if batch.place is not None and bookkeeping.has_passed(session, batch.place):
        return StreamLoaded(0, 0, 0, 0, int(version)), None
    if pc.any(pc.and_(pc.is_null(batch.events["user"]), pc.is_null(batch.events["device"]))).as_py():
        raise StoreError(_("The batch has events with neither a user nor a device."))
    if batch.place is not None:
        batch = replace(batch, rejected=rejected_rows.unseen_rejected(session, batch.rejected))
    rows = _fresh_rows(session, batch)
    whole = len(rows) == batch.events.num_rows
    events = batch.events if whole else batch.events.take(pa.array(rows))
    whose = _find_people(session, batch, events, rows)
    written = _write_events(session, events, whose, int(first))
    orders_told, owners = _write_orders(session, batch, events, rows, whose, written.traffic)
    with_traits = _write_traits(session, batch, whose)
    people = np.union1d(whose.changed, with_traits)
    changed = _Changed(people, written.orders_moved, orders_told, written.retold)
    _find_hits(session, rules, int(first), changed)
    _keep_books(session, batch, events, int(first))
    change = None
    if events.num_rows or batch.traits.num_rows or whose.mergers:
        version = finish(session)
        change = change_since(
            session,
            (int(first), int(first_order)),
            people=[people, whose.absorbed, written.owners, owners],
            orders=[orders_told, written.orders_given],
            retold=written.retold,
        )
    loaded = StreamLoaded(
        accepted=events.num_rows,
        repeated=batch.events.num_rows - events.num_rows,
        rejected=batch.rejected.num_rows,
        merged=whose.mergers,
        version=int(version),
    )
    return loaded, change


def _fresh_rows(session: Session, batch: StreamBatch) -> Integers:
    """Positions of the events that neither the store's last weeks nor an earlier row has, in order."""
    if not batch.events.num_rows:
        return _NOBODY
    offered = {"message_id": batch.events["message_id"], "row": np.arange(batch.events.num_rows)}
    session.offer("incoming", pa.table(offered))
    (unsorted,) = session.row(f"SELECT coalesce(sorted_before, 0) FROM {session.db}.meta")
    # The store's rows are filtered by the few ids that came, which is quicker than the other way round.
    (rows,) = session.integers(
        f"""
        WITH came AS MATERIALIZED (
            SELECT CAST(message_id AS UUID) AS message_id, min(row) AS row FROM incoming GROUP BY ALL
        ), known AS MATERIALIZED (
            SELECT s.message_id FROM {session.db}.signal AS s SEMI JOIN came ON came.message_id = s.message_id
            WHERE s.arrival >= greatest($first, $unsorted)
            UNION ALL
            SELECT m.message_id FROM {session.db}.sorted_message AS m SEMI JOIN came USING (message_id)
            WHERE m.arrival >= $first
        )
        SELECT row FROM came ANTI JOIN known ON known.message_id = came.message_id ORDER BY row""",
        {"first": bookkeeping.first_comparable(session, batch.received), "unsorted": unsorted},
    )
    session.withdraw("incoming")
    return rows


def _find_people(session: Session, batch: StreamBatch, events: pa.Table, rows: Integers) -> _Whose:
    """Name, link and merge: who did what."""
    stated, traits = batch.links, batch.traits
    before = stated["position"].to_numpy()
    named, (user, device, one, other, of_traits) = find_named(
        session,
        [
            Mention(events["user"], events["user_kind"], rows),
            Mention(events["device"], events["device_kind"], rows),
            Mention(stated["alias"], stated["alias_kind"], before),
            Mention(stated["other"], stated["other_kind"], before),
            Mention(traits["alias"], traits["alias_kind"], np.full(traits.num_rows, batch.events.num_rows)),
        ],
    )
    said = links.gather(stated, one, other, user, device, rows)
    outcome = links.hear(session, named, said, at=batch.received)
    merged = [
        merging.Merged(
            each.survivor,
            each.absorbed,
            int(named.identity[each.link.alias]),
            int(named.identity[each.link.other]),
            each.link.reason,
        )
        for each in outcome.mergers
    ]
    new = zip(named.identity[named.is_new].tolist(), named.person[named.is_new].tolist(), strict=True)
    changed = merging.merge(session, merged, new=new, at=batch.received)
    person = merging.survivors(merged, named.person)
    write_new(session, named, person)
    # One that several use: from there on a new identity, of a new person, stands for it.
    identity_of, person_of = named.identity[device], person[device]
    if outcome.shared:
        entries = np.array(list(outcome.shared), dtype=np.int64)
        since = np.full(len(person), np.iinfo(np.int64).max)
        since[entries] = list(outcome.shared.values())
        identity_now, person_now = named.identity.copy(), person.copy()
        identity_now[entries], person_now[entries] = _share(session, named, entries)
        later = (device >= 0) & (rows >= since[device])
        identity_of = np.where(later, identity_now[device], identity_of)
        person_of = np.where(later, person_now[device], person_of)
        of_traits = np.where(of_traits >= 0, person_now[of_traits], -1)
    else:
        of_traits = np.where(of_traits >= 0, person[of_traits], -1) if len(of_traits) else of_traits
    by_user = (user >= 0) & ~(named.is_placeholder[user] & (device >= 0))
    return _Whose(
        identity=np.where(by_user, named.identity[user], identity_of),
        person=np.where(by_user, person[user], person_of),
        device=np.where(device >= 0, identity_of, -1),
        is_named=by_user & (named.kind[user] < DEVICE),
        of_traits=of_traits,
        changed=np.unique(merging.survivors(merged, changed)),
        absorbed=changed,
        mergers=len(merged),
    )


def _share(session: Session, named: Named, entries: Integers) -> tuple[Integers, Integers]:
    """Let the devices be shared: (new identities, their new people)."""
    first_person = add_people(session, len(entries))
    first_identity = take_numbers(session, "next_identity", len(entries))
    identities = np.arange(first_identity, first_identity + len(entries))
    people = np.arange(first_person, first_person + len(entries))
    session.offer(
        "shared",
        pa.table(
            {
                "before": named.identity[entries],
                "identity": identities,
                "alias": named.aliases.take(pa.array(entries)),
                "person": people,
            }
        ),
    )
    session.run(
        f"UPDATE {session.db}.identity SET is_shared = true WHERE identity IN (SELECT before FROM shared)"
    )
    session.run(
        f"""INSERT INTO {session.db}.identity (identity, alias, person, kind, is_shared)
        SELECT identity, alias, person, 'device', true FROM shared"""
    )
    session.withdraw("shared")
    return identities, people


def _write_events(session: Session, events: pa.Table, whose: _Whose, first: int) -> _Written:
    """Write the events' signals and visits."""
    if not events.num_rows:
        return _Written(_NOBODY, _NOBODY, pa.array([], pa.string()), _NOBODY, _NOBODY)
    orders = find_orders(session, events["order"])
    owners = orders.person.copy()
    moved = settle(session, orders, Identities(whose.identity, whose.person), later_wins=False)
    time = events["time"].cast(pa.int64()).to_numpy()
    traffic, retold = visits.hand_on(session, whose.person, time, events["traffic"])
    take_numbers(session, "next_arrival", events.num_rows)
    session.offer(
        "ready",
        pa.table(
            {
                "arrival": np.arange(first, first + events.num_rows),
                "person": whose.person,
                "identity": whose.identity,
                "device": nullable(whose.device),
                "order_key": nullable(np.append(orders.key, -1)[orders.rows]),
                "traffic": traffic,
                **{name: events[name] for name in _AS_THEY_ARE},
            }
        ),
    )
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE arrived AS
        SELECT * EXCLUDE (traffic) REPLACE (
            CAST(message_id AS UUID) AS message_id, {visits.with_traffic("properties", "traffic")} AS properties
        ), CAST({int(SignalKind.EVENT)} AS UTINYINT) AS kind FROM ready"""
    )
    session.run(f"INSERT INTO {session.db}.signal BY NAME SELECT * FROM temp.main.arrived ORDER BY arrival")
    count_names(session, "temp.main.arrived", time="time", most=MOST_NAMES)
    session.run(
        f"""UPDATE {session.db}.meta SET
            first_time = least(first_time, (SELECT min(time) FROM ready)),
            newest_time = greatest(newest_time, (SELECT max(time) FROM ready))"""
    )
    session.run("DROP TABLE temp.main.arrived")
    session.withdraw("ready")
    given = ~orders.is_new & (orders.person != owners)
    owners = np.concatenate([owners[given], orders.person[given]])
    return _Written(moved, retold, traffic, orders_given=orders.key[given], owners=owners)


def _write_orders(
    session: Session,
    batch: StreamBatch,
    events: pa.Table,
    rows: Integers,
    whose: _Whose,
    traffic: pa.Array,
) -> tuple[Integers, Integers]:
    """Bring up to date the orders of which new events tell; their numbers, and whose the stored ones were and are."""
    if not batch.orders.num_rows:
        return _NOBODY, _NOBODY
    of_event = batch.orders["event"].to_numpy()
    event = np.searchsorted(rows, of_event)
    is_fresh = (event < len(rows)) & (np.append(rows, -1)[event] == of_event)
    said = batch.orders.filter(pa.array(is_fresh))
    event = event[is_fresh]
    if not said.num_rows:
        return _NOBODY, _NOBODY
    # Whose an unknown order is its first event has decided; later only one that names a customer does.
    identity = np.where(whose.is_named[event], whose.identity[event], -1)
    people = Identities(identity, whose.person[event])
    taken = pa.array(event)
    return take_orders(
        session, said, people, origin=events["origin"].take(taken), traffic=traffic.take(taken)
    )


def _write_traits(session: Session, batch: StreamBatch, whose: _Whose) -> Integers:
    """Write what was said of people; who they are."""
    if not batch.traits.num_rows:
        return _NOBODY
    told = {"row": np.arange(batch.traits.num_rows), "person": whose.of_traits}
    session.offer("told", pa.table({**told, "properties": batch.traits["properties"]}))
    # A patch of nothing leaves out what is null, which says nothing; who has very many traits gets no more.
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE ready AS
        SELECT t.row, t.person, json_merge_patch('{{}}', t.properties) AS properties
        FROM told AS t JOIN {session.db}.person AS p ON p.person = t.person
        WHERE coalesce(length(p.traits), 0) < {MOST_TEXT} AND {is_object("t.properties")}"""
    )
    session.withdraw("told")
    write_traits(session)
    count_names(session, "temp.main.ready", prefix="person.", most=MOST_NAMES)
    session.run("DROP TABLE temp.main.ready")
    return np.unique(whose.of_traits)


def _find_hits(session: Session, rules: Sequence[HitRule], first: int, changed: _Changed) -> None:
    """Find the hits of new signals, from `first` on, and again those of stored ones that are not as they were."""
    hits.find_hits_at_once(session, rules, of=f"s.arrival >= {first}")
    of_people, of_orders = hits.rules_about(rules, "person."), hits.rules_about(rules, "order.")
    is_order = f"s.kind = {int(SignalKind.ORDER)}"
    for some_rules, numbers, column, also in (
        (of_people, changed.people, "person", "true"),
        (of_people, changed.orders_moved, "order_key", "true"),
        (of_orders, changed.orders_told, "order_key", f"NOT {is_order}"),
        (rules, changed.orders_told, "order_key", is_order),
        (hits.rules_about(rules, *visits.PROPERTIES), changed.retold, "arrival", "true"),
    ):
        if some_rules and len(numbers):
            session.offer("renewed", pa.table({"number": numbers}))
            session.run(
                f"""CREATE OR REPLACE TEMP TABLE changed AS SELECT s.arrival FROM {session.db}.signal AS s
                SEMI JOIN renewed ON renewed.number = s.{column} WHERE s.arrival < {first} AND {also}"""
            )
            session.withdraw("renewed")
            of = "s.arrival IN (SELECT arrival FROM temp.main.changed)"
            hits.forget_hits(session, [rule.touchpoint for rule in some_rules], of=of)
            hits.find_hits_at_once(session, some_rules, of=of)
            session.run("DROP TABLE temp.main.changed")


def _keep_books(session: Session, batch: StreamBatch, events: pa.Table, first: int) -> None:
    """Count, keep what was rejected, forget what a replay settles, and move to the batch's place."""
    hour = bookkeeping.hour_of(batch.received)
    if bookkeeping.note_hour(session, batch.received, first):
        visits.forget_old(session)
    accepted, newest = bookkeeping.by_origin(events)
    offered, _newest = bookkeeping.by_origin(batch.events)
    counts = [(row["origin"], row["hour"], row["reason"], row["count"]) for row in batch.counts.to_pylist()]
    counts += [(origin, hour, "accepted", count) for origin, count in accepted.items()]
    counts += [
        (origin, hour, "repeated", count - accepted.get(origin, 0)) for origin, count in offered.items()
    ]
    if batch.place is not None:
        rejected = batch.rejected.select(["origin", "received"]).to_pylist()
        counts += [(row["origin"], bookkeeping.hour_of(row["received"]), "rejected", 1) for row in rejected]
    bookkeeping.count_up(session, counts)
    origins = {*offered, *(count[0] for count in counts)}
    bookkeeping.note_sources(
        session,
        [(origin, newest.get(origin)) for origin in sorted(origins)],
        batch.received,
        is_replay=batch.place is None,
    )
    rejected_rows.settle_rejected(session, batch.replayed, batch.rejected)
    if batch.place is not None:
        bookkeeping.move_to(session, batch.place)
