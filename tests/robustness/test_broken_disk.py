"""A disk that cannot make data safe: nobody is told that it is, everybody is told to come again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.sending import Crowd
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness


@pytest.mark.parametrize("broken", ["/inbox/", "/"], ids=["the inbox", "the whole disk"])
def test_an_acknowledgement_is_never_given_for_what_is_not_safe(
    shop: Shop, faults: Path, tmp_path: Path, broken: str
):
    trigger = tmp_path / "broken"
    shop.environment |= {"LD_PRELOAD": str(faults), "POLKU_FAULT_FSYNC": str(trigger)}
    shop.start()
    with Crowd(shop.port, shop.write_key) as crowd:
        _wait_until(lambda: len(crowd.acknowledged) >= 1000, "nothing was accepted")
        trigger.write_text(broken)
        _wait_until(lambda: crowd.answers[503] >= 20, "nobody was refused")
        during = len(crowd.acknowledged)
        time.sleep(1)
        assert len(crowd.acknowledged) == during, "2xx although nothing can be made safe"
        assert set(crowd.answers) == {200, 503}
        assert int(crowd.headers_of[503]["retry-after"]) >= 1
        assert (shop.status_of("/readyz"), shop.status_of("/healthz")) == (503, 200)
        if broken == "/inbox/":  # a whole disk may come back only with a restart; the inbox mends itself
            trigger.unlink()
            _wait_until(lambda: len(crowd.acknowledged) > during, "nothing was accepted again")
            _wait_until(lambda: shop.status_of("/readyz") == 200, "/readyz was not 200 again")
            trigger.write_text(broken)
            _wait_until(lambda: shop.status_of("/readyz") == 503, "/readyz was not 503")
    assert shop.stop() == 0
    trigger.unlink()
    shop.start()
    shop.wait_for(len(crowd.acknowledged))
    assert shop.stop() == 0
    assert_stored_once(shop.stored(), crowd.acknowledged, crowd.tried)


def _wait_until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.05)
