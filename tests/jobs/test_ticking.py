"""Recurring work: done when its time has come, and one failure stops nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from polku.jobs import ticking


@pytest.fixture(autouse=True)
def own_ticks():
    kept = dict(ticking._ticks)
    ticking._ticks.clear()
    yield
    ticking._ticks.clear()
    ticking._ticks.update(kept)


def test_work_is_done_at_once_and_then_after_each_pause():
    done = []
    ticking.register("often", every=timedelta(seconds=10), work=lambda: done.append("often"))
    ticking.register("seldom", every=timedelta(seconds=25), work=lambda: done.append("seldom"))
    for now in (100.0, 105.0, 110.0, 120.0, 125.0):
        ticking.do_what_is_due(now)
    assert done == ["often", "seldom", "often", "often", "seldom"]


def test_a_failure_is_logged_and_the_others_go_on(caplog):
    done = []

    def fail() -> None:
        raise RuntimeError("nothing works")

    ticking.register("bad", every=timedelta(seconds=1), work=fail)
    ticking.register("good", every=timedelta(seconds=1), work=lambda: done.append(1))
    with caplog.at_level(logging.ERROR):
        assert ticking.do_what_is_due(1.0) == 1
        assert ticking.do_what_is_due(2.0) == 1
    assert done == [1, 1]
    assert [record.args for record in caplog.records] == [("bad",), ("bad",)]


def test_the_thread_works_until_it_is_told_to_stop(transactional_db):
    done = []
    ticking.register("often", every=timedelta(0), work=lambda: done.append(1))
    runner = ticking.Runner()
    runner.start()
    while not done:
        runner.join(0.05)
    runner.stop(5)
    assert not runner.is_alive()
