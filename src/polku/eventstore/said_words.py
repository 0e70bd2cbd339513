"""What people said, as numbers: each distinct thing once, told part by part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.eventstore.live import NO_WORDS, Words

_PARTS = ("kind", "name", "scale_low", "scale_high", "score")


class Saying:
    """Takes in what was said in parts with the columns kind, name, scale_low, scale_high and score."""

    def __init__(self) -> None:
        self._distinct: list[pa.Table] = []
        self._count = 0

    def told(self, part: pa.RecordBatch) -> NDArray[np.int32]:
        """A number for each row of the part, of which `numbered` tells what it stands for."""
        numbers, distinct = _numbered({name: part.column(name) for name in _PARTS})
        numbers = numbers + np.int32(self._count)
        self._distinct.append(distinct)
        self._count += distinct.num_rows
        return numbers

    def numbered(self) -> tuple[NDArray[np.int32], Words]:
        """For each number given out its place among all the distinct things said, and these."""
        if not self._count:
            return np.empty(0, dtype=np.int32), NO_WORDS
        every = pa.concat_tables(self._distinct)
        places, distinct = _numbered({name: every.column(name).combine_chunks() for name in _PARTS})
        kind, name, low, high, score = (distinct.column(part).combine_chunks() for part in _PARTS)
        words = Words(
            kind=kind.to_numpy().astype(np.int8),
            name=tuple(name.to_pylist()),
            scale_low=low.to_numpy(),
            scale_high=high.to_numpy(),
            score=score.to_numpy(),
        )
        return places, words


def _numbered(columns: dict[str, Any]) -> tuple[NDArray[np.int32], pa.Table]:
    """Each row's place among the distinct ones, and these. What is not there is NaN in them."""
    for name in ("score", "scale_low", "scale_high"):
        # Nothing is added, which makes −0 the 0 that it equals.
        columns[name] = pc.add(pc.fill_null(columns[name], float("nan")), 0.0)
    parts = {name: columns[name].dictionary_encode() for name in _PARTS}
    whole = np.zeros(len(columns["kind"]), dtype=np.int64)
    for part in parts.values():
        whole = whole * len(part.dictionary) + np.asarray(part.indices)
    distinct = pa.array(whole).dictionary_encode()
    rest = np.asarray(distinct.dictionary)
    values: dict[str, Any] = {}
    for name, part in reversed(parts.items()):
        rest, which = np.divmod(rest, len(part.dictionary))
        values[name] = part.dictionary.take(pa.array(which))
    return np.asarray(distinct.indices), pa.table(values)
