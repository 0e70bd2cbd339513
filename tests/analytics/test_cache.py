"""Answers are kept within a bound, once each, and never after an error."""

from __future__ import annotations

import threading
import time

import pytest

from polku.analytics.cache import AnswerCache, Kept
from polku.eventstore import cancelling
from polku.eventstore.places import WAITING_OF_ONE
from polku.eventstore.port import QuestionTooSlow


def kept(size: int) -> Kept:
    return Kept(body=b"x" * size, warnings=())


def test_an_answer_is_worked_out_once():
    cache, times = AnswerCache(100_000), []
    for _ in range(3):
        assert cache.get("key", lambda: times.append(1) or kept(10)) == kept(10)
    assert times == [1]
    assert cache.get("other", lambda: kept(11)) == kept(11)


def test_the_least_recently_used_go_first():
    cache = AnswerCache(10_000)
    for name in "abcd":
        cache.get(name, lambda: kept(2_000))
    assert cache.size == 4 * 2_500
    cache.get("a", lambda: pytest.fail("it was kept"))
    cache.get("e", lambda: kept(2_000))
    assert cache.size == 4 * 2_500
    cache.get("a", lambda: pytest.fail("it was used lately"))
    assert cache.get("b", lambda: kept(1)) == kept(1)


def test_a_giant_does_not_throw_out_the_others():
    cache = AnswerCache(10_000)
    cache.get("small", lambda: kept(100))
    assert cache.get("giant", lambda: kept(9_000)) == kept(9_000)
    cache.get("small", lambda: pytest.fail("it was kept"))
    assert cache.size == 600


def test_an_error_is_not_kept():
    cache = AnswerCache(10_000)
    with pytest.raises(RuntimeError):
        cache.get("key", lambda: (_ for _ in ()).throw(RuntimeError))
    assert cache.get("key", lambda: kept(5)) == kept(5)


def test_threads_with_one_question_wait_for_one_answer():
    cache, times = AnswerCache(10_000), []
    started, go_on = threading.Event(), threading.Event()

    def slowly() -> Kept:
        times.append(1)
        started.set()
        go_on.wait(5)
        return kept(5)

    got: list[Kept] = []
    threads = [threading.Thread(target=lambda: got.append(cache.get("key", slowly))) for _ in range(4)]
    for thread in threads:
        thread.start()
    started.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert (times, got) == ([1], [kept(5)] * 4)
    assert cache._under_way == {}


def test_nobody_lets_too_many_threads_wait_for_one_answer():
    cache, go_on = AnswerCache(10_000), threading.Event()
    told: list[object] = []

    def ask(by: str) -> None:
        with cancelling.asking(by=by):
            try:
                told.append(cache.get("key", lambda: go_on.wait(5) and kept(5)))
            except QuestionTooSlow as error:
                told.append(type(error))

    threads = [
        threading.Thread(target=ask, args=[by]) for by in ["first", *["many"] * (WAITING_OF_ONE + 2), "one"]
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while len(told) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    refused = told[:]
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert refused == [QuestionTooSlow] * 2
    assert told[2:] == [kept(5)] * (WAITING_OF_ONE + 2)
    assert (cache._under_way, cache._waiting) == ({}, {})


def test_clearing():
    cache = AnswerCache(10_000)
    cache.get("key", lambda: kept(5))
    cache.clear()
    assert cache.size == 0
    assert cache.get("key", lambda: kept(6)) == kept(6)
