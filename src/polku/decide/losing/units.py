"""What sets people at a touchpoint apart: browser, region, store … as far as the data tells it.

A unit is a value of a property. Everybody's own earlier level is compared within any of them; with the others of its
kind only a unit is compared whose people are like theirs but for the technique or the place: customers who know the
shop buy more readily than new ones, and that is nothing to mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.decide.losing.attempts import Moments
from polku.eventstore import cancelling
from polku.eventstore.port import EventStore, Scope, Selector
from polku.journeys.live.walk import VISITS, Walk

COMPARABLE = (
    "browser", "selain", "os", "region", "maakunta", "county", "province", "city", "kaupunki", "kunta", "municipality",
    "store", "myymälä", "shop", "branch", "toimipiste", "warehouse", "varasto", "carrier", "kuljetusliike",
)  # fmt: skip
"""Names of properties whose values are comparable units."""
OTHERS = (
    "device", "device_type", "laite", "channel", "kanava", "traffic_channel", "traffic_campaign", "traffic_source",
    "source", "lähde", "campaign", "kampanja", "payment", "maksutapa", "customer", "asiakas", "loyalty",
    "language", "kieli", "category",
)  # fmt: skip
"""Those that are compared with their own earlier level only, and that tell a change of level from one of who comes."""

MOST_VALUES = 40
_MOST_PROPERTIES = 16
_MOST_ROWS = 8_000_000
"""That are read for the properties of signals: all of half a million signals, one of four million; of more, those of
people alone tell units apart."""
_COVERED = 0.9

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """The property `name` at the attempts of one touchpoint: `codes` index `values`, −1 where it is not known.
    `of_people` are the codes of everybody on the map where it is people that the property is of."""

    name: str
    values: tuple[str, ...]
    codes: Codes
    of_people: Codes | None = None

    @property
    def is_comparable(self) -> bool:
        return self.name.removeprefix("person.").casefold() in COMPARABLE


@dataclass(frozen=True)
class Starts:
    """The attempts of a touchpoint as the store knows them: `person` is its number, not the walk's."""

    touchpoint: int
    unit: NDArray[np.int64]
    time: NDArray[np.int64]


def read_units(
    store: EventStore, key: str, scope: Scope, walk: Walk, starts: Sequence[Starts]
) -> dict[int, list[Units]]:
    """By touchpoint the properties that nearly all of its attempts tell, of signals or else of people."""
    names = _names(store, key, most_of_signals=_MOST_ROWS // max(len(walk.signals), 1))
    found: dict[int, list[Units]] = {each.touchpoint: [] for each in starts}
    told: set[tuple[int, str]] = set()
    traits = _traits(store, key, scope, walk, [name for name in names if name.startswith("person.")])
    for name in names:
        cancelling.check()
        plain = name.removeprefix("person.")
        if name.startswith("person."):
            if name not in traits:
                continue
            values, codes = traits[name]
            for each in starts:
                if (each.touchpoint, plain) not in told:
                    _add(found[each.touchpoint], name, values, codes[each.unit], codes)
            continue
        for touchpoint, units in _of_signals(store, key, scope, walk, starts, name).items():
            if _add(found[touchpoint], name, *units):
                told.add((touchpoint, plain))
    return found


def _names(store: EventStore, key: str, *, most_of_signals: int) -> list[str]:
    """The properties that are there, comparable ones first, those of signals before those of people."""
    wanted = [*COMPARABLE, *OTHERS]
    there = {entry.name for entry in store.catalog(key, "property", limit=500)} | {"channel"}
    ranked = sorted(
        (name for name in there if name.removeprefix("person.").casefold() in wanted),
        key=lambda name: (
            name.removeprefix("person.").casefold() not in COMPARABLE,
            name.startswith("person."),
            wanted.index(name.removeprefix("person.").casefold()),
        ),
    )
    of_signals = [name for name in ranked if not name.startswith("person.")][:most_of_signals]
    return [name for name in ranked if name.startswith("person.") or name in of_signals][:_MOST_PROPERTIES]


def _add(
    units: list[Units], name: str, values: Sequence[str], codes: Codes, of_people: Codes | None = None
) -> bool:
    """Keep a property that tells people apart; the commonest values where there are too many."""
    if not len(codes) or (codes >= 0).mean() < _COVERED:
        return False
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_VALUES])
    kept = kept[counts[kept] > 0]
    if len(kept) < 2:
        return True
    again = np.full(len(values) + 1, -1, dtype=np.int64)
    again[kept] = np.arange(len(kept))
    everybody = None if of_people is None else again[of_people]
    units.append(Units(name, tuple(values[at] for at in kept), again[codes], everybody))
    return True


def _of_signals(
    store: EventStore, key: str, scope: Scope, walk: Walk, starts: Sequence[Starts], name: str
) -> dict[int, tuple[Sequence[str], Codes]]:
    """What the signals at which attempts begin say of a property."""
    selectors = [Selector(kinds=VISITS, touchpoint=each.touchpoint) for each in starts]
    rows = store.sequences(key, scope, selectors, unit="person", others=False, breakdown=name)
    coded = pa.array(rows.key, pa.string()).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    values = coded.dictionary.to_pylist()
    said = np.flatnonzero(codes >= 0)
    unit, mask, when, codes = _numbers(walk, rows.unit[said]), rows.mask[said], rows.time[said], codes[said]
    origin = int(when.min()) if len(when) else 0
    found = {}
    for bit, each in enumerate(starts):
        here = np.flatnonzero((mask >> bit & 1 == 1) & (unit >= 0))
        moments = Moments.of(unit[here], when[here], origin)
        # The first signal may not tell (an order that is placed in the same instant does): the next one within a while.
        at = moments.first_after(each.unit, each.time)
        known = at >= 0
        known[known] = moments.time[at[known]] - each.time[known] < _A_WHILE
        found[each.touchpoint] = (
            values,
            np.where(known, codes[here[np.maximum(at, 0)]] if len(here) else -1, -1),
        )
    return found


_A_WHILE = 3600 * 1_000_000


def _numbers(walk: Walk, person: NDArray[np.int64]) -> NDArray[np.int64]:
    """The walk's numbers of people; −1 for those who are not in it."""
    people = walk.signals.people
    if not len(people):
        return np.full(len(person), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(people, person), len(people) - 1)
    return np.where(people[at] == person, at, -1)


def _traits(
    store: EventStore, key: str, scope: Scope, walk: Walk, names: Sequence[str]
) -> Mapping[str, tuple[Sequence[str], Codes]]:
    """By property its values and everybody's code."""
    if not names:
        return {}
    table = store.traits(key, scope)
    unit = _numbers(walk, table.column("person").to_numpy())
    decode = msgspec.json.Decoder(dict[str, object]).decode
    values: dict[str, dict[str, int]] = {name: {} for name in names}
    codes = {name: np.full(len(walk.signals.people), -1, dtype=np.int64) for name in names}
    plain = [(name, name.removeprefix("person.")) for name in names]
    for number, (at, text) in enumerate(zip(unit.tolist(), table.column("traits").to_pylist(), strict=True)):
        if number % 20_000 == 0:
            cancelling.check()
        if at < 0 or not text:
            continue
        traits = decode(text)
        for name, own in plain:
            value = traits.get(own)
            if isinstance(value, (str, int, float)):
                codes[name][at] = values[name].setdefault(str(value), len(values[name]))
    return {name: (tuple(values[name]), codes[name]) for name in names if values[name]}
