"""Who bought again within some days: an outcome of each purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.analytics.context import QueryContext
from polku.analytics.listwise import Floats, Rows
from polku.eventstore.port import Selector, SignalKind

REPURCHASE = "repurchase"


@dataclass(frozen=True)
class Repurchases:
    """One row a purchase whose days are over: `values` 1 where the person bought again within them, else 0. The time of
    `rows` is when that was decided: the next purchase, or the end of the days."""

    rows: Rows
    values: Floats


def repurchases(
    context: QueryContext, window: timedelta, properties: Sequence[str]
) -> tuple[Repurchases, list[pa.ChunkedArray], int]:
    """Purchases in the range, their `properties`, and how many orders were read. Orders of a cancelled state are none,
    and those of one person within a calendar day (in the workspace's zone) are one: the last."""
    scope = replace(context.scope, start=None, end=None)
    selectors = [Selector((SignalKind.ORDER,))]
    table = context.store.answer_rows(context.key, scope, selectors, properties=["order.status", *properties])
    states = pa.array(sorted(context.workspace.cancelled_states), pa.string())
    kept = table.filter(pc.invert(pc.fill_null(pc.is_in(table["p0"], value_set=states), False)))
    person, time = kept["person"].to_numpy(), kept["time"].cast(pa.int64()).to_numpy()
    local = pc.local_timestamp(
        kept["time"].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", context.scope.timezone))
    )
    day = local.cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
    order = np.lexsort((time, person))
    person, time, day = person[order], time[order], day[order]
    is_last = np.append((np.diff(person) != 0) | (np.diff(day) != 0), True)[: len(person)]
    is_first = np.append(True, (np.diff(person) != 0) | (np.diff(day) != 0))[: len(person)]
    begins, order = time[is_first], order[is_last]
    person, time, day = person[is_last], time[is_last], day[is_last]
    length = window // timedelta(microseconds=1)
    same = np.append(np.diff(person) == 0, False)[: len(person)]
    following = np.where(same, np.append(begins[1:], 0)[: len(person)], np.iinfo(np.int64).max)
    again = following <= time + length
    newest = context.state.data_as_of
    known = np.datetime64(newest, "us").astype(np.int64) if newest is not None else 0
    # Before its days are over nobody knows that a purchase was the last; counting those who are back already would
    # count only them.
    inside = time + length <= known
    if context.scope.start is not None:
        inside &= time >= np.datetime64(context.scope.start, "us").astype(np.int64)
    if context.scope.end is not None:
        inside &= time < np.datetime64(context.scope.end, "us").astype(np.int64)
    places = order[inside]
    numbers = pc.fill_null(kept["order"], -1).to_numpy()[places]
    rows = Rows(
        person=person[inside],
        order=numbers,
        response=np.full(len(places), -1),
        time=np.where(again, following, time + length)[inside],
    )
    texts = [kept[f"p{number}"].take(places) for number in range(1, len(properties) + 1)]
    return Repurchases(rows, again[inside].astype(np.float64)), texts, table.num_rows
