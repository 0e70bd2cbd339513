"""Pages get an answer of a moment ago where the newest takes long, and the newest soon after."""

from __future__ import annotations

import threading
import time

import pytest

from polku.analytics import answer_lately, kinds, run, run_lately
from polku.analytics.kinds import Kind

SLOW, QUICK = {"kind": "slow-count"}, {"kind": "quick-count"}


@pytest.fixture(autouse=True)
def counting_kinds():
    """Kinds of questions that count the signals; one of them takes long."""

    def slow(context, query):
        time.sleep(0.15)
        return {"signals": context.store.state(context.key).signals}

    def quick(context, query):
        return {"signals": context.store.state(context.key).signals}

    kinds.register(Kind(name="slow-count", fields=(), run=slow))
    kinds.register(Kind(name="quick-count", fields=(), run=quick))
    yield
    for thread in threading.enumerate():
        if thread.name == "polku-answer":
            thread.join()
    kinds.unregister("slow-count")
    kinds.unregister("quick-count")


def seen(workspace, question) -> tuple[object, int, float]:
    """(signals of the answer, version that it is of, seconds it took)."""
    begun = time.monotonic()
    answer, state = run_lately(workspace, question)
    return answer["signals"], state.version, time.monotonic() - begun


def test_a_quick_answer_is_always_the_newest(shop, workspace):
    for number in range(1, 4):
        shop.events((f"p{number}", "visit", "2026-03-02T08:00"))
        signals, version, _took = seen(workspace, QUICK)
        assert (signals, version) == (number, shop.store.state(shop.key).version)


def test_a_slow_answer_is_given_again_while_the_next_is_worked_out(shop, workspace):
    shop.events(("ada", "visit", "2026-03-02T08:00"))
    first = seen(workspace, SLOW)
    shop.events(("bo", "visit", "2026-03-02T09:00"))
    again = seen(workspace, SLOW)
    assert again[:2] == first[:2]
    assert again[2] < 0.1 <= first[2]
    # Who must have the newest is never given an older one.
    assert run(workspace, SLOW)["signals"] == 2
    deadline = time.monotonic() + 10
    while (now := seen(workspace, SLOW))[0] == 1:
        assert time.monotonic() < deadline, "the next answer never came"
        time.sleep(0.02)
    assert now[:2] == (2, shop.store.state(shop.key).version)


def test_an_answer_of_long_ago_is_not_given_again(shop, workspace):
    shop.events(("ada", "visit", "2026-03-02T08:00"))
    took = seen(workspace, SLOW)[2]
    shop.events(("bo", "visit", "2026-03-02T09:00"))
    time.sleep(20 * took)
    assert seen(workspace, SLOW)[0] == 2


def test_a_quick_answer_may_be_good_for_a_while(shop, workspace):
    def count(good_for: float) -> int:
        question = (shop.key, "count", good_for)
        return answer_lately(question, workspace, lambda state: state.signals, good_for=good_for)[0]

    shop.events(("ada", "visit", "2026-03-02T08:00"))
    assert (count(30), count(0.1)) == (1, 1)
    shop.events(("bo", "visit", "2026-03-02T09:00"))
    time.sleep(0.1)
    assert (count(30), count(0.1)) == (1, 2)
