"""The whole base of customers at a glance: its groups, its fields, and how unevenly value and hope are spread."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from polku.analytics.customers import Customers, Purchases
from polku.analytics.rfm import GROUPS, ROWS, Rhythm, cells_of
from polku.statistics import LifetimeValue

Floats = NDArray[np.float64]
Row = dict[str, object]

_TENTHS = 10


def rhythm_row(rhythm: Rhythm) -> Row:
    return {
        **asdict(rhythm),
        "rows": [list(row) for row in ROWS],
        "columns": [list(column) for column in rhythm.bounds],
    }


def group_rows(
    bought: Purchases,
    found: Customers,
    group: NDArray[np.int64],
    value: LifetimeValue | None,
    alive: Floats | None,
) -> list[Row]:
    """A row for each group, empty ones included, as `kinds.clv` describes them."""
    number = len(GROUPS)
    counts = np.bincount(group, minlength=number)
    starts = np.searchsorted(bought.person, found.person)
    spent = np.add.reduceat(np.nan_to_num(bought.value), starts) if len(found) else found.mean_value
    known = np.add.reduceat((~np.isnan(bought.value)).astype(np.int64), starts) if len(found) else starts
    rows: list[Row] = []
    for place, name in enumerate(GROUPS):
        inside, n = group == place, int(counts[place])
        purchases = int(known[inside].sum())
        part = value.parts[place] if value and place < len(value.parts) and n else None
        rows.append(
            {
                "group": name,
                "customers": n,
                "share": n / len(found) if len(found) else None,
                "purchases": float(found.frequency[inside].mean() + 1) if n else None,
                "days_ago": float(np.median((found.age - found.recency)[inside])) if n else None,
                "spent": float(spent[inside].sum()),
                "purchase_value": float(spent[inside].sum()) / purchases if purchases else None,
                "alive": float(alive[inside].mean()) if alive is not None and n else None,
                "mean": part.value / n if part else None,
                "ci": [part.low / n, part.high / n] if part else None,
                "total": part.value if part else None,
            }
        )
    return rows


def cell_rows(found: Customers, rhythm: Rhythm, each: Floats | None) -> list[Row]:
    """[{"row", "column", "customers", "value"}] of the fields that hold somebody; "value" is the mean of `each`."""
    cells = cells_of(found, rhythm, np.zeros(len(found)) if each is None else each)
    return [asdict(cell) | ({"value": None} if each is None else {}) for cell in cells]


def tenth_rows(each: Floats) -> list[Row]:
    """Customers by value in ten parts, the most valuable first: what each part brings of the whole."""
    ordered = np.sort(each)[::-1]
    whole = float(ordered.sum())
    return [
        {
            "customers": len(part),
            "from": float(part[-1]),
            "to": float(part[0]),
            "share": float(part.sum()) / whole if whole > 0 else None,
        }
        for part in np.array_split(ordered, _TENTHS)
        if len(part)
    ]


def alive_rows(alive: Floats, found: Customers) -> list[Row]:
    """How many customers who bought again lie in each tenth of P(alive); the rest the model takes for alive."""
    again = alive[found.frequency > 0]
    counts, edges = np.histogram(again, bins=_TENTHS, range=(0.0, 1.0))
    return [
        {"from": float(edges[place]), "to": float(edges[place + 1]), "customers": int(counts[place])}
        for place in range(_TENTHS)
    ]
