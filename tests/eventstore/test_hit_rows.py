"""Rows of a map joined and sorted as numbers are the rows that plain Python sorts, however the signals lie."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.eventstore.hit_rows import Joining, LooseSignals
from polku.eventstore.live import HitRows
from tests.examples import examples

TOUCHPOINTS = 3


@st.composite
def worlds(draw):
    """(signals as they lie in the file, hits, answers, orders): some of them of signals that are not there."""
    arrivals = draw(st.lists(st.integers(1, 60), unique=True, max_size=40))
    order = draw(st.sampled_from(["as they came", "by person", "anyhow"]))
    signals = [
        {
            "arrival": arrival,
            "person": draw(st.integers(1, 4)),
            "time": arrival if draw(st.booleans()) else draw(st.integers(0, 20)),
            "kind": draw(st.integers(1, 4)),
        }
        for arrival in arrivals
    ]
    if order == "as they came":
        signals.sort(key=lambda row: row["arrival"])
    elif order == "by person":
        signals.sort(key=lambda row: (row["person"], row["time"], row["arrival"]))
    number = st.integers(0, 70)
    hits = draw(st.lists(st.tuples(number, st.integers(0, TOUCHPOINTS - 1)), unique=True, max_size=60))
    said = draw(
        st.dictionaries(
            number, st.tuples(st.sampled_from(["nps", "csat"]), st.sampled_from([1.0, -0.0, None]))
        )
    )
    carried = draw(st.dictionaries(number, st.integers(0, 2**40)))
    return signals, hits, said, carried


def joined(world, *, people: int = 1) -> HitRows:
    """The rows of a world whose people's numbers are so many times as high, told in two parts."""
    signals, hits, said, carried = world
    columns = {name: np.array([row[name] for row in signals], dtype=np.int64) for name in ("arrival", "time")}
    joining = Joining(
        LooseSignals(
            person=np.array([row["person"] * people for row in signals], dtype=np.int64),
            kind=np.array([row["kind"] for row in signals], dtype=np.uint8),
            **columns,
        ),
        touchpoints=TOUCHPOINTS,
        most_hits=len(hits),
    )
    for part in (hits[::2], hits[1::2]):
        arrivals, places = (np.array([hit[at] for hit in part], dtype=np.int64) for at in (0, 1))
        joining.hits(arrivals, places)
    for part in (list(said.items())[::2], list(said.items())[1::2]):
        scores = pa.array([score for _arrival, (_name, score) in part], pa.float64())
        joining.voices(
            pa.record_batch(
                {
                    "arrival": pa.array([arrival for arrival, _said in part], pa.int64()),
                    "kind": pa.array([2] * len(part), pa.uint8()),
                    "name": pa.array([name for _arrival, (name, _score) in part], pa.string()),
                    "score": scores,
                    "scale_low": scores,
                    "scale_high": scores,
                }
            )
        )
    joining.orders(
        pa.record_batch(
            {
                "arrival": pa.array(list(carried), pa.int64()),
                "order_key": pa.array(list(carried.values()), pa.int64()),
            }
        )
    )
    return joining.joined()


def told(rows: HitRows, *, people: int = 1) -> list[tuple]:
    def words(said: int) -> tuple | None:
        if said < 0:
            return None
        score = float(rows.words.score[said])
        return rows.words.name[said], None if score != score else score

    columns = (
        rows.person.astype(np.int64) // people,
        rows.time,
        rows.touchpoint,
        rows.is_again,
        rows.kind,
        rows.order,
    )
    plain = zip(*(column.tolist() for column in columns), strict=True)
    return [(*row, words(said)) for row, said in zip(plain, rows.said.tolist(), strict=True)]


def expected(world) -> list[tuple]:
    signals, hits, said, carried = world
    there = {row["arrival"]: row for row in signals}
    rows = sorted(
        (there[arrival]["person"], there[arrival]["time"], arrival, place)
        for arrival, place in hits
        if arrival in there
    )
    return [
        (
            person,
            time,
            place,
            number > 0 and rows[number - 1][2] == arrival,
            there[arrival]["kind"],
            carried.get(arrival, -1),
            said.get(arrival),
        )
        for number, (person, time, arrival, place) in enumerate(rows)
    ]


@settings(max_examples=examples(300), deadline=None)
@given(world=worlds())
def test_rows_are_joined_and_in_order(world):
    assert told(joined(world)) == expected(world)


@settings(max_examples=examples(50), deadline=None)
@given(world=worlds())
def test_people_of_high_numbers_are_put_in_order_by_their_rank(world):
    high = 2**59
    assert told(joined(world, people=high), people=high) == expected(world)


def test_many_people_are_put_in_order_in_parts():
    chance = np.random.default_rng(5)
    count = 700_000
    person, time = chance.integers(1, 1000, count), np.arange(count)
    person[: count // 2] = 7  # more rows than are looked at at a time
    time[1::1000] = 0
    joining = Joining(
        LooseSignals(np.arange(1, count + 1), person, time, np.ones(count, dtype=np.uint8)),
        touchpoints=1,
        most_hits=count,
    )
    joining.hits(np.arange(1, count + 1), np.zeros(count, dtype=np.int16))
    rows = joining.joined()
    order = np.lexsort((np.arange(count), time, person))
    assert (rows.person == person[order]).all()
    assert (rows.time == time[order]).all()


def test_more_than_fits_into_numbers_is_refused():
    signals = LooseSignals(
        np.array([1, 2]), np.array([1, 2**62]), np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.uint8)
    )
    Joining(signals, touchpoints=3, most_hits=0)
    with pytest.raises(OverflowError):
        Joining(signals, touchpoints=2**60, most_hits=0)
