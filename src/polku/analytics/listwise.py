"""Answers and properties set beside each other: one row for each answer to an outcome, with each driver's value.

Nothing that came after the outcome counts for it: it could be its result. See decision 45.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from polku.analytics.context import QueryContext
from polku.analytics.measures import Measure
from polku.eventstore.port import Scope

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Link = Literal["response", "order", "person", "property"]
LINKS: tuple[Link, ...] = ("response", "order", "person")
Scale = tuple[float, float]


@dataclass(frozen=True)
class Rows:
    """What values are looked up for, one entry a row: `person`, `order` and `response` (−1 for none), `time`
    (microseconds since 1970 UTC)."""

    person: Numbers
    order: Numbers
    response: Numbers
    time: Numbers

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Answers:
    """Signals with a score on one scale, in order of arrival; `taken` (n, measures) says which measures take each."""

    rows: Rows
    arrival: Numbers
    score: Floats
    low: Floats
    high: Floats
    taken: NDArray[np.bool_]
    properties: Sequence[pa.ChunkedArray] = field(default=())


@dataclass(frozen=True)
class Column:
    """A measure's values (NaN where there is none), on what `scale`, found by which `link`."""

    measure: Measure
    values: Floats
    scale: Scale | None
    link: Link

    @property
    def found(self) -> int:
        return int((~np.isnan(self.values)).sum())


def read_answers(
    context: QueryContext, scope: Scope, measures: Sequence[Measure], *, properties: Sequence[str] = ()
) -> Answers:
    """All answers in `scope` that any of the measures takes, each on its own scale."""
    selectors, owners = [], []
    for place, measure in enumerate(measures):
        for selector in measure.selectors:
            selectors.append(selector)
            owners.append(place)
    table = context.store.answer_rows(context.key, scope, selectors, properties=properties)
    bits = table["selectors"].to_numpy()
    taken = np.zeros((len(bits), len(measures)), dtype=np.bool_)
    for number, place in enumerate(owners):
        taken[:, place] |= (bits >> number & 1).astype(np.bool_)
    return Answers(
        rows=Rows(
            person=table["person"].to_numpy(),
            order=pc.fill_null(table["order"], -1).to_numpy(),
            response=_numbered(table["response"]),
            time=table["time"].cast(pa.int64()).to_numpy(),
        ),
        arrival=table["arrival"].to_numpy(),
        score=_floats(table["score"]),
        low=_floats(table["scale_low"]),
        high=_floats(table["scale_high"]),
        taken=taken,
        properties=[table[f"p{number}"] for number in range(len(properties))],
    )


def on_one_scale(
    context: QueryContext, answers: Answers, chosen: NDArray[np.bool_], name: str
) -> tuple[NDArray[np.bool_], Scale | None]:
    """Those of the `chosen` with a score on the scale that most of them have; the others are told of in a warning."""
    scored = chosen & ~np.isnan(answers.score)
    lows, highs = answers.low[scored], answers.high[scored]
    if not len(lows):
        return scored, None
    if (lows == lows[0]).all() and (highs == highs[0]).all():
        return scored, (float(lows[0]), float(highs[0]))
    scales = np.column_stack([lows, highs])
    kinds, counts = np.unique(scales, axis=0, return_counts=True, equal_nan=True)
    low, high = (float(end) for end in kinds[counts.argmax()])
    if len(kinds) > 1:
        context.warnings.append(
            format_lazy(
                gettext_lazy(
                    "Answers to “{name}” came on different scales; the {number} on other scales are left out."
                ),
                name=name,
                number=int(counts.sum() - counts.max()),
            )
        )
    if np.isnan(low) or np.isnan(high):
        return scored & (np.isnan(answers.low) | np.isnan(answers.high)), None
    return scored & (answers.low == low) & (answers.high == high), (low, high)


def look_up(
    context: QueryContext,
    measure: Measure,
    answers: Answers,
    chosen: NDArray[np.bool_],
    rows: Rows,
    *,
    within: timedelta,
    enough: int,
    strictly_before: bool = False,
) -> Column:
    """The measure's value for each row: from the closest of LINKS that finds `enough`, else the one that finds most."""
    usable, scale = on_one_scale(context, answers, chosen, measure.name)
    given = answers.rows
    best: Column | None = None
    for link in LINKS:
        keys, wanted = getattr(given, link), getattr(rows, link)
        kept = usable & (keys >= 0)
        is_together = link == "response"  # has one moment, however the clocks of its parts differ
        found = _last_before(
            keys[kept],
            given.time[kept] * (not is_together),
            wanted,
            rows.time * (not is_together),
            strictly=strictly_before,
            oldest=within if link == "person" else None,
        )
        values = np.full(len(rows), np.nan)
        values[found >= 0] = answers.score[kept][found[found >= 0]]
        column = Column(measure, values, scale, link)
        if column.found >= enough:
            return column
        if best is None or column.found > best.found:
            best = column
    assert best is not None  # noqa: S101 - there are links
    return best


def _last_before(
    keys: Numbers,
    times: Numbers,
    wanted: Numbers,
    moments: Numbers,
    *,
    strictly: bool,
    oldest: timedelta | None,
) -> Numbers:
    """For each wanted key and moment, the place of the last of that key up to the moment; −1 for none."""
    everything = np.concatenate([keys, wanted])
    when = np.concatenate([times, moments])
    is_wanted = np.repeat([0, 1], [len(keys), len(wanted)])
    # At one instant what is given comes first, or last where it has to be strictly before.
    order = np.lexsort((1 - is_wanted if strictly else is_wanted, when, everything))
    places = np.where(is_wanted[order] == 0, order, -1)
    along = np.maximum.accumulate(np.where(places >= 0, np.arange(len(order)), -1)) if len(order) else order
    last = np.where(along >= 0, order[along], -1)
    found = np.full(len(everything), -1)
    found[order] = last
    answer = found[len(keys) :]
    has = answer >= 0
    good = np.zeros(len(wanted), dtype=np.bool_)
    good[has] = (keys[answer[has]] == wanted[has]) & (wanted[has] >= 0)
    if oldest is not None:
        span = oldest // timedelta(microseconds=1)
        good[good] = moments[good] - times[answer[good]] <= span
    return np.where(good, answer, -1)


def property_column(measure: Measure, texts: pa.ChunkedArray) -> Column:
    """A property's values as numbers: true and false are 1 and 0; what is no number is missing."""
    lower = pc.utf8_lower(texts)
    truths = pc.is_in(lower, value_set=pa.array(["true", "false"]))
    as_digits = pc.if_else(truths, pc.if_else(pc.equal(lower, "true"), "1", "0"), texts)
    distinct = pc.dictionary_encode(as_digits).combine_chunks()
    numbers = np.array([_number(text) for text in distinct.dictionary.to_pylist()] + [np.nan])
    values = numbers[pc.fill_null(distinct.indices, len(numbers) - 1).to_numpy(zero_copy_only=False)]
    present = values[~np.isnan(values)]
    is_rate = len(present) > 0 and bool(np.isin(present, (0, 1)).all())
    return Column(measure, values, (0, 1) if is_rate else None, "property")


def earlier(scope: Scope, by: timedelta) -> Scope:
    """The scope with a start so much earlier."""
    if scope.start is None:
        return scope
    try:
        return replace(scope, start=scope.start - by)
    except OverflowError:
        return replace(scope, start=None)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _numbered(texts: pa.ChunkedArray) -> Numbers:
    """A number for each text, the same for equal ones; −1 for none."""
    encoded = pc.dictionary_encode(texts).combine_chunks()
    return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
