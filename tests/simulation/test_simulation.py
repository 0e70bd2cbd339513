"""The simulated world itself: its tables, sizes, order in time, and that it can be made again exactly."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH, SignalKind
from polku.simulation import Simulation, Truths, simulate
from polku.simulation.clock import SHOWN_DAYS, Window

TODAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def world() -> Simulation:
    return simulate(today=TODAY)


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_the_tables_have_the_columns_that_the_store_takes(world):
    assert world.signals.schema == SIGNAL_BATCH
    assert world.orders.schema == ORDER_BATCH
    assert world.people.schema == PERSON_BATCH
    for table in (world.signals, world.orders, world.people):
        table.validate(full=True)


def test_the_world_has_the_size_it_promises(world):
    kinds = Counter(world.signals["kind"].to_pylist())
    assert 230_000 <= kinds[SignalKind.EVENT] <= 270_000
    assert 5_500 <= kinds[SignalKind.SCORE] <= 6_800
    assert 2_600 <= kinds[SignalKind.CONTACT] <= 3_300
    assert 7_500 <= world.orders.num_rows <= 8_500
    assert 19_000 <= world.people.num_rows <= 21_000


def test_the_same_seed_and_day_give_the_same_bytes():
    first, second = (simulate(today=TODAY, seed=7, scale=0.1) for _ in range(2))
    assert _bytes(first.signals) == _bytes(second.signals)
    assert _bytes(first.orders) == _bytes(second.orders)
    assert _bytes(first.people) == _bytes(second.people)
    assert _bytes(simulate(today=TODAY, seed=8, scale=0.1).signals) != _bytes(first.signals)


def test_a_week_later_everything_is_the_same_but_the_times():
    here = simulate(today=date(2026, 9, 7), scale=0.1)
    later = simulate(today=date(2026, 9, 14), scale=0.1)
    for name in ("signals", "orders"):
        before, after = getattr(here, name), getattr(later, name)
        columns = [
            column for column in before.column_names if column not in ("time", "promised", "delivered")
        ]
        assert before.select(columns) == after.select(columns)
        shift = after["time"].to_numpy() - before["time"].to_numpy()
        assert set(shift.tolist()) == {timedelta(days=7)}
    assert here.people == later.people


@pytest.mark.parametrize("offset", range(7))
def test_every_weekday_shows_120_days_up_to_its_own_morning(offset):
    today = TODAY + timedelta(days=offset)
    window = Window.ending(today)
    world = simulate(today=today, scale=0.4)
    days = world.signals["time"].to_numpy().astype("datetime64[D]")
    assert window.day_zero.weekday() == 0
    assert days.min() >= np.datetime64(today - timedelta(days=SHOWN_DAYS))  # UTC: the evening before
    assert days.max() == np.datetime64(today)
    assert world.signals["time"].to_numpy().max() < np.datetime64(f"{today}T06:00:00")


def test_every_signal_belongs_to_somebody_and_to_a_known_order(world):
    signals = world.signals
    assert pc.all(pc.or_(pc.is_valid(signals["person"]), pc.is_valid(signals["order"]))).as_py()
    known = set(world.orders["order"].to_pylist())
    assert len(known) == world.orders.num_rows
    assert set(pc.unique(signals["order"].drop_null()).to_pylist()) <= known
    assert pc.count_distinct(signals["message_id"]).as_py() == signals.num_rows
    assert pc.all(pc.match_substring_regex(signals["message_id"], "^[0-9a-f]{32}$")).as_py()


def test_signals_come_in_order_of_time(world):
    for table in (world.signals, world.orders):
        times = table["time"].to_numpy()
        assert (times[1:] >= times[:-1]).all()


def test_customers_are_numbers_and_cookies_never_names(world):
    ids = {
        *world.people["person"].to_pylist(),
        *(alias for aliases in world.people["aliases"].to_pylist() for alias in aliases),
        *pc.unique(world.signals["person"].drop_null()).to_pylist(),
    }
    form = re.compile(r"K-\d{6}|ck-[0-9a-f]{14}|asiakas\d{6}@example\.com|KR-6104\d{6}")
    assert [text for text in ids if not form.fullmatch(text)] == []


def test_every_id_has_one_owner_and_customers_have_several(world):
    people = world.people["person"].to_pylist()
    aliases = world.people["aliases"].to_pylist()
    everything = [*people, *(alias for some in aliases for alias in some)]
    assert len(everything) == len(set(everything))
    assert set(pc.unique(world.signals["person"].drop_null()).to_pylist()) <= set(everything)
    assert sum(len(some) >= 2 for some in aliases) > 5_000


def test_properties_are_json_objects_of_text(world):
    for column in (world.signals["properties"], world.orders["properties"], world.people["properties"]):
        for text in pc.unique(column.drop_null()).to_pylist():
            assert all(isinstance(value, str) for value in json.loads(text).values())


def test_answers_stay_on_their_scales(world):
    scores = world.signals.filter(pc.equal(world.signals["kind"], int(SignalKind.SCORE)))
    scales = {"csat": (1, 5), "ces": (1, 7), "nps": (0, 10), "smiley": (1, 4)}
    for metric, (low, high) in scales.items():
        some = scores.filter(pc.equal(scores["name"], metric))
        assert pc.unique(some["scale_low"]).to_pylist() == [low]
        assert pc.unique(some["scale_high"]).to_pylist() == [high]
        given = set(some["score"].to_pylist())
        assert given <= {float(step) for step in range(low, high + 1)}
        assert {low, high} <= given


def test_people_shop_in_the_evening_and_stores_keep_their_hours(world):
    signals = world.signals
    local = pc.local_timestamp(
        pc.assume_timezone(signals["time"], "UTC").cast(pa.timestamp("us", "Europe/Helsinki"))
    )
    hours = pc.hour(local).to_numpy()
    names = np.array(signals["name"].to_pylist(), dtype=object)
    visits = np.bincount(hours[names == "visit"], minlength=24)
    assert visits[20] > 4 * visits[6] > 0
    in_store = hours[np.isin(names, ["store_advice", "order_picked_up"])]
    assert (in_store.min(), in_store.max()) == (10, 18)


def test_orders_are_delivered_after_they_were_placed_and_states_fit(world):
    orders = world.orders
    placed = orders["time"].to_numpy().astype("datetime64[D]")
    delivered = orders["delivered"].to_numpy(zero_copy_only=False)
    arrived = ~np.isnat(delivered)
    assert (delivered[arrived] >= placed[arrived]).all()
    states = np.array(orders["status"].to_pylist(), dtype=object)
    assert set(states) == {"processing", "shipped", "delivered", "returned", "cancelled"}
    assert arrived[states == "delivered"].all()
    assert not arrived[np.isin(states, ["processing", "shipped", "cancelled"])].any()


def test_a_world_too_small_is_refused():
    with pytest.raises(ValueError, match="scale is too small"):
        simulate(today=TODAY, scale=0.001)


def test_truths_off_leave_the_rest_of_the_world_alone():
    """The worlds are paired: who comes and when does not hang on what breaks later."""
    worlds = [simulate(today=TODAY, scale=0.1, truths=Truths(safari_failure=share)) for share in (0.72, 0.0)]
    visits = [
        world.signals.filter(pc.equal(world.signals["name"], "visit")).select(["time", "url", "channel"])
        for world in worlds
    ]
    assert visits[0] == visits[1]
    failures = [Counter(world.signals["name"].to_pylist())["payment_failed"] for world in worlds]
    assert failures[0] > 3 * failures[1]
    fates = [
        {
            (row.pop("person"), row.pop("time")): row
            for row in world.orders.select(
                ["person", "time", "value", "promised", "delivered", "status", "channel"]
            ).to_pylist()
            if row["channel"] != "phone"
        }
        for world in worlds
    ]
    common = fates[0].keys() & fates[1].keys()
    assert len(common) > 500
    assert all(fates[0][order] == fates[1][order] for order in common)
