"""Exports of well-known tools, recognised by their columns: one folder each, found by being there.

A new one is a copy of a folder with its own `PRESET`, its fixtures below `tests/capture/imports/presets/` and its
line in `docs/reference/presets.md`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from polku.capture.imports.presets.preset import Match, Preset
from polku.capture.imports.presets.table import Table

__all__ = ["Match", "Preset", "best", "header_row", "presets"]
_HIGHEST = 40
"""Rows within which a header is looked for."""


@cache
def presets() -> tuple[Preset, ...]:
    """Every preset there is, by key."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(import_module(f"{__name__}.{folder}").PRESET for folder in folders)


def best(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Match | None:
    """The tool whose export this is, by the header and some of the first rows; None where it is nobody's.

    Where two would claim it, neither gets it: a wrong guess costs more than a look at the columns.
    """
    table = Table(columns, rows)
    matches = sorted(
        (match for preset in presets() if (match := preset.match(table))), key=lambda match: -match.weight
    )
    if not matches or (len(matches) > 1 and matches[0].weight == matches[1].weight):
        return None
    return matches[0]


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the row that is the header of a known export, below titles too; None where there is none."""
    for place, row in enumerate(rows[:_HIGHEST]):
        if best(row, rows[place + 1 :]):
            return place
    return None
