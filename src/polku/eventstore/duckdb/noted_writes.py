"""Writes that tell what they changed, so that maps and columns kept in memory follow instead of being read anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from polku.eventstore.duckdb import stored_changes
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.changes import Changes
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.session import Session
from polku.eventstore.live import Change

MOST_NEW = 200_000
"""New signals of one write that are worth following; behind more of them reading anew is as quick."""

First = tuple[int, int]
"""The first arrival and the first order of a write."""


@dataclass
class Touched:
    """Gathered in a write: stored people whose signals or orders are not as they were, or were theirs before, and
    orders that changed."""

    people: list[Integers] = field(default_factory=list)
    orders: list[Integers] = field(default_factory=list)


@contextmanager
def noted_write(
    instance: Instance, changes: Changes, workspace: str
) -> Iterator[tuple[Session, Callable[[int, Change], None]]]:
    """A write's session, and what notes the version that it makes and what that changes: in memory, and with the write.

    The gate goes around all: what a failed write noted must be forgotten before another makes that version.
    """
    with (
        instance.gate(workspace),
        changes.noting(workspace) as note,
        instance.write(workspace) as session,
    ):

        def noted(version: int, change: Change) -> None:
            note(version, change)
            stored_changes.write(session, version, change)

        yield session, noted


def first_numbers(session: Session) -> First:
    """What the next signal and the next order will be."""
    arrival, order = session.row(f"SELECT next_arrival, next_order FROM {session.db}.meta")
    return int(arrival), int(order)


def change_since(
    session: Session,
    first: First,
    *,
    people: Sequence[Integers] = (),
    orders: Sequence[Integers] = (),
    retold: Integers | None = None,
) -> Change:
    """What is not as it was, at the end of a write that began at `first`.

    Who carries one of the stored `orders` that changed, or sent one of the signals that were `retold` (arrival
    numbers), counts among the people.
    """
    none = np.empty(0, dtype=np.int64)
    every = np.unique(np.concatenate([none, *orders]))
    stored = every[every < first[1]]
    found = [none, *people]
    for numbers, column in ((stored, "order_key"), (none if retold is None else retold, "arrival")):
        if len(numbers):
            session.offer("renewed", pa.table({"number": numbers}))
            found += session.integers(
                f"""SELECT DISTINCT s.person FROM {session.db}.signal AS s
                SEMI JOIN renewed ON renewed.number = s.{column}"""
            )
            session.withdraw("renewed")
    return Change(*first, people=np.unique(np.concatenate(found)), orders=stored)
