"""How far units get through steps, and where they drop off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from polku.analytics.comparing import other_side, range_of, share_changes
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.asked_funnel import FUNNEL_FIELDS, AskedFunnel, names_version, parse_funnel
from polku.eventstore.behaviour import FunnelCounts
from polku.statistics import wilson


def funnel(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"steps": [{"name", "count", "from_previous", "from_first", "ci", "median_seconds", "quartiles_seconds"}],
    "breakdown": [{"key", "steps"}], "ties"}, for persons, sessions or orders.

    `ci` is Wilson's, of from_previous. Shares, ci, median and quartiles are null where the step before was reached
    by nobody, and for the first step; the waits are from the step before. The breakdown names the 50 largest keys;
    the rest are together under null with "others": true. `ties` is the share of signals that share their instant
    with another of their unit.

    With `compare` also "compared": {"range", "steps", "changes": [{"step", "name", "measure", "difference", "ci",
    "p_value", "p_adjusted", "clear"}]}: the funnel's own share minus the compared one, of each step from the one
    before, and where there are more than two steps of the last from the first; Holm's correction over them all.
    """
    asked = parse_funnel(context, query)
    found = context.store.funnel(context.key, context.scope, asked.question)
    parts: list[dict[str, object]] = [
        {"key": part.key, "steps": step_rows(asked.names, part)} for part in found.parts
    ]
    if found.others is not None:
        parts.append({"key": None, "others": True, "steps": step_rows(asked.names, found.others)})
    answer: Answer = {
        "steps": step_rows(asked.names, found.whole),
        "breakdown": parts,
        "ties": found.ties,
        "rows_scanned": found.scanned,
    }
    other = other_side(context)
    if other is not None:
        before = other.store.funnel(other.key, other.scope, replace(asked.question, breakdown=None))
        answer["rows_scanned"] = found.scanned + before.scanned
        answer["compared"] = {
            "range": range_of(other.scope),
            "steps": step_rows(asked.names, before.whole),
            "changes": _changes(asked, found.whole.counts, before.whole.counts),
        }
    return answer


def step_rows(names: Sequence[str], counted: FunnelCounts) -> list[dict[str, object]]:
    """The figures of each step, as `funnel` describes them."""
    rows: list[dict[str, object]] = []
    for place, (name, count, wait) in enumerate(zip(names, counted.counts, counted.waits, strict=True)):
        first = counted.counts[0]
        row: dict[str, object] = {
            "name": name,
            "count": count,
            "from_previous": None,
            "from_first": count / first if first else None,
            "ci": None,
            "median_seconds": None,
            "quartiles_seconds": None,
        }
        if place and counted.counts[place - 1]:
            share = wilson(successes=count, n=counted.counts[place - 1])
            row["from_previous"], row["ci"] = share.value, [share.low, share.high]
        if wait is not None:
            row["quartiles_seconds"] = [quartile / 1e6 for quartile in wait]
            row["median_seconds"] = wait[1] / 1e6
        rows.append(row)
    return rows


def _changes(asked: AskedFunnel, now: Sequence[int], before: Sequence[int]) -> list[dict[str, object]]:
    """One family: the step-by-step shares, and the way through as a whole."""
    last = len(now) - 1
    tested = [(place, place - 1, "from_previous") for place in range(1, len(now))]
    if last > 1:
        tested.append((last, 0, "from_first"))
    changes = share_changes(
        [(now[step], now[of]) for step, of, _ in tested],
        [(before[step], before[of]) for step, of, _ in tested],
    )
    return [
        {"step": step + 1, "name": asked.names[step], "measure": measure, **(change or _UNKNOWN)}
        for (step, _, measure), change in zip(tested, changes, strict=True)
    ]


_UNKNOWN = {"difference": None, "ci": None, "p_value": None, "p_adjusted": None, "clear": False}


register(
    Kind(
        name="funnel",
        fields=(*FUNNEL_FIELDS, "compare"),
        run=funnel,
        breakdown=True,
        units=True,
        compares_segments=True,
        version=names_version,
    )
)
