"""How far units get through steps, and where they drop off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.known import warn_of_property, warn_of_unknown
from polku.analytics.parsing import MOST_SELECTORS, parse_selectors
from polku.analytics.ranges import parse_window
from polku.eventstore.kernels import ORDERS, FunnelUnits, Order, funnel_units
from polku.eventstore.port import Selector
from polku.statistics import wilson

MOST_KEYS = 50


def funnel(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"steps": [{"name", "count", "from_previous", "from_first", "ci", "median_seconds"}], "breakdown":
    [{"key", "steps"}]}, for persons, sessions or orders.

    `ci` is Wilson's, of from_previous. Shares, ci and the median are null where the step before was reached
    by nobody, and for the first step. The breakdown names the 50 largest keys; the rest are together under
    null with "others": true.
    """
    steps = parse_selectors(context.workspace, query.get("steps"), field="steps", most=MOST_SELECTORS)
    if not steps:
        raise QueryError(_("A funnel needs at least one step in “steps”."), field="steps")
    window = parse_window(query.get("window"))
    order = cast(Order, values.choice(query.get("order", "ordered"), ORDERS, field="order"))
    warn_of_unknown(context, selectors=steps)
    breakdown = context.breakdown
    if breakdown:
        warn_of_property(context, breakdown.property)
    rows = context.store.sequences(
        context.key,
        context.scope,
        steps,
        unit=context.unit,
        others=order == "strict",
        breakdown=breakdown.property if breakdown else None,
    )
    units = funnel_units(
        rows,
        steps=len(steps),
        window=None if window is None else window // timedelta(microseconds=1),
        order=order,
    )
    names = [step_name(context, step) for step in steps]
    answer: Answer = {
        "steps": _steps(names, units.furthest, units.times),
        "breakdown": [],
        "rows_scanned": rows.scanned,
    }
    if breakdown:
        marks = units.first if breakdown.attribution == "first" else units.last
        answer["breakdown"] = _split(names, units, rows.key[marks])
    return answer


def step_name(context: QueryContext, step: Selector) -> str:
    """What a step is called: its touchpoint, its events, or the conditions it is made of."""
    parts = []
    if step.touchpoint is not None:
        found = resolvers.find_touchpoint(context.workspace, step.touchpoint)
        parts.append(found.name if found else str(step.touchpoint))
    if step.names:
        parts.append(" / ".join(step.names))
    if not parts:
        parts = [f"{row.property} {row.op} {row.value}" for row in step.where]
    return ", ".join(parts)


def _steps(
    names: Sequence[str], furthest: NDArray[np.int64], times: NDArray[np.int64]
) -> list[dict[str, object]]:
    """The figures of each step for units that got `furthest` (shape (u,)) at `times` (shape (u, steps))."""
    counts = [int((furthest > place).sum()) for place in range(len(names))]
    rows: list[dict[str, object]] = []
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        row: dict[str, object] = {
            "name": name,
            "count": count,
            "from_previous": None,
            "from_first": count / counts[0] if counts[0] else None,
            "ci": None,
            "median_seconds": None,
        }
        if place and counts[place - 1]:
            share = wilson(successes=count, n=counts[place - 1])
            row["from_previous"], row["ci"] = share.value, [share.low, share.high]
        if place and count:
            reached = furthest > place
            waits = times[reached, place] - times[reached, place - 1]
            row["median_seconds"] = float(np.median(waits)) / 1e6
        rows.append(row)
    return rows


def _split(names: Sequence[str], units: FunnelUnits, keys: NDArray[np.object_]) -> list[dict[str, object]]:
    """One funnel for each value of `keys` (shape (u,)), the largest first."""
    places: dict[object, list[int]] = {}
    for place, key in enumerate(keys.tolist()):
        places.setdefault(key, []).append(place)
    ordered = sorted(places, key=lambda key: (-len(places[key]), key is None, str(key)))
    split: list[dict[str, object]] = [
        {"key": key, "steps": _steps(names, units.furthest[places[key]], units.times[places[key]])}
        for key in ordered[:MOST_KEYS]
    ]
    rest = [place for key in ordered[MOST_KEYS:] for place in places[key]]
    if rest:
        split.append(
            {"key": None, "others": True, "steps": _steps(names, units.furthest[rest], units.times[rest])}
        )
    return split


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The touchpoints' names, which name the steps."""
    steps = query.get("steps")
    rows = steps if isinstance(steps, (list, tuple)) else ()
    asked = any(isinstance(step, Mapping) and "touchpoint" in step for step in rows)
    return repr(resolvers.touchpoint_names(context.workspace)) if asked else ""


register(
    Kind(
        name="funnel",
        fields=("steps", "window", "order"),
        run=funnel,
        breakdown=True,
        units=True,
        version=_version,
    )
)
