"""What really changed, as Monday tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from polku.decide.changing import figures
from polku.decide.changing.queries import Changes
from polku.site.formats import Reader

Record = Mapping[str, Any]

MOST = 6


@dataclass(frozen=True)
class ChangedRow:
    """`tone`: "good", "bad" or ""; `probably` is the interval of the difference, `n` of the newer period."""

    touchpoint: str
    touchpoint_id: int
    figure: str
    before: str
    after: str
    probably: str
    n: str
    tone: str


@dataclass(frozen=True)
class Changed:
    """`more` are clear changes beyond those shown; `others` the figures without evidence of one, by touchpoint."""

    rows: Sequence[ChangedRow]
    more: int
    unchanged: int
    others: Sequence[tuple[str, str]]


def changed(found: Changes, reader: Reader) -> Changed:
    rows = [_row(row, reader) for row in found.clear[:MOST]]
    others: dict[str, list[str]] = {}
    for row in found.unchanged_rows:
        others.setdefault(row["touchpoint"]["name"], []).append(figures.figure_name(row))
    return Changed(
        rows,
        max(0, len(found.clear) - MOST),
        found.unchanged,
        [(point, ", ".join(dict.fromkeys(names))) for point, names in others.items()],
    )


def _row(row: Record, reader: Reader) -> ChangedRow:
    measure = figures.measure_of({**row, "largest": _largest(row)}, reader)
    more_is = figures.more_is(row["figure"])
    rises = row["difference"] > 0
    n = row["after"].get("n")
    return ChangedRow(
        touchpoint=row["touchpoint"]["name"],
        touchpoint_id=row["touchpoint"]["id"],
        figure=capfirst(figures.figure_name(row)),
        before=measure.value(row["before"]["value"]),
        after=measure.value(row["after"]["value"]),
        probably=measure.gaps(row["ci"]) if row["ci"] else "",
        n=reader.number(n) if n is not None else "",
        tone="" if not more_is else "good" if rises == (more_is == "good") else "bad",
    )


def _largest(row: Record) -> float:
    return max(row["before"]["value"] or 0.0, row["after"]["value"] or 0.0)
