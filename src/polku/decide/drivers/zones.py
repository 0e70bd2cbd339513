"""Where drivers stand in the picture, and what is said of it: fix first, keep, watch, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from polku.site.formats import Reader

Zone = Literal["fix", "keep", "watch", "fine"]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """A driver with its share of R² and its performance 0–100, and the ends of both intervals. It `is_clear` in which
    zone it stands where neither interval reaches over the line between."""

    name: str
    share: float
    share_ends: tuple[float, float]
    performance: float
    performance_ends: tuple[float, float]
    zone: Zone
    is_clear: bool
    hint: str

    @property
    def is_fix(self) -> bool:
        return self.zone == "fix"


@dataclass(frozen=True)
class Zones:
    """`placed` by importance, the greatest first. The lines are the share that each would have if all were alike, and
    the mean performance."""

    placed: Sequence[Placed]
    equal_share: float
    usual_performance: float

    def of(self, zone: Zone) -> list[Placed]:
        return [each for each in self.placed if each.zone == zone]


def quoted(name: str) -> str:
    """In the quotation marks of the language."""
    return _("“%(name)s”") % {"name": name}


def zone_name(zone: Zone) -> str:
    return {
        "fix": _("Fix first"),
        "keep": _("Keep"),
        "watch": _("Watch"),
        "fine": _("In order as it is"),
    }[zone]


def zones_of(rows: Sequence[Row], reader: Reader) -> Zones | None:
    """Of the drivers that have an importance and a performance; None where fewer than two have."""
    usable = [row for row in rows if row["share"] is not None and row["performance"] is not None]
    if len(usable) < 2:
        return None
    equal = 1 / len(rows)
    usual = sum(row["performance"] for row in usable) / len(usable)
    placed = [_place(row, equal, usual, reader) for row in usable]
    return Zones(sorted(placed, key=lambda each: -each.share), equal, usual)


def _place(row: Row, equal: float, usual: float, reader: Reader) -> Placed:
    share, performance = row["share"], row["performance"]
    share_ends = _ends(row["share_ci"], share)
    performance_ends = _ends(row["performance_ci"], performance)
    is_important, is_strong = share >= equal, performance >= usual
    zone: Zone = ("keep" if is_strong else "fix") if is_important else ("fine" if is_strong else "watch")
    return Placed(
        name=row["name"],
        share=share,
        share_ends=share_ends,
        performance=performance,
        performance_ends=performance_ends,
        zone=zone,
        is_clear=not (
            share_ends[0] <= equal <= share_ends[1] or performance_ends[0] <= usual <= performance_ends[1]
        ),
        hint=_(
            "%(name)s: importance %(share)s (probably %(shares)s), performance %(performance)s (%(interval)s)"
        )
        % {
            "name": row["name"],
            "share": reader.percent(share),
            "shares": reader.percent_interval(share_ends),
            "performance": reader.number(performance),
            "interval": reader.interval(performance_ends),
        },
    )


def _ends(interval: Sequence[float] | None, value: float) -> tuple[float, float]:
    return (interval[0], interval[1]) if interval else (value, value)
