"""The server is killed again and again while clients send: every acknowledged event is stored exactly once."""

from __future__ import annotations

import random
import time

import pytest

from tests.robustness.sending import Crowd
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness
READY_WITHIN = 10  # seconds


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.long)])
def test_every_acknowledged_event_is_stored_exactly_once(shop: Shop, kills: int):
    chance = random.Random(kills)
    usual = shop.start()
    slowest = 0.0
    acknowledged = 0
    in_vain = 0
    with Crowd(shop.port, shop.write_key, rate=4_000) as crowd:
        for _kill in range(kills):
            # Some kills hit the first commits, some a loader in full work.
            time.sleep(chance.uniform(0.05, 0.5))
            shop.kill()
            in_vain += len(crowd.acknowledged) == acknowledged
            acknowledged = len(crowd.acknowledged)
            slowest = max(slowest, shop.start())
        time.sleep(0.3)
    assert in_vain <= kills // 5, "most kills must hit a server under load"
    assert set(crowd.answers) <= {200, 503}  # busy with what it found: come again
    shop.wait_for(len(crowd.acknowledged))
    assert shop.stop() == 0
    assert_stored_once(shop.stored(), crowd.acknowledged, crowd.tried)
    # Where the machine is busy with other things, even the first start takes long.
    assert slowest <= max(READY_WITHIN, 4 * usual)
