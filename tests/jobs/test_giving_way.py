"""Work in the background rests while a page is being made, but never longer than it works."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from polku.jobs.giving_way import come_after_others, give_way, somebody_waits


def _in_a_thread(work) -> None:
    """Run in a thread of its own, which has rested from nothing yet."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert not failed, failed


def _rested() -> float:
    begun = time.monotonic()
    give_way()
    return time.monotonic() - begun


def test_nobody_waits_and_nothing_rests():
    assert _rested() < 0.02


def test_work_goes_on_as_soon_as_the_page_is_made():
    begun, rests = threading.Event(), []

    def work() -> None:
        begun.set()
        rests.append(_rested())

    with somebody_waits():
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait(10)
        time.sleep(0.03)
    thread.join(10)
    assert 0.01 < rests[0] < 0.095


def test_work_rests_no_longer_than_it_worked():
    def work() -> None:
        begun, rested = time.thread_time(), 0.0
        while rested < 0.1:  # what it may rest before it has worked at all
            rested += _rested()
        assert sum(_rested() for _time in range(100)) < 0.05
        while time.thread_time() < begun + 0.05:
            pass
        assert 0.02 < _rested() < 0.09

    with somebody_waits():
        _in_a_thread(work)


def test_a_page_that_takes_long_is_not_rested_for():
    with somebody_waits():
        time.sleep(0.3)
        _in_a_thread(_does_not_rest)


def _does_not_rest() -> None:
    assert _rested() < 0.05


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
def test_a_thread_comes_after_the_others_and_only_that_one():
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work() -> None:
        come_after_others()
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == min(19, before + 5)

    _in_a_thread(work)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
