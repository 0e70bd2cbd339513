"""Working through long arrays a piece at a time: units stay whole, others run in between, and it can be stopped.

NumPy lets other threads run during each of its calls on a piece, so several pieces are worked on at once, and no page
waits for longer than one call takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

CHUNK = 200_000
"""Rows: what a piece needs fits into the processor's nearest memory, and takes some ten milliseconds."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]
"""Whole numbers of any width."""

Pause = Callable[[], None]
Result = TypeVar("Result")


def changes(values: Numbers) -> Flags:
    """Where a value differs from the one before it; the first one always does."""
    changed = np.ones(values.size, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def unit_chunks(units: Numbers, size: int = CHUNK) -> Iterator[slice]:
    """Slices of about `size` rows that split no unit; one empty slice of nothing."""
    start = 0
    while True:
        end = min(start + size, units.size)
        if end < units.size:
            end += int(np.searchsorted(units[end:], units[end - 1], side="right"))
        yield slice(start, end)
        if end == units.size:
            return
        start = end


def each_chunk(
    work: Callable[[slice], Result], units: Numbers, *, pause: Pause, threads: int = 1
) -> list[Result]:
    """What `work` makes of each chunk, in order; `pause` is called before each, and may raise to stop."""

    def paused(part: slice) -> Result:
        pause()
        return work(part)

    parts = list(unit_chunks(units))
    if threads == 1 or len(parts) == 1:
        return [paused(part) for part in parts]
    with ThreadPoolExecutor(threads, "kernel") as pool:
        # The first piece that fails ends the rest, which would fail alike.
        futures = [pool.submit(paused, part) for part in parts]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
