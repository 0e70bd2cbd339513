"""An answer as people read it: a sentence, pictures and tables. Pages, CSV, XLSX and PNG are all made from this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.safestring import SafeString

ColumnKind = Literal[
    "text", "count", "number", "share", "share_interval", "number_interval", "money", "duration", "date"
]
NUMERIC: frozenset[ColumnKind] = frozenset(
    {"count", "number", "share", "share_interval", "number_interval", "money", "duration"}
)

WIDE, NARROW = 960, 360
"""Pixels: a picture is drawn at both, and the page shows the one that fits the screen."""


@dataclass(frozen=True)
class Column:
    """What stands in a column: a share is 0–1, a duration seconds, a date a `datetime.date`, an interval a pair.

    `links` are addresses of the cells, one a row, None for none; only the page shows them, and `has_bars`: a bar under
    each share, as long as it says.
    """

    name: str
    kind: ColumnKind = "text"
    decimals: int = 0
    links: Sequence[str | None] | None = None
    has_bars: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Table:
    """Rows hold plain values in the order of the columns, None where there is nothing to say; the first cell names
    its row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Chart:
    """`draw(width)` gives an SVG of that many pixels (site/charts has the tools); `alternative` says in a sentence or
    two what it shows."""

    name: str
    draw: Callable[[int], SafeString]
    alternative: str

    @property
    def wide(self) -> SafeString:
        return self.draw(WIDE)

    @property
    def narrow(self) -> SafeString:
        return self.draw(NARROW)


@dataclass(frozen=True)
class Presentation:
    """`reading` is the answer in one plain sentence. `cautions` are what a reader must know to read it right.
    `more` is for the kind's own template."""

    reading: str
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    cautions: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
