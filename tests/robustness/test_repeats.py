"""Clients repeat themselves; the store does not."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.robustness.sending import Answer, track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness
SIX_DAYS = 6 * 86_400


def _at_once(shop: Shop, key: str, times: int) -> list[Answer]:
    """The same event, sent by several clients at the same moment."""
    answers: list[Answer] = []
    together = threading.Barrier(times)

    def send() -> None:
        with shop.connect() as connection:
            connection.ask("GET", "/healthz")
            together.wait()
            answers.append(connection.send(key, [track("one")]))

    threads = [threading.Thread(target=send) for _each in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_id_is_one_event_at_once_and_six_days_later_and_each_workspace_has_its_own(
    shop: Shop, faults: Path
):
    second = shop.json("workspace", "create", "Second", "--timezone", "UTC")
    today = dict(shop.environment)
    shop.environment |= {"LD_PRELOAD": str(faults), "POLKU_FAULT_CLOCK": str(-SIX_DAYS)}
    shop.start()
    assert [answer.status for answer in _at_once(shop, shop.write_key, 3)] == [200, 200, 200]
    shop.wait_for(1)
    assert shop.stop() == 0
    assert len(shop.rows("arrival")) == 1
    ((received,),) = shop.rows("epoch(now()) - epoch(last_received)", "source")
    assert SIX_DAYS - 60 < received < SIX_DAYS + 60

    # What came in between must not push it out of sight.
    shop.environment |= {"POLKU_FAULT_CLOCK": str(-SIX_DAYS + 43_200)}
    shop.start()
    with shop.connect() as connection:
        assert connection.send(shop.write_key, [track("two")]).status == 200
    shop.wait_for(2)
    assert shop.stop() == 0

    shop.environment = today
    shop.start()
    assert [answer.status for answer in _at_once(shop, shop.write_key, 3)] == [200, 200, 200]
    assert [answer.status for answer in _at_once(shop, second["write_key"], 3)] == [200, 200, 200]
    with shop.connect() as connection:
        assert connection.send(shop.write_key, [track("last", event="Last")]).status == 200
    with shop.connect() as connection:
        assert connection.send(second["write_key"], [track("last", event="Last")]).status == 200
    shop.wait_for(1, event="Last")
    replace(shop, api_key=second["api_key"]).wait_for(1, event="Last")
    assert shop.stop() == 0
    assert shop.stored() == {"one": 1, "two": 1, "last": 1}
    assert shop.stored("second") == {"one": 1, "last": 1}
