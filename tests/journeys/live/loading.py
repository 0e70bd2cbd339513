"""Small worlds loaded into a real store, with their map drawn by the product's own functions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
from django_scopes import scope

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH
from polku.eventstore.registry import hit_rules
from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey, update_journey
from tests.journeys.live.brute_force import World

KINDS = {1: "event", 2: "score", 3: "contact", 4: "order"}


def draw(workspace, world: World):
    """(journey, touchpoints by the world's ids)."""
    journey = update_journey(
        journey=create_journey(workspace=workspace, name="Ostopolku"), window_days=world.window_days
    )
    workspace.cancelled_states = world.cancelled
    workspace.timezone = world.timezone
    workspace.save()
    stages = [
        add_stage(journey=journey, name=f"Vaihe {number}")
        for number in range(max(point.stage for point in world.points) + 1)
    ]
    drawn = {}
    for point in world.points:
        touchpoint = add_touchpoint(
            stage=stages[point.stage], name=f"Kohta {point.id}", is_backstage=point.backstage
        )
        drawn[point.id] = touchpoint
        for kind, name in point.binds:
            add_binding(touchpoint=touchpoint, kind=KINDS[kind], names=[name] if name else [], rebuild=False)
    return journey, drawn


def load(store, workspace, world: World, traits: dict[str, str] | None = None) -> None:
    """Everything of `world`; `traits` gives people's properties as JSON."""
    key = workspace.key.hex
    epoch = datetime(1970, 1, 1)

    def column(rows, field):
        return [row.get(field) for row in rows]

    signals = [
        {
            **signal,
            "message_id": f"{number:032x}",
            "time": epoch + timedelta(microseconds=signal["time"]),
            "scale_low": signal["low"],
            "scale_high": signal["high"],
        }
        for number, signal in enumerate(world.signals)
    ]
    orders = [
        {
            **order,
            "message_id": f"{number + 10**6:032x}",
            "order": order["id"],
            "time": epoch + timedelta(microseconds=order["time"]),
        }
        for number, order in enumerate(world.orders)
    ]
    people = [{"person": person, "properties": text} for person, text in (traits or {}).items()]
    with scope(workspace=workspace):
        rules = hit_rules(key)
    tables = [
        pa.table([pa.array(column(rows, field.name), field.type) for field in batch], schema=batch)
        for rows, batch in ((signals, SIGNAL_BATCH), (orders, ORDER_BATCH), (people, PERSON_BATCH))
    ]
    store.load_signals(key, tables[0], rules=rules)
    store.load_orders(key, tables[1], rules=rules)
    if people:
        store.load_people(key, tables[2])
