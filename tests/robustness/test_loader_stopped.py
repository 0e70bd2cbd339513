"""The loader stands still while clients send: everything is accepted all along, and soon caught up with afterwards."""

from __future__ import annotations

import time

import pytest

from tests.robustness.sending import Crowd, track
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness
RATE = 2_000  # events a second
LAG = 5  # seconds


@pytest.mark.parametrize(
    ("still", "within"),
    [(8, 20), pytest.param(600, 300, marks=pytest.mark.long)],
    ids=["8 seconds", "10 minutes"],
)
def test_accepted_all_along_and_caught_up_with(shop: Shop, still: int, within: int):
    shop.start()
    with Crowd(shop.port, shop.write_key, rate=RATE) as crowd:
        shop.json("loader", "pause")
        loaded = shop.count()
        time.sleep(still)
        assert shop.count() == loaded, "the loader did not stand still"
        assert len(crowd.acknowledged) >= 0.8 * RATE * still
        assert shop.status_of("/readyz") == 200
        shop.json("loader", "resume")
        resumed = time.monotonic()
        while (lag := _seconds_to_visibility(shop, within)) >= LAG:
            assert time.monotonic() - resumed < within, f"still {lag:.0f} s behind"
    assert set(crowd.answers) == {200}
    assert crowd.slowest < 5
    shop.wait_for(len(crowd.acknowledged))
    assert shop.stop() == 0
    stored = shop.stored()
    del stored["probe"]
    assert_stored_once(stored, crowd.acknowledged, crowd.tried)


def _seconds_to_visibility(shop: Shop, most: float) -> float:
    """From the acknowledgement of an event to the first question that sees it; the load goes on meanwhile."""
    before = shop.count("Probe")
    with shop.connect() as connection:
        probe = track("probe", event="Probe") | {"messageId": f"probe-{before}"}
        assert connection.send(shop.write_key, [probe]).status == 200
    return shop.wait_for(before + 1, seconds=most, event="Probe")
