"""SIGTERM under load: the server ends cleanly within fifteen seconds, and nothing acknowledged is lost."""

from __future__ import annotations

import time

import pytest

from tests.robustness.sending import Crowd
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness


def test_nothing_is_lost_by_a_stop(shop: Shop):
    shop.start()
    with Crowd(shop.port, shop.write_key) as crowd:
        time.sleep(2)
        begun = time.monotonic()
        code = shop.stop()
        took = time.monotonic() - begun
        acknowledged_after = crowd.newest - begun
        time.sleep(0.2)
    assert (code, took <= 15) == (0, True), f"exit code {code} after {took:.1f} s"
    assert acknowledged_after > -0.5, "the stop did not come under load"
    shop.start()
    shop.wait_for(len(crowd.acknowledged))
    assert shop.stop() == 0
    assert_stored_once(shop.stored(), crowd.acknowledged, crowd.tried)
