"""A small shop whose customers behave as the model says, with answers after purchases and a few contracts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django_scopes import scope

from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH, SignalKind

END = datetime(2026, 6, 30)


def table(schema, rows):
    columns = {name: [] for name in schema.names}
    for number, row in enumerate(rows):
        full = {"message_id": f"{number:032x}", **row}
        for name, column in columns.items():
            column.append(full.get(name))
    return pa.table(columns, schema=schema)


def load_shop(store, workspace, n=500, *, answers=True, contracts=True, seed=1):
    """`n` people from January 2025 on. Of those who answered low, fewer buy again."""
    random = np.random.default_rng(seed)
    orders, signals = [], []

    def signal(kind, name, person, time, **more):
        signals.append({"kind": int(kind), "name": name, "person": person, "time": time, **more})

    for number in range(n):
        person = f"p{number}"
        day = datetime(2025, 1, 1, 10) + timedelta(days=int(random.integers(0, 300)))
        rate, leaves, level = random.gamma(2.0, 1 / 80), random.beta(1, 5), random.gamma(4, 15)
        answered = False
        while day < END:
            value = float(round(random.gamma(5, level / 5), 2))
            orders.append({"order": f"T{len(orders)}", "person": person, "time": day, "value": value})
            is_low = random.random() < 0.4
            if answers and not answered:
                score = float(random.integers(1, 3) if is_low else random.integers(4, 6))
                signal(
                    SignalKind.SCORE,
                    "csat",
                    person,
                    day + timedelta(hours=5),
                    score=score,
                    scale_low=1.0,
                    scale_high=5.0,
                )
                answered = True
                if is_low and random.random() < 0.6:
                    break
            if random.random() < leaves:
                break
            day += timedelta(days=1 + float(random.exponential(1 / max(rate, 1e-6))))
        if contracts and number < 200:
            begins = datetime(2025, 1, 1, 10) + timedelta(days=number)
            properties = json.dumps({"contract": "1"})
            signal(SignalKind.EVENT, "Contract Started", person, begins, properties=properties)
            if number % 4 == 0:
                ended = begins + timedelta(days=250)
                signal(SignalKind.EVENT, "Contract Ended", person, ended, properties=properties)
    signal(SignalKind.EVENT, "view", "p0", END)
    key = workspace.key.hex
    store.load_orders(key, table(ORDER_BATCH, orders), rules=[])
    store.load_signals(key, table(SIGNAL_BATCH, signals), rules=[])


@pytest.fixture
def shop(store, workspace):
    load_shop(store, workspace)
    return workspace


@pytest.fixture
def answered(shop, owner):
    """The shop with the four questions about money answered."""
    from polku.decide.money.domain import answer_money_questions

    with scope(workspace=shop):
        answer_money_questions(
            workspace=shop,
            margin=0.5,
            vat_included=False,
            vat_rate=0.0,
            returned=0.0,
            cancelled_states=[],
            contact_cost=6.0,
            basis="accounts",
            actor=owner,
        )
    return shop
