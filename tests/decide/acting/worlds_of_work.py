"""A small shop whose payment somebody mends: people come day by day, and whether they go on depends on their browser
and on whether it is mended yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
from django_scopes import scope

from polku.eventstore.port import PERSON_BATCH, SIGNAL_BATCH
from polku.eventstore.registry import hit_rules
from polku.journeys import domain

DONE_ON = date(2026, 3, 2)
"""A Monday."""


def draw_shop(workspace):
    """(payment, tracking): the touchpoints of a map of two stages."""
    workspace.timezone = "Europe/Helsinki"
    workspace.save()
    journey = domain.create_journey(workspace=workspace, name="Ostopolku")
    journey = domain.update_journey(journey=journey, window_days=2)
    pays = domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Osto"), name="Maksu")
    gets = domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Toimitus"), name="Toimitus")
    domain.add_binding(touchpoint=pays, kind="event", names=["pay"], rebuild=False)
    domain.add_binding(touchpoint=pays, kind="score", names=["csat"], rebuild=False)
    domain.add_binding(touchpoint=pays, kind="contact", names=["ei onnistu"], rebuild=False)
    domain.add_binding(touchpoint=gets, kind="event", names=["deliver"], rebuild=False)
    return pays, gets


def rows_of_shop(
    *,
    shares: dict[str, tuple[float, float]],
    seed: int,
    per_day: int = 20,
    days: tuple[int, int] = (-35, 36),
    happy: tuple[float, float] = (0.6, 0.6),
) -> list[dict]:
    """Signals from `days` before to after DONE_ON; `shares` of those who go on by browser, before and after it."""
    random = np.random.default_rng(seed)
    rows: list[dict] = []

    def add(person: str, kind: int, name: str, when: datetime, **more: object) -> None:
        rows.append(
            {
                "message_id": f"{len(rows):032x}",
                "person": person,
                "kind": kind,
                "name": name,
                "time": when,
                **more,
            }
        )

    for day in range(*days):
        start = datetime.combine(DONE_ON + timedelta(days=day), datetime.min.time())
        for browser, (before, after) in shares.items():
            for number in range(per_day):
                person = f"{browser}-{day}-{number}"
                when = start + timedelta(minutes=600 + number)
                add(person, 1, "pay", when, properties=f'{{"browser": "{browser}"}}')
                if random.random() < (after if day > 0 else before):
                    add(person, 1, "deliver", when + timedelta(hours=1))
                elif random.random() < 0.3:
                    add(person, 3, "ei onnistu", when + timedelta(hours=1), text="Maksu jumittaa")
                score = 5.0 if random.random() < happy[day > 0] else 2.0
                more = {"score": score, "scale_low": 1.0, "scale_high": 5.0}
                add(person, 2, "csat", when + timedelta(minutes=5), **more)
    return rows


def load_rows(store, workspace, rows: list[dict]) -> None:
    key = workspace.key.hex
    with scope(workspace=workspace):
        rules = hit_rules(key)
    store.load_signals(key, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=rules)


def load_people(store, workspace, people: list[str], properties: str) -> None:
    rows = [{"person": person, "properties": properties} for person in people]
    store.load_people(workspace.key.hex, pa.Table.from_pylist(rows, schema=PERSON_BATCH))


def finished(touchpoint, owner, metric: dict, *, done_on: date = DONE_ON, estimate: dict | None = None):
    """An action at the touchpoint that was done on a day."""
    action = domain.take_into_work(
        touchpoint=touchpoint,
        name="Korjaa maksu",
        pain_key="",
        estimate=estimate,
        owner=owner,
        due_on=None,
        metric=metric,
        actor=owner,
    )
    return domain.finish_action(action=action, done_on=done_on, actor=owner)
