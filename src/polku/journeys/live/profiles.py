"""What people at a touchpoint have in common that others have not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.eventstore.port import SequenceRows
from polku.statistics import (
    Estimate,
    benjamini_hochberg,
    kaplan_meier,
    score_difference,
    two_proportions,
    wilson,
)

People = NDArray[np.int64]
"""Numbers of people, ascending, each once."""

ENOUGH = 30
"""A property is only tested where so many people have it and so many have not."""

_MOST_VALUES = 40  # a property with more values names people rather than groups them


@dataclass(frozen=True)
class Feature:
    """A value of a property, and the people who have it."""

    property: str
    value: str
    people: People


@dataclass(frozen=True)
class Finding:
    """A feature commoner `here` than among `others`; `share` of all of them have it. `p` is of the difference."""

    feature: Feature
    here: Estimate
    share: float
    p: float


@dataclass(frozen=True)
class Findings:
    """What survives Benjamini–Hochberg over the `tested` features, the largest difference first."""

    tested: int
    found: tuple[Finding, ...]


def features_of_traits(table: pa.Table) -> list[Feature]:
    """Every property of people that has few values, from the store's table (`EventStore.traits`)."""
    holders: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    decode = msgspec.json.Decoder(dict[str, object]).decode
    for person, traits in zip(
        table.column("person").to_pylist(), table.column("traits").to_pylist(), strict=True
    ):
        if traits:
            for name, value in decode(traits).items():
                values = holders[name]
                # One value more than allowed is enough to know that the property is left out.
                if isinstance(value, (str, int, float)) and (
                    len(values) <= _MOST_VALUES or str(value) in values
                ):
                    values[str(value)].append(person)
    return [
        Feature(f"person.{name}", value, np.unique(np.array(people, dtype=np.int64)))
        for name, values in holders.items()
        if len(values) <= _MOST_VALUES
        for value, people in values.items()
    ]


def features_of_signals(name: str, rows: SequenceRows, *, first: bool) -> list[Feature]:
    """The values of a signal's property by the people who sent it: of each one's first signal, or of any."""
    people, keys = rows.unit, rows.key
    if first:
        starts = np.ones(len(people), dtype=bool)
        np.not_equal(people[1:], people[:-1], out=starts[1:])
        people, keys = people[starts], keys[starts]
    codes = pa.array(keys, pa.string()).dictionary_encode()
    values = codes.dictionary.to_pylist()
    if len(values) > _MOST_VALUES:
        return []
    which = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return [Feature(name, value, np.unique(people[which == code])) for code, value in enumerate(values)]


def over_represented(features: Iterable[Feature], here: People, everyone: People) -> Findings:
    """Features with a greater share among the people `here` than among the rest of `everyone`.

    Each is tested by the pooled two-proportion test of those here against those not here.
    """
    rest = np.setdiff1d(everyone, here, assume_unique=True)
    tested = []
    for feature in features if min(len(here), len(rest)) >= ENOUGH else ():
        among_here = _shared(feature.people, here)
        among_rest = _shared(feature.people, rest)
        have = among_here + among_rest
        if min(have, len(here) + len(rest) - have) < ENOUGH:
            continue
        difference = two_proportions(successes=(among_rest, among_here), n=(len(rest), len(here)))
        tested.append(
            Finding(
                feature,
                wilson(successes=among_here, n=len(here)),
                have / (len(here) + len(rest)),
                difference.p if difference.p is not None else 1.0,
            )
        )
    return _clear(tested)


def holding_back(
    features: Iterable[Feature],
    people: People,
    waited: NDArray[np.int64],
    observed: NDArray[np.bool_],
    window: int,
) -> Findings:
    """Features whose people continue less often than the others who came.

    `people` reached the touchpoint; `waited` and `observed` say how long each waited and whether for an end, as
    in `Walk.waits`. The test compares two Kaplan–Meier curves at the window, so that people whose window is
    still open are neither lost nor left out. `here` is the share among those who have not continued (so far).
    """
    without = ~(observed & (waited <= window))
    tested = []
    for feature in features if without.any() else ():
        has = np.isin(people, feature.people, assume_unique=True)
        if min(has.sum(), (~has).sum()) < ENOUGH:
            continue
        having, lacking = (
            kaplan_meier(durations=waited[of], observed=observed[of]).incidence(window) for of in (has, ~has)
        )
        difference = score_difference(before=lacking, after=having)
        # Where nobody or everybody continued the curves have no width, and nothing can be said.
        p = difference.p if difference.p is not None and difference.high > difference.low else 1.0
        stuck = wilson(successes=int((has & without).sum()), n=int(without.sum()))
        tested.append(Finding(feature, stuck, float(has.mean()), p))
    return _clear(tested)


def _clear(tested: list[Finding]) -> Findings:
    clear = benjamini_hochberg(p_values=[finding.p for finding in tested]).clear
    found = [
        finding
        for finding, stands in zip(tested, clear, strict=True)
        if stands and finding.here.value > finding.share
    ]
    found.sort(key=lambda finding: finding.share - finding.here.value)
    return Findings(len(tested), tuple(found))


def _shared(left: People, right: People) -> int:
    return len(np.intersect1d(left, right, assume_unique=True))
