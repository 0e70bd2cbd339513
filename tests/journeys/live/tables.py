"""Small worlds in the shapes that cross the store's port, without a store."""

from __future__ import annotations

import pyarrow as pa

from polku.journeys.live.plan import DAY, Plan, Point
from tests.journeys.live.brute_force import CONTACT, SCORE, World


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


def tables_of(world: World) -> tuple[pa.Table, pa.Table]:
    """Hits and orders as the store gives them (see `eventstore.port`)."""
    people = sorted({thing["person"] for thing in (*world.signals, *world.orders)})
    carried = [signal["order"] for signal in world.all_signals if signal["order"] is not None]
    orders = {order: number for number, order in enumerate(dict.fromkeys(carried))}
    rows = [
        (point.id, signal["arrival"], people.index(signal["person"]), signal)
        for point in world.points
        for signal in world.all_signals
        if point.takes(signal)
    ]
    rows.sort(key=lambda row: (row[0], row[2], row[3]["time"], row[1]))
    time = pa.timestamp("us")
    hits = pa.table(
        {
            "touchpoint": pa.array([row[0] for row in rows], pa.int64()),
            "signal": pa.array([row[1] for row in rows], pa.int64()),
            "person": pa.array([row[2] for row in rows], pa.int64()),
            "time": pa.array([row[3]["time"] for row in rows], time),
            "kind": pa.array([row[3]["kind"] for row in rows], pa.uint8()),
            "name": pa.array([row[3]["name"] for row in rows], pa.string()),
            "score": pa.array([row[3]["score"] for row in rows], pa.float64()),
            "scale_low": pa.array([row[3]["low"] for row in rows], pa.float64()),
            "scale_high": pa.array([row[3]["high"] for row in rows], pa.float64()),
            "order": pa.array([orders.get(row[3]["order"]) for row in rows], pa.int64()),
        }
    )
    bought = pa.table(
        {
            "order": pa.array([orders[order["id"]] for order in world.orders], pa.int64()),
            "id": pa.array([order["id"] for order in world.orders], pa.string()),
            "person": pa.array([people.index(order["person"]) for order in world.orders], pa.int64()),
            "time": pa.array([order["time"] for order in world.orders], time),
            "value": pa.array([order["value"] for order in world.orders], pa.float64()),
            "status": pa.array([order["status"] for order in world.orders], pa.string()),
            "promised": pa.array([order["promised"] for order in world.orders], pa.date32()),
            "delivered": pa.array([order["delivered"] for order in world.orders], pa.date32()),
        }
    )
    return hits, bought
