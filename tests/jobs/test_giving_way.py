"""Work in the background rests while a page is being made, but never longer than it works."""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from polku.jobs.giving_way import come_after_others, give_way, somebody_waits


def _in_a_thread(work: Callable[[], float]) -> float:
    """What `work` returns in a thread of its own, which has rested from nothing yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(10)


def _rested() -> float:
    begun = time.monotonic()
    give_way()
    return time.monotonic() - begun


def _usual(measure: Callable[[], float]) -> float:
    """Of several times: on a busy machine any may be longer or shorter than it should."""
    return statistics.median(measure() for _time in range(5))


def test_nobody_waits_and_nothing_rests():
    assert _usual(_rested) < 0.01


def test_work_rests_until_the_page_is_made():
    def beside_a_page() -> float:
        with ThreadPoolExecutor(1) as pool:
            with somebody_waits():
                rest = pool.submit(_rested)
                time.sleep(0.03)
            return rest.result(10)

    assert 0.01 < _usual(beside_a_page) < 0.08


def test_work_rests_no_longer_than_it_worked():
    def rests() -> float:
        with somebody_waits():
            return sum(_rested() for _time in range(20))

    def rests_after_work() -> float:
        rests()
        begun = time.thread_time()
        while time.thread_time() < begun + 0.05:
            pass
        return rests()

    assert 0.09 < _usual(lambda: _in_a_thread(rests)) < 0.15
    assert 0.04 < _usual(lambda: _in_a_thread(rests_after_work)) < 0.09


def test_a_page_that_takes_long_is_not_rested_for():
    with somebody_waits():
        time.sleep(0.3)
        assert _usual(lambda: _in_a_thread(_rested)) < 0.05


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
def test_a_thread_comes_after_the_others_and_only_that_one():
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def after() -> float:
        come_after_others()
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert _in_a_thread(after) == min(19, before + 5)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
