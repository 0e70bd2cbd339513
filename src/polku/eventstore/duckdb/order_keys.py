"""Orders while loading: their numbers, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb.batches import Integers, codes, nullable
from polku.eventstore.duckdb.people_keys import Identities, add_people, take_numbers
from polku.eventstore.duckdb.session import Session


@dataclass(frozen=True)
class Orders:
    """`rows` is each row's position in the other arrays (−1: no order), which hold one entry per order.

    `identity` is −1 and `person` an anonymous one while nobody is known to have ordered; a new order has
    `person` −1 until `settle` gives it one.
    """

    rows: Integers
    ids: pa.Array
    key: Integers
    identity: Integers
    person: Integers
    is_new: np.ndarray

    def rows_known_before(self, first_new: int) -> int:
        """How many rows name an order that has a number below `first_new`."""
        keys = np.append(self.key, first_new)[self.rows]
        return int(np.count_nonzero(keys < first_new))


def find_orders(session: Session, column: pa.ChunkedArray) -> Orders:
    """The orders that a column names; those never seen get a number but no row yet."""
    rows, ids = codes(column)
    count = len(ids)
    session.offer("named", pa.table({"id": ids, "position": np.arange(count)}))
    position, known_key, known_identity, known_person = session.integers(
        f"""
        SELECT n.position, o.order_key, coalesce(o.identity, -1), o.person
        FROM named AS n JOIN {session.db}.orders AS o ON o.id = n.id"""
    )
    session.withdraw("named")
    key, identity, person = (np.full(count, -1, dtype=np.int64) for _each in range(3))
    key[position], identity[position], person[position] = known_key, known_identity, known_person
    is_new = key < 0
    new = int(np.count_nonzero(is_new))
    first = take_numbers(session, "next_order", new)
    key[is_new] = np.arange(first, first + new)
    return Orders(rows, ids, key, identity, person, is_new)


def settle(session: Session, orders: Orders, people: Identities, *, later_wins: bool) -> Integers:
    """Decide whose the orders are by rows that name both, and write it.

    The first such row decides about an order whose person is unknown; with `later_wins` the last one decides
    about every order. New orders without one get an anonymous person. Signals known only through an order
    follow it; an anonymous person left without its order is removed. Returns the orders whose signals moved.
    """
    both = np.flatnonzero((orders.rows >= 0) & (people.identity >= 0))
    if later_wins:
        both = both[::-1]
    position, first = np.unique(orders.rows[both], return_index=True)
    row = both[first]
    if not later_wins:
        unknown = orders.identity[position] < 0
        position, row = position[unknown], row[unknown]
    before = orders.person.copy()
    was_anonymous = orders.identity < 0
    orders.identity[position] = people.identity[row]
    orders.person[position] = people.person[row]
    anonymous = np.flatnonzero(orders.person < 0)
    first_person = add_people(session, len(anonymous))
    orders.person[anonymous] = np.arange(first_person, first_person + len(anonymous))
    _add_new(session, orders)
    changed = np.zeros(len(orders.key), dtype=bool)
    changed[position] = True
    changed &= ~orders.is_new
    if not changed.any():
        return np.empty(0, dtype=np.int64)
    left = before[changed & was_anonymous & (before != orders.person)]
    return _hand_over(session, orders, changed, left)


def _add_new(session: Session, orders: Orders) -> None:
    if not orders.is_new.any():
        return
    new = pa.table(
        {
            "order_key": orders.key,
            "id": orders.ids,
            "person": orders.person,
            "identity": nullable(orders.identity),
        }
    ).filter(pa.array(orders.is_new))
    session.offer("added", new)
    session.run(
        f"""INSERT INTO {session.db}.orders (order_key, id, person, identity)
        SELECT order_key, id, person, identity FROM added"""
    )
    session.withdraw("added")


def _hand_over(session: Session, orders: Orders, changed: np.ndarray, left: Integers) -> Integers:
    """Give existing orders, and the signals known only through them, to their new people."""
    given = pa.table({"order_key": orders.key, "person": orders.person, "identity": orders.identity})
    session.offer("given", given.filter(pa.array(changed)))
    session.run(
        f"""UPDATE {session.db}.orders AS o SET person = g.person, identity = g.identity
        FROM given AS g WHERE o.order_key = g.order_key"""
    )
    follows = "s.person <> g.person AND (s.identity IS NULL OR s.message_id IS NULL)"
    (moved,) = session.integers(
        f"""SELECT DISTINCT s.order_key FROM {session.db}.signal AS s
        JOIN given AS g ON g.order_key = s.order_key WHERE {follows}"""
    )
    if len(moved):
        session.run(
            f"""UPDATE {session.db}.signal AS s SET person = g.person,
                identity = CASE WHEN s.message_id IS NULL THEN g.identity END
            FROM given AS g WHERE s.order_key = g.order_key AND {follows}"""
        )
    session.withdraw("given")
    if len(left):
        session.offer("emptied", pa.table({"person": left}))
        session.run(f"DELETE FROM {session.db}.person WHERE person IN (SELECT person FROM emptied)")
        session.withdraw("emptied")
    return moved
