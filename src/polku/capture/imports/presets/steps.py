"""What shops and help desks have in common: a row with one time column for each step."""

from __future__ import annotations

from collections.abc import Mapping

from polku.capture.imports.presets.table import Table


def wide(table: Table, steps: Mapping[str, str]) -> tuple[str, ...]:
    """`COLUMN=EVENT` of the steps (spelling → event) that the table has, each column once."""
    found = {column: event for spelling, event in steps.items() if (column := table.column(spelling))}
    return tuple(f"{column}={event}" for column, event in found.items())
