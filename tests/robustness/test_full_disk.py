"""A disk that fills up: refusals come before anything breaks, and end by themselves when there is room again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.sending import Crowd
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness
MEBIBYTE = 1024 * 1024


def _fill(disk: Path, left: int) -> Path:
    """Take all of the disk but so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while (free := shutil.disk_usage(disk).free) > left:
                file.write(bytes(min(MEBIBYTE, free - left)))
        except OSError:  # the server took the last of it
            pass
    return ballast


def _wait_until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.05)


@pytest.mark.parametrize("left", [12 * MEBIBYTE, 0], ids=["nearly full", "full to the last byte"])
def test_refused_while_full_and_accepted_again_without_a_restart(small_disk: Path, left: int):
    shop = Shop(small_disk / "home")
    shop.open()
    shop.start()
    try:
        with Crowd(shop.port, shop.write_key, rate=3000) as crowd:
            _wait_until(lambda: len(crowd.acknowledged) >= 1000, "nothing was accepted")
            ballast = _fill(small_disk, left)
            _wait_until(lambda: crowd.answers[503] >= 20, "nobody was refused")
            assert int(crowd.headers_of[503]["retry-after"]) >= 1
            assert (shop.status_of("/readyz"), shop.status_of("/healthz")) == (503, 200)
            if left:
                # Refused in time: what the loader needs to go on is still free.
                assert os.statvfs(small_disk).f_bavail > 0
            time.sleep(2)
            assert set(crowd.answers) == {200, 503}
            ballast.unlink()
            during = len(crowd.acknowledged)
            _wait_until(lambda: len(crowd.acknowledged) > during + 500, "nothing was accepted again")
            _wait_until(lambda: shop.status_of("/readyz") == 200, "/readyz was not 200 again")
        assert set(crowd.answers) == {200, 503}
        shop.wait_for(len(crowd.acknowledged))
        assert shop.stop() == 0
        assert_stored_once(shop.stored(), crowd.acknowledged, crowd.tried)
    finally:
        if shop.server is not None:
            shop.kill()
