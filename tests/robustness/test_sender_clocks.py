"""Clocks of phones and servers are wrong; the times of what they send are right, or marked as not known."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.robustness.sending import track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_times_are_corrected_by_the_senders_clock_or_by_receipt(shop: Shop):
    shop.start()
    now = datetime.now(UTC)
    wrong = timedelta(hours=3)
    ten_minutes_ago = now - timedelta(minutes=10)
    cases = {
        # sent at once by a clock three hours ahead, and ten minutes after it happened
        "ahead": ({"timestamp": _text(now + wrong)}, now + wrong, now, False),
        "ahead and late": ({"timestamp": _text(ten_minutes_ago + wrong)}, now + wrong, ten_minutes_ago, False),
        "behind": ({"timestamp": _text(now - 8 * wrong)}, now - 8 * wrong, now, False),
        "right": ({"timestamp": _text(ten_minutes_ago)}, now, ten_minutes_ago, False),
        "history": ({"timestamp": "2019-05-06T07:08:09Z"}, None, datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC), False),
        "year 9999": ({"timestamp": "9999-12-31T23:59:59Z"}, None, now, True),
        "year 9999 and sent then": (
            {"timestamp": "9999-12-31T23:59:59Z"},
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            now,
            False,
        ),
        "year 9999, sent now": ({"timestamp": "9999-12-31T23:59:59Z"}, now, now, True),
        "sent in the year 9999": ({"timestamp": _text(now)}, datetime(9999, 1, 1, tzinfo=UTC), now, True),
        "the beginning of time": ({"timestamp": "0001-01-01T00:00:00Z"}, None, now, True),
        "no time": ({}, None, now, None),
    }  # fmt: skip
    with shop.connect() as connection:
        for name, (times, sent, _right, _flag) in cases.items():
            more = {"sentAt": _text(sent)} if sent else {}
            answer = connection.send(shop.write_key, [track(name) | times], **more)
            assert (name, answer.status) == (name, 200)
    taken = time.time() - now.timestamp()
    shop.wait_for(len(cases))
    assert shop.stop() == 0
    stored = {
        json.loads(properties)["number"]: (moment.replace(tzinfo=UTC), json.loads(properties))
        for moment, properties in shop.rows("time, properties")
    }
    assert stored.keys() == cases.keys()
    for name, (_times, _sent, right, flag) in cases.items():
        moment, properties = stored[name]
        late = (moment - right).total_seconds()
        assert -1 <= late <= 1 + taken, f"{name}: wrong by {late:.1f} s"
        if flag is not None:
            assert (name, properties.get("time_is_receipt")) == (name, "true" if flag else None)
