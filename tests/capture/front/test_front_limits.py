"""The bucket of one key, and the ids of the day."""

from __future__ import annotations

from polku.capture.front.cookieless import DailyIds
from polku.capture.front.limits import Bucket


def test_a_bucket_lets_a_burst_in_and_then_its_rate():
    bucket = Bucket(rate=10, burst=20, now=100.0)
    for _ in range(20):
        assert bucket.wait(100.0) == 0
        bucket.take(1)
    assert bucket.wait(100.0) == 1
    assert bucket.wait(100.05) == 1
    assert bucket.wait(100.11) == 0
    bucket.take(1)
    assert bucket.wait(100.12) == 1


def test_what_a_request_overdrew_the_next_one_waits_for():
    bucket = Bucket(rate=10, burst=20, now=0.0)
    assert bucket.wait(0.0) == 0
    bucket.take(500)
    assert bucket.wait(0.0) == 49  # 480 overdrawn and one to have
    assert bucket.wait(48.0) == 1
    assert bucket.wait(48.2) == 0


def test_a_bucket_holds_no_more_than_its_burst():
    bucket = Bucket(rate=10, burst=20, now=0.0)
    bucket.take(20)
    assert bucket.wait(10_000.0) == 0
    bucket.take(20)
    assert bucket.wait(10_000.0) == 1


def test_the_id_of_the_day_is_of_workspace_address_and_browser_together():
    ids = DailyIds()
    first = ids.id_of("w" * 32, "192.0.2.7", "Mozilla/5.0")
    assert len(first) == 32
    assert int(first, 16) >= 0
    assert ids.id_of("w" * 32, "192.0.2.7", "Mozilla/5.0") == first
    others = {
        ids.id_of("v" * 32, "192.0.2.7", "Mozilla/5.0"),
        ids.id_of("w" * 32, "192.0.2.8", "Mozilla/5.0"),
        ids.id_of("w" * 32, "192.0.2.7", "Mozilla/5.1"),
        ids.id_of("w" * 32, "192.0.2.7", "\ud800"),
    }
    assert len(others | {first}) == 5


def test_another_process_makes_other_ids():
    assert DailyIds().id_of("w", "192.0.2.7", "x") != DailyIds().id_of("w", "192.0.2.7", "x")
