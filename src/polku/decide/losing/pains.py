"""A row of the list before it is put into words: where it hurts, what it costs and how that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zlib import crc32

from polku.decide.losing.findings import Finding
from polku.decide.losing.inputs import Numbers
from polku.statistics.euros import EurosAtStake, Grade

Kind = Literal["funnel", "retention", "contact"]
_LONGEST_KEY = 200


@dataclass(frozen=True)
class Pain:
    """`days` are those that its year is made of; `reference` as the document has it, None without one; `people` is the
    condition of a query for who they are; `lacks` are codes of what would give a figure."""

    key: str
    kind: Kind
    touchpoint: int
    unit: Mapping[str, str] | None
    reason: str | None
    numbers: Numbers
    stake: EurosAtStake | None
    grade: Grade
    level: Mapping[str, Any]
    reference: Mapping[str, Any] | None
    days: float
    windows: tuple[tuple[int, float], ...] = ()
    widened: Mapping[str, Any] | None = None
    split: tuple[Mapping[str, Any], ...] | None = None
    people: Mapping[str, Any] | None = None
    lacks: tuple[str, ...] = ()
    raises_grade: tuple[str, ...] = field(default=())


def key_of(kind: Kind, touchpoint: int, reason: str | None, unit: Mapping[str, str] | None) -> str:
    """The same for the same pain every time that the list is counted."""
    parts = [kind, str(touchpoint)]
    if reason is not None:
        parts.append(reason)
    if unit is not None:
        parts.append(f"{unit['property']}={unit['value']}")
    key = ":".join(parts)
    if len(key) > _LONGEST_KEY:
        key = f"{key[: _LONGEST_KEY - 9]}~{crc32(key.encode()):08x}"
    return key


def people_of(finding: Finding | None) -> dict[str, Any] | None:
    """The condition that says who the people of a finding's unit are."""
    if finding is None or finding.table is None:
        return None
    values = [finding.table.units.values[at] for at in sorted(finding.values)]
    prop = finding.table.units.name
    if len(values) == 1:
        return {"property": prop, "op": "eq", "value": values[0]}
    return {"property": prop, "op": "in", "value": values}


RAISES: Mapping[Grade, tuple[str, ...]] = {
    "A": (),
    "B": ("experiment",),
    "C": ("control", "experiment"),
    "D": ("earlier-level", "comparable-units", "experiment"),
}
"""By grade what would raise it."""
