"""What is costly is worked out by one thread, and the others that ask for it meanwhile get the same."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from polku.journeys.live.remembering import Remembered


def test_threads_that_ask_at_once_wait_for_one():
    remembered: Remembered[object] = Remembered(2)
    together = threading.Barrier(4)
    made = []

    def make() -> object:
        time.sleep(0.1)
        made.append(object())
        return made[-1]

    def ask(_number: int) -> object:
        together.wait()
        return remembered.get("map", make)

    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(ask, range(4)))
    assert len(made) == 1
    assert got == made * 4


def test_what_failed_is_tried_anew_by_whoever_waited():
    remembered: Remembered[str] = Remembered(2)
    begun = threading.Event()

    def fail() -> str:
        begun.set()
        time.sleep(0.1)
        raise ValueError("no room")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(remembered.get, "map", fail)
        begun.wait()
        second = threads.submit(remembered.get, "map", lambda: "drawn")
        with pytest.raises(ValueError, match="no room"):
            first.result()
        assert second.result() == "drawn"


def test_those_asked_for_longest_ago_go_first():
    remembered: Remembered[int] = Remembered(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5), ("c", 6)):
        remembered.get(key, lambda value=value: value)
    assert [remembered.get(key, lambda: 0) for key in ("b", "c", "a")] == [5, 4, 0]
