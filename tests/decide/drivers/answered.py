"""Answers to several questions at once, as a survey or a brought file tells them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from polku.eventstore.port import SIGNAL_BATCH, SignalKind

START = datetime(2026, 5, 4, 9)


def tell(store, workspace, columns, *, scales=None, metrics=None, first=0, properties=None, hours=6):
    """Load one answer a row: `columns` are question → values (NaN for none)."""
    rows = {name: [] for name in SIGNAL_BATCH.names}
    for number, (question, values) in enumerate(columns.items()):
        low, high = (scales or {}).get(question, (1, 5))
        for k, value in enumerate(values):
            if np.isnan(value):
                continue
            said = {"question": question, "response": f"{first}-{k}", **(properties(k) if properties else {})}
            row = {
                "message_id": f"{first:08x}{number:012x}{k:012x}",
                "kind": int(SignalKind.SCORE),
                "name": (metrics or {}).get(question, "csat"),
                "time": START + timedelta(hours=hours * k),
                "person": f"person {first}-{k}",
                "score": float(value),
                "scale_low": float(low),
                "scale_high": float(high),
                "properties": json.dumps(said),
            }
            for name, column in rows.items():
                column.append(row.get(name))
    store.load_signals(workspace.key.hex, pa.table(rows, schema=SIGNAL_BATCH), rules=[])


def satisfaction(n=240):
    """Speed is important and weak, service less important and strong, choice and rooms hardly; every fourth was asked
    of returns."""
    random = np.random.default_rng(5)
    common = random.normal(0, 1, n)

    def rated(mean, spread):
        return np.clip(np.round(mean + spread * (0.4 * common + 0.9 * random.normal(0, 1, n))), 1, 5)

    speed, service, choice, rooms = rated(2.9, 1.1), rated(4.2, 0.8), rated(4.0, 0.8), rated(3.5, 0.9)
    returns = np.where(np.arange(n) % 4 == 0, rated(3, 1), np.nan)
    outcome = 6.5 + 1.4 * (speed - 2.9) + 0.7 * (service - 4.2) + random.normal(0, 1, n)
    return {
        "Recommend": np.clip(np.round(outcome), 0, 10),
        "Speed": speed,
        "Service": service,
        "Choice": choice,
        "Rooms": rooms,
        "Returns": returns,
    }
