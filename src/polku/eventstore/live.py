"""What a map that is kept current asks of a store: its rows as arrays, and later only what changed since.

Plain arrays, for a map of ten million rows: nothing here is a Python object per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from polku.eventstore.port import Scope


@dataclass(frozen=True)
class Words:
    """What people can say: the distinct (kind, name, scale, answer) of answers, contacts and comments.

    Arrays of one length; NaN stands for what is not there.
    """

    kind: NDArray[np.int8]
    name: tuple[str, ...]
    scale_low: NDArray[np.float64]
    scale_high: NDArray[np.float64]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.name)


NO_WORDS = Words(
    np.empty(0, dtype=np.int8),
    (),
    np.empty(0, dtype=np.float64),
    np.empty(0, dtype=np.float64),
    np.empty(0, dtype=np.float64),
)


@dataclass(frozen=True)
class HitRows:
    """Signals at touchpoints, sorted by person, time, arrival and touchpoint; one row for each that a signal is at.

    `touchpoint` is the touchpoint's place in the list that was asked for, `time` microseconds since 1970 (UTC),
    `is_again` true where the row is of the same signal as the one before, `said` a row of `words` (−1: an event or
    order), `order` the number of the order that the signal carries (−1: none). Numbers are narrow where they can be.
    """

    touchpoint: NDArray[np.int16]
    person: NDArray[Any]
    time: NDArray[np.int64]
    is_again: NDArray[np.bool_]
    kind: NDArray[np.int8]
    said: NDArray[Any]
    order: NDArray[Any]
    words: Words

    def __len__(self) -> int:
        return len(self.touchpoint)


@dataclass(frozen=True)
class Change:
    """What some writes changed, at most.

    New are the signals from `first_arrival` on and the orders from `first_order` on. Older signals are as they were
    but for those of `people`, and older orders but for `orders`; `people` holds who they belonged to before as well
    as who they belong to now. All ascending, each once. At `touchpoints` any signal may be or not be that was not or
    was before.
    """

    first_arrival: int
    first_order: int
    people: NDArray[np.int64]
    orders: NDArray[np.int64]
    touchpoints: frozenset[int] = frozenset()


@dataclass(frozen=True)
class LiveRows:
    """Rows of one state of the store, of `version`.

    With `change` only what it tells of: every row of its people, and the new rows of everybody else; the same for
    `orders`. Without, all there are. `orders` has the columns of `EventStore.orders` but for `id` and `on_time`;
    `bought` are the numbers of those among them that the scope's conditions take (None: it has no conditions).
    `scanned` is how many rows were looked at. `mark` names the state beyond its version, which a store that was put
    back from a backup counts on from: with it the rows may be kept on the disk (None: they may not).
    """

    version: int
    hits: HitRows
    orders: pa.Table
    bought: NDArray[np.int64] | None
    change: Change | None
    scanned: int
    mark: str | None = None


class LiveMaps(Protocol):
    """Part of the store's port."""

    def live_rows(
        self,
        workspace: str,
        scope: Scope,
        touchpoints: Sequence[int],
        *,
        since: int | None = None,
        mark: str | None = None,
    ) -> LiveRows:
        """The signals of a scope at `touchpoints`, and every order, whatever the scope's range.

        With `since`, a version of which the caller has all rows for the same scope, only what changed from then on;
        a store that does not know (any more), or for which that is much, answers with everything. Rows that another
        process may have read (they were kept on the disk) are told of with their `mark`."""

    def map_file(self, workspace: str, name: str, *, mark: str | None = None) -> Path | None:
        """Where on the disk is, in a file called `name`, what was made of `live_rows`; None where that may not be.

        With the `mark` of the rows it is where they may be written: nowhere once people were erased of whom they may
        tell. What is there goes with the workspace, and whenever people are erased; whoever wrote a file asks once
        more, and removes it where it would be another place by now."""


def union(changes: Sequence[Change]) -> Change:
    """Several changes, in order and without gaps, as one. At least one."""
    first = changes[0]
    return Change(
        first_arrival=first.first_arrival,
        first_order=first.first_order,
        people=np.unique(np.concatenate([each.people for each in changes])),
        orders=np.unique(np.concatenate([each.orders for each in changes])),
        touchpoints=frozenset().union(*(each.touchpoints for each in changes)),
    )
