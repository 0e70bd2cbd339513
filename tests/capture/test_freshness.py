"""When silence is an alarm, and what sources are called in addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from polku.capture.sources.freshness import Freshness, judge, usual_threshold
from polku.capture.sources.origins import Origin, OriginConverter

NOW = datetime(2026, 3, 30, 12)
OLD = NOW - timedelta(days=100)


def hours(*wanted) -> np.ndarray:
    return np.array(sorted(wanted), dtype=np.int64)


@pytest.mark.parametrize(
    ("taken", "first", "expected"),
    [
        (hours(*range(672)), OLD, 6),  # day and night: never less than six hours
        (hours(*(day * 24 + hour for day in range(28) for hour in range(8, 20))), OLD, 26),  # closed at night
        (hours(*(day * 24 + 12 for day in range(28) if day % 7 < 5)), OLD, 144),  # closed on weekends
        (hours(*range(200), *range(400, 672)), OLD, 6),  # one long failure is no rhythm
        (hours(0, 300, 600, 671), OLD, 336),  # hardly ever: two weeks at most
        (hours(0, 300, 600), OLD, 24),  # too little to know
        (hours(*range(100)), NOW - timedelta(days=5), 24),  # too young to know
        (hours(), OLD, 24),
    ],
)
def test_the_usual_alarm_follows_the_rhythm_of_the_source(taken, first, expected):
    assert usual_threshold(taken, first, NOW) == expected


def test_silence_is_an_alarm_from_the_threshold_on():
    at = NOW - timedelta(hours=24)
    assert judge(last_taken=at, first=OLD, threshold=24, now=NOW) == Freshness(
        "silent", 24, timedelta(hours=24)
    )
    assert judge(last_taken=at, first=OLD, threshold=25, now=NOW).state == "fresh"
    assert judge(last_taken=at, first=OLD, threshold=None, now=NOW).state == "quiet"


def test_a_source_of_which_nothing_was_taken_is_silent_from_its_beginning():
    first = NOW - timedelta(hours=30)
    assert judge(last_taken=None, first=first, threshold=24, now=NOW).silent_for == timedelta(hours=30)


def test_a_clock_that_went_back_is_no_silence():
    later = NOW + timedelta(hours=1)
    assert judge(last_taken=later, first=OLD, threshold=1, now=NOW) == Freshness("fresh", 1, timedelta(0))


@pytest.mark.parametrize("name", ["tracker/3", "segment/12", "import/events", "simulation", "inbox"])
def test_sources_have_addresses_and_come_back_from_them(name):
    converter = OriginConverter()
    assert converter.to_python(converter.to_url(name)) == name


@pytest.mark.parametrize("name", ["../x", "a b", "Segment/1", "a/b/c"])
def test_what_is_no_source_has_no_address(name):
    with pytest.raises(ValueError, match="is not the name of a source"):
        OriginConverter().to_url(name)


def test_only_live_sources_have_keys():
    assert (Origin("segment/3").key, Origin("import/orders").key, Origin("segment/x").key) == (3, None, None)
