"""Small worlds in the shapes that cross the store's port, without a store."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from polku.eventstore.hit_rows import Joining, LooseSignals
from polku.eventstore.live import HitRows
from polku.journeys.live.plan import DAY, Plan, Point
from tests.journeys.live.brute_force import CONTACT, EVENT, ORDER, SCORE, World


def plan_of(world: World) -> Plan:
    return Plan(
        points=tuple(
            Point(
                id=point.id,
                stage=point.stage,
                basis="signals" if point.by_visit else "answers_and_contacts",
                takes_contacts=any(kind == CONTACT for kind, _ in point.binds),
                takes_answers=any(kind == SCORE for kind, _ in point.binds),
                backstage=point.backstage,
                bound=bool(point.binds),
            )
            for point in world.points
        ),
        window=world.window_days * DAY,
        timezone=world.timezone,
        cancelled_states=frozenset(world.cancelled),
    )


def rows_of(world: World) -> tuple[HitRows, pa.Table]:
    """Hits and orders as the store gives them (see `eventstore.live`)."""
    people = sorted({thing["person"] for thing in (*world.signals, *world.orders)})
    carried = [signal["order"] for signal in world.all_signals if signal["order"] is not None]
    orders = {order: number for number, order in enumerate(dict.fromkeys(carried))}
    signals = world.all_signals
    bound = [point for point in world.points if point.binds]
    hits = [(at, s["arrival"]) for at, point in enumerate(bound) for s in signals if point.takes(s)]
    voices = [s for s in signals if s["kind"] not in (EVENT, ORDER)]

    def table(rows: list, **columns: tuple[str, pa.DataType]) -> pa.RecordBatch:
        return pa.record_batch(
            {name: pa.array([row[field] for row in rows], type_) for name, (field, type_) in columns.items()}
        )

    number_type = pa.float64()
    joining = Joining(
        LooseSignals(
            arrival=np.array([s["arrival"] for s in signals], dtype=np.int64),
            person=np.array([people.index(s["person"]) for s in signals], dtype=np.int64),
            time=np.array([s["time"] for s in signals], dtype=np.int64),
            kind=np.array([s["kind"] for s in signals], dtype=np.uint8),
        ),
        touchpoints=len(bound),
        most_hits=len(hits),
    )
    places, arrivals = (np.array([hit[part] for hit in hits], dtype=np.int64) for part in (0, 1))
    joining.hits(arrivals, places)
    said = {"arrival": pa.int64(), "kind": pa.uint8(), "name": pa.string()}
    for part in np.array_split(np.arange(len(voices)), 2):
        joining.voices(
            table(
                [voices[number] for number in part],
                **{name: (name, type_) for name, type_ in said.items()},
                score=("score", number_type),
                scale_low=("low", number_type),
                scale_high=("high", number_type),
            )
        )
    joining.orders(
        pa.record_batch(
            {
                "arrival": pa.array([s["arrival"] for s in signals if s["order"] is not None], pa.int64()),
                "order_key": pa.array([orders[order] for order in carried], pa.int64()),
            }
        )
    )
    time = pa.timestamp("us")
    bought = pa.table(
        {
            "order": pa.array([orders[order["id"]] for order in world.orders], pa.int64()),
            "person": pa.array([people.index(order["person"]) for order in world.orders], pa.int64()),
            "time": pa.array([order["time"] for order in world.orders], time),
            "value": pa.array([order["value"] for order in world.orders], pa.float64()),
            "status": pa.array([order["status"] for order in world.orders], pa.string()),
            "promised": pa.array([order["promised"] for order in world.orders], pa.date32()),
            "delivered": pa.array([order["delivered"] for order in world.orders], pa.date32()),
        }
    )
    return joining.joined(), bought
