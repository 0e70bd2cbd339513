"""Maps kept on the disk, so that after a restart, or a quarter of an hour without a reader, nothing is read anew.

One file holds the rows of a map and its tallies as arrays, one behind the other. Reading it means mapping it into
memory: what is not looked at is never read. It says of which state of the store it is, and from there on the map
follows what changed, as one in memory does. Decision 0033.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

import polku
from polku.eventstore.live import Words
from polku.eventstore.port import Condition
from polku.journeys.live.plan import Plan
from polku.journeys.live.signals import Orders, Signals
from polku.journeys.live.tallies import Tally

_FORMAT = 1
"""To be raised whenever a row or a tally means something else than before: files of other numbers are not read."""
_MAGIC = b"polku map\n"
_ALIGNED = 64
_AT_ONCE = 8 * 2**20
_BAGS = ("waited", "since", "spent")
_PLAIN = ("signals", "reached", "went", "earliest", "orders", "said", "times", "carried")
_OF_WORDS = ("kind", "scale_low", "scale_high", "score")
_MOST_FILES = 6

Array = NDArray[Any]


@dataclass(frozen=True)
class KeptTally:
    """The tally of a period that begins and ends so (microseconds), of what was known at `as_of`."""

    start: int | None
    end: int | None
    as_of: int
    tally: Tally


@dataclass(frozen=True)
class KeptMap:
    """A map from `start` on as it was at a state of the store; `mark` and `bought` as `LiveRows` has them."""

    start: int | None
    version: int
    mark: str | None
    signals: Signals
    orders: Orders
    bought: NDArray[np.int64] | None
    tallies: tuple[KeptTally, ...]

    @property
    def size(self) -> int:
        """Bytes on the disk, about."""
        return sum(array.nbytes for _name, array in _arrays(self))


class _Span(msgspec.Struct):
    start: int | None
    end: int | None
    as_of: int


class _Header(msgspec.Struct):
    """`arrays`: by name the type, the shape and where the array begins behind the header."""

    start: int | None
    version: int
    mark: str
    names: list[str]
    spans: list[_Span]
    arrays: dict[str, tuple[str, list[int], int]]
    size: int


def name_of(plan: Plan, where: Sequence[Condition], *, is_whole: bool) -> str:
    """What the file of a map is called: by all that its numbers depend on but the data and where it begins."""
    parts = (
        _FORMAT,
        polku.__version__,
        plan.points,
        plan.window,
        plan.timezone,
        sorted(plan.cancelled_states),
    )
    text = repr((*parts, where))
    return f"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}-{'all' if is_whole else 'part'}"


def write(file: Path, kept: KeptMap) -> None:
    """Write the file whole or not at all, and delete the oldest where there are many beside it. Raises OSError.

    The map must have a mark."""
    arrays = dict(_arrays(kept))
    places, size = {}, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, list(array.shape), size)
        size += -(-array.nbytes // _ALIGNED) * _ALIGNED
    spans = [_Span(each.start, each.end, each.as_of) for each in kept.tallies]
    header = _Header(
        kept.start, kept.version, kept.mark or "", list(kept.signals.words.name), spans, places, size
    )
    text = msgspec.json.encode(header)
    text += b" " * (-(len(_MAGIC) + 8 + len(text)) % _ALIGNED)
    new = file.with_name(f"{file.name}.new")
    try:
        with new.open("wb") as out:
            out.write(_MAGIC + len(text).to_bytes(8, "little") + text)
            for array in arrays.values():
                whole = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
                for begin in range(0, len(whole), _AT_ONCE):
                    out.write(whole[begin : begin + _AT_ONCE].data)
                out.write(bytes(-array.nbytes % _ALIGNED))
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    there = sorted(file.parent.glob(f"{file.name.partition('-')[0]}-*.map"), key=_written, reverse=True)
    for old in there[_MOST_FILES:]:
        old.unlink(missing_ok=True)


def read(file: Path) -> KeptMap | None:
    """The map in the file, its arrays read where they are looked at; None where there is none that can be read."""
    try:
        with file.open("rb") as begun:
            if begun.read(len(_MAGIC)) != _MAGIC:
                return None
            length = int.from_bytes(begun.read(8), "little")
            if length > file.stat().st_size:
                return None
            header = msgspec.json.decode(begun.read(length), type=_Header)
        first = len(_MAGIC) + 8 + length
        if file.stat().st_size != first + header.size:
            return None
        whole = np.memmap(file, dtype=np.uint8, mode="r")
        return _read(header, _Arrays(whole, first, header.arrays))
    except (OSError, ValueError, KeyError, msgspec.MsgspecError):
        return None


def _written(file: Path) -> float:
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _arrays(kept: KeptMap) -> Iterator[tuple[str, Array]]:
    for each in fields(Signals):
        if each.name != "words":
            yield f"signals.{each.name}", getattr(kept.signals, each.name)
    for name in _OF_WORDS:
        yield f"words.{name}", getattr(kept.signals.words, name)
    for each in fields(Orders):
        yield f"orders.{each.name}", getattr(kept.orders, each.name)
    if kept.bought is not None:
        yield "bought", kept.bought
    for number, of_period in enumerate(kept.tallies):
        for name in _PLAIN:
            yield f"{number}.{name}", getattr(of_period.tally, name)
        for name in _BAGS:
            bags = getattr(of_period.tally, name)
            yield f"{number}.{name}", np.concatenate(bags)
            yield f"{number}.{name}.ends", np.cumsum([len(bag) for bag in bags], dtype=np.int64)


class _Arrays:
    """The arrays of a file by name."""

    def __init__(self, whole: Array, first: int, places: dict[str, tuple[str, list[int], int]]) -> None:
        self._whole, self._first, self._places = whole, first, places

    def get(self, name: str) -> Array | None:
        return self[name] if name in self._places else None

    def __getitem__(self, name: str) -> Array:
        kind, shape, place = self._places[name]
        dtype = np.dtype(kind)
        begin = self._first + place
        part = self._whole[begin : begin + dtype.itemsize * int(np.prod(shape))]
        # A plain array over the same memory: memmap's own class costs each slice some microseconds.
        return np.asarray(part).view(dtype).reshape(shape)


def _read(header: _Header, arrays: _Arrays) -> KeptMap:
    words = Words(
        kind=arrays["words.kind"],
        name=tuple(header.names),
        **{name: arrays[f"words.{name}"] for name in _OF_WORDS if name != "kind"},
    )
    signals = Signals(
        **{each.name: arrays[f"signals.{each.name}"] for each in fields(Signals) if each.name != "words"},
        words=words,
    )
    tallies = tuple(
        KeptTally(span.start, span.end, span.as_of, _tally(arrays, number))
        for number, span in enumerate(header.spans)
    )
    return KeptMap(
        start=header.start,
        version=header.version,
        mark=header.mark,
        signals=signals,
        orders=Orders(**{each.name: arrays[f"orders.{each.name}"] for each in fields(Orders)}),
        bought=arrays.get("bought"),
        tallies=tallies,
    )


def _tally(arrays: _Arrays, number: int) -> Tally:
    parts: dict[str, Any] = {name: arrays[f"{number}.{name}"] for name in _PLAIN}
    for name in _BAGS:
        ends = arrays[f"{number}.{name}.ends"]
        parts[name] = tuple(np.split(arrays[f"{number}.{name}"], ends[:-1]))
    return Tally(**parts)
