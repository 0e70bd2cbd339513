"""Collects signals column by column and turns them into one Arrow table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.simulation.clock import Seconds, Window
from polku.simulation.population import Identity, Numbers, Population, Texts
from polku.simulation.schema import SIGNALS, Kind

_DEFAULTS: dict[str, Any] = {
    "kind": Kind.EVENT,
    "name": "",
    "mission": -1,
    "time": 0.0,
    "person": -1,
    "identity": Identity.CUSTOMER,
    "order": -1,
    "session": -1,
    "channel": "",
    "url": None,
    "value": np.nan,
    "score": np.nan,
    "scale_low": np.nan,
    "scale_high": np.nan,
    "text": None,
    "about": None,  # JSON members that every signal of the device carries
    "more": None,  # JSON members of this signal
}
_TYPES: dict[str, Any] = {
    "kind": np.uint8, "mission": np.int64, "time": np.float64, "person": np.int64, "identity": np.int64,
    "order": np.int64, "session": np.int64, "value": np.float64, "score": np.float64, "scale_low": np.float64,
    "scale_high": np.float64,
}  # fmt: skip


class Rows:
    """Signals in the making. Every column of `add` is an array of the same length or one value for all.

    `person` −1: known only through the order. `mission` says with which shopping trip a row stands or falls.
    """

    def __init__(self) -> None:
        self._chunks: list[dict[str, NDArray[Any]]] = []

    def add(self, *, time: Seconds, **columns: Any) -> None:
        count = len(time)
        chunk: dict[str, NDArray[Any]] = {}
        for name, default in _DEFAULTS.items():
            value = time if name == "time" else columns.pop(name, default)
            kind = _TYPES.get(name, object)
            if isinstance(value, np.ndarray):
                chunk[name] = value.astype(kind, copy=False)
            else:
                chunk[name] = np.full(count, value, dtype=kind)
        if columns:
            raise TypeError(f"no such columns: {', '.join(columns)}")
        self._chunks.append(chunk)

    def columns(self, window: Window, mission_day: Numbers) -> dict[str, NDArray[Any]]:
        """All rows of trips that began in the window, up to its end, in order of time."""
        joined = {name: np.concatenate([chunk[name] for chunk in self._chunks]) for name in _DEFAULTS}
        shown = (joined["time"] < window.end) & (mission_day[joined["mission"]] >= window.first_day)
        chosen = np.flatnonzero(shown)
        chosen = chosen[np.argsort(joined["time"][chosen], kind="stable")]
        return {name: values[chosen] for name, values in joined.items()}


def signals_table(
    columns: dict[str, NDArray[Any]],
    *,
    window: Window,
    population: Population,
    orders: Texts,
    rng: np.random.Generator,
) -> pa.Table:
    """The rows of `Rows.columns` as a table of `SIGNALS`; `orders` are the texts of order ids."""
    count = len(columns["time"])
    has_order = columns["order"] >= 0
    made = {
        "message_id": message_ids(rng, count),
        "kind": pa.array(columns["kind"]),
        "name": _texts(columns["name"]),
        "time": pa.array(window.to_utc(columns["time"])),
        "person": person_ids(population, columns["person"], columns["identity"]),
        "order": pa.array(
            orders[np.where(has_order, columns["order"], 0)], mask=~has_order, type=pa.string()
        ),
        "session": _sessions(columns["session"]),
        "channel": _texts(columns["channel"]),
        "url": _texts(columns["url"]),
        "text": _texts(columns["text"]),
        "properties": _properties(columns["about"], columns["more"]),
    }
    for name in ("value", "score", "scale_low", "scale_high"):
        made[name] = pa.array(columns[name], from_pandas=True)  # NaN becomes null
    return pa.table([made[field.name] for field in SIGNALS], schema=SIGNALS)


def message_ids(rng: np.random.Generator, count: int) -> pa.Array:
    """`count` different ids of 32 hex digits."""
    digits = pa.py_buffer(rng.bytes(16 * count).hex().encode())
    offsets = pa.py_buffer(np.arange(0, 32 * count + 1, 32, dtype=np.int32))
    return pa.StringArray.from_buffers(count, offsets, digits)


def person_ids(population: Population, person: Numbers, identity: Numbers) -> pa.Array:
    """Ids as texts; null where `person` is −1. Each different id is written once."""
    code = np.where(person >= 0, person * 8 + identity, -1)
    distinct, position = np.unique(code, return_inverse=True)
    known = np.flatnonzero(distinct >= 0)
    texts = np.empty(len(distinct), dtype=object)
    texts[known] = population.ids(distinct[known] // 8, distinct[known] % 8)
    return pa.array(texts, type=pa.string()).take(pa.array(position))


def _texts(values: Texts) -> pa.Array:
    return pa.array(values, type=pa.string())


def _sessions(numbers: Numbers) -> pa.Array:
    texts = pc.binary_join_element_wise("s", pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 7, "0"), "")
    return pc.if_else(pa.array(numbers >= 0), texts, pa.scalar(None, pa.string()))


def _properties(about: Texts, more: Texts) -> pa.Array:
    first, second = _texts(about), _texts(more)
    both = pc.and_(pc.is_valid(first), pc.is_valid(second))
    neither = pc.and_(pc.is_null(first), pc.is_null(second))
    comma = pc.if_else(both, ",", "")
    whole = pc.binary_join_element_wise(
        "{", pc.fill_null(first, ""), comma, pc.fill_null(second, ""), "}", ""
    )
    return pc.if_else(neither, pa.scalar(None, pa.string()), whole)
