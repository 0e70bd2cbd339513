"""One key that sends too much is told to wait; the others notice nothing."""

from __future__ import annotations

import time

import pytest

from tests.robustness.sending import Crowd, track
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness
LIMIT = 500  # events a second


def test_the_greedy_key_waits_and_the_others_do_not(shop: Shop):
    modest = shop.json("workspace", "create", "Modest", "--timezone", "UTC")
    shop.environment["POLKU_CAPTURE_EVENTS_PER_SECOND"] = str(LIMIT)
    shop.start()
    begun = time.monotonic()
    with (
        Crowd(shop.port, shop.write_key, name="greedy") as greedy,
        Crowd(shop.port, modest["write_key"], connections=2, batch=5, rate=100, name="modest") as others,
    ):
        while not greedy.answers[429] or time.monotonic() < begun + 5:
            assert time.monotonic() < begun + 60, "nothing was ever refused"
            time.sleep(0.05)
        wait = int(greedy.headers_of[429]["retry-after"])
        greedy.stop()
        took = time.monotonic() - begun
    assert set(greedy.answers) == {200, 429}
    assert 1 <= wait <= 60
    assert set(others.answers) == {200}
    assert others.answers[200] >= 0.7 * 20 * took
    assert others.slowest < 5
    time.sleep(wait)
    with shop.connect() as connection:
        assert connection.send(shop.write_key, [track("again")]).status == 200
    greedy.acknowledged.add("again")
    greedy.tried.add("again")
    shop.wait_for(len(greedy.acknowledged))
    assert shop.stop() == 0
    assert_stored_once(shop.stored(), greedy.acknowledged, greedy.tried)
    assert_stored_once(shop.stored("modest"), others.acknowledged, others.tried)
