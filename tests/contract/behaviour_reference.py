"""Questions about behaviour in plain Python over rows, with nothing of the store's own code.

A row is what was loaded, with `arrival`, `touchpoints` (those it hits) and `time` in microseconds added.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.eventstore.funnel_reference import longest_chain

EVENT = 1
GAP = 30 * 60 * 1_000_000
Row = dict[str, Any]
Takes = Callable[[Row], bool]


def units_of(rows: Iterable[Row], unit: str) -> dict[Any, list[Row]]:
    """The rows of each person, session or order in order of time and arrival."""
    found: dict[Any, list[Row]] = defaultdict(list)
    last: dict[str, tuple[int, int]] = {}
    for row in sorted(rows, key=lambda row: (row["time"], row["arrival"])):
        if unit == "person":
            found[row["person"]].append(row)
        elif unit == "order":
            if row["order"]:
                found[row["order"]].append(row)
        elif row["session"]:
            found[row["person"], row["session"]].append(row)
        else:
            before, number = last.get(row["person"], (row["time"] - GAP - 1, 0))
            number += row["time"] - before > GAP
            last[row["person"]] = (row["time"], number)
            found[row["person"], number].append(row)
    return found


def funnel(
    rows: Iterable[Row],
    steps: Sequence[Takes],
    *,
    unit: str = "person",
    order: str = "ordered",
    window: int | None = None,
    exclude: Sequence[tuple[Takes, int, int]] = (),
) -> dict[Any, tuple[list[int], Row, Row]]:
    """Unit → (moments of its chain, its first and its last step-1 signal)."""
    found = {}
    for whose, signals in units_of(rows, unit).items():
        entries = [
            row for row in signals if (any(step(row) for step in steps) if order == "any" else steps[0](row))
        ]
        if not entries:
            continue
        log = [
            (
                row["time"],
                sum(step(row) << place for place, step in enumerate(steps)),
                sum(each[0](row) << place for place, each in enumerate(exclude)),
                row["kind"] != EVENT,
            )
            for row in signals
        ]
        log = [row for row in log if row[1] or row[2] or not row[3]]
        chain = longest_chain(
            log, len(steps), window, order, [(after, before) for _, after, before in exclude]
        )
        found[whose] = chain, entries[0], entries[-1]
    return found


def quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    """Linear between the neighbours."""
    ordered = sorted(values)
    if not ordered:
        return None
    found = []
    for share in (0.25, 0.5, 0.75):
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
    return found[0], found[1], found[2]


def funnel_counts(chains: Iterable[list[int]], steps: int):
    """(units at each step, quartiles of the waits before each)."""
    chains = list(chains)
    counts = tuple(sum(len(chain) > step for chain in chains) for step in range(steps))
    waits = tuple(
        quartiles([chain[step] - chain[step - 1] for chain in chains if len(chain) > step]) if step else None
        for step in range(steps)
    )
    return counts, waits


def node_of(row: Row, node: str, touchpoints: Sequence[int]) -> str | None:
    if node == "touchpoint":
        return next((str(each) for each in touchpoints if each in row["touchpoints"]), None)
    if row["kind"] != EVENT:
        return None
    if node == "event":
        return row["name"]
    if not row["url"]:
        return None
    address = row["url"].split("#")[0].split("?")[0]
    return "/" + address.split("://")[-1].partition("/")[2]


def walks(
    rows: Iterable[Row],
    *,
    node: str = "event",
    unit: str = "person",
    touchpoints: Sequence[int] = (),
    start: Takes | None = None,
    end: Takes | None = None,
    collapse: bool = False,
) -> list[list[tuple[str, int]]]:
    """(node, time) of each unit's path."""
    found = []
    for signals in units_of(rows, unit).values():
        first, last = 0, len(signals) - 1
        kept = {place for place, row in enumerate(signals) if node_of(row, node, touchpoints) is not None}
        if start is not None:
            first = next((place for place, row in enumerate(signals) if start(row)), len(signals))
            kept |= {first}
        if end is not None:
            last = max((place for place, row in enumerate(signals) if end(row)), default=-1)
            kept |= {last}
        path = [
            (node_of(signals[place], node, touchpoints) or signals[place]["name"], signals[place]["time"])
            for place in sorted(kept)
            if first <= place <= last
        ]
        if collapse:
            path = [step for place, step in enumerate(path) if not place or path[place - 1][0] != step[0]]
        if path:
            found.append(path)
    return found


def transitions(paths: Sequence[list[tuple[str, int]]]) -> dict[tuple[str, str], tuple[int, float]]:
    waits = defaultdict(list)
    for path in paths:
        for (source, before), (target, after) in pairwise(path):
            waits[source, target].append(after - before)
    return {pair: (len(each), statistics.median(each)) for pair, each in waits.items()}


def loops(paths: Sequence[list[tuple[str, int]]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in paths:
        names = [name for name, _time in path]
        collapsed = [name for place, name in enumerate(names) if not place or names[place - 1] != name]
        found.update(name for name, count in Counter(collapsed).items() if count > 1)
    return found


def flows(
    paths: Sequence[list[tuple[str, int]]], depth: int, branches: int, backwards: bool
) -> Counter[tuple[int, str | None, str | None]]:
    def node(path: list[tuple[str, int]], level: int) -> str | None:
        place = level + (len(path) - 1 if backwards else 0)
        return path[place][0] if 0 <= place < len(path) else None

    levels = range(-depth, 1) if backwards else range(depth + 1)
    shown = {}
    for level in levels:
        counts = Counter(name for path in paths if (name := node(path, level)) is not None)
        shown[level] = sorted(counts, key=lambda name: (-counts[name], name))[:branches]
    found: Counter[tuple[int, str | None, str | None]] = Counter()
    for level in levels[:-1]:
        for path in paths:
            source, target = node(path, level), node(path, level + 1)
            if source is not None and target is not None:
                found[
                    level,
                    source if source in shown[level] else None,
                    target if target in shown[level + 1] else None,
                ] += 1
    return found


def share_of_ties(rows: Iterable[Row], unit: str) -> float:
    instants = Counter(
        (str(whose), row["time"]) for whose, signals in units_of(rows, unit).items() for row in signals
    )
    total = sum(instants.values())
    return sum(count for count in instants.values() if count > 1) / total if total else 0.0


def retention(
    rows: Iterable[Row], *, period: str, periods: int, start: Takes, back: Takes, unit: str, zone: str
) -> dict[date, list[int]]:
    found: dict[date, list[int]] = {}
    for signals in units_of(rows, unit).values():
        first = next((row for row in signals if start(row)), None)
        if first is None:
            continue
        cohort = period_of(first["time"], period, zone)
        returned = found.setdefault(cohort, [0] * periods)
        returned[0] += 1
        begins = [cohort]
        while len(begins) <= periods:
            begins.append(_next(begins[-1], period))
        for place in range(1, periods):
            returned[place] += any(
                back(row) and period_of(row["time"], period, zone) == begins[place] for row in signals
            )
    return found


def period_of(time: int, period: str, zone: str) -> date:
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)).astimezone(ZoneInfo(zone))
    day = local.date()
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[period]


def _next(start: date, period: str) -> date:
    if period == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if period == "week" else 1)
