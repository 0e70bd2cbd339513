"""When to ask: delays in minutes and months, decent hours, and what clocks do in spring and autumn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polku.surveys.moments.hours import (
    MINUTE,
    after_delay,
    at_decent_hour,
    is_decent,
    microseconds,
    moment_of,
)
from polku.surveys.moments.zones import zone_of
from tests.examples import examples

HELSINKI = ZoneInfo("Europe/Helsinki")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Helsinki",
        "America/New_York",
        "Australia/Lord_Howe",  # half an hour of summer time
        "Asia/Kathmandu",
        "America/St_Johns",
        "Pacific/Apia",
        "UTC",
    )
]
times = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(microseconds)


def local(text: str, zone: ZoneInfo = HELSINKI, *, fold: int = 0) -> int:
    return microseconds(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold))


def shown(at: int, zone: ZoneInfo = HELSINKI) -> str:
    return moment_of(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("happened", "months", "asked"),
    [
        ("2026-01-31 12:00", 1, "2026-02-28 12:00"),
        ("2028-01-31 12:00", 1, "2028-02-29 12:00"),
        ("2026-12-31 12:00", 2, "2027-02-28 12:00"),
        ("2026-11-30 12:00", 12, "2027-11-30 12:00"),
        ("2026-03-15 12:00", 1, "2026-04-15 12:00"),  # an hour more of UTC went by
        ("2026-02-28 03:30", 1, "2026-03-28 03:30"),
        ("2026-02-28 03:30", 13, "2027-03-28 04:30"),  # there is no half past three that night
        ("2026-09-25 03:30", 1, "2026-10-25 03:30"),
    ],
)
def test_a_month_is_one_of_the_calendar(happened, months, asked):
    assert shown(after_delay(local(happened), HELSINKI, months=months)) == asked


def test_of_a_local_time_that_comes_twice_the_first_is_meant():
    assert after_delay(local("2026-09-25 03:30"), HELSINKI, months=1) == local("2026-10-25 03:30", fold=0)


def test_minutes_pass_as_they_do_when_clocks_are_changed():
    assert shown(after_delay(local("2026-03-29 02:30"), HELSINKI, minutes=60)) == "2026-03-29 04:30"
    assert shown(after_delay(local("2026-10-25 02:30"), HELSINKI, minutes=120)) == "2026-10-25 03:30"


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        ("2026-06-01 08:59", "2026-06-01 09:00"),
        ("2026-06-01 09:00", "2026-06-01 09:00"),
        ("2026-06-01 19:59", "2026-06-01 19:59"),
        ("2026-06-01 20:00", "2026-06-02 09:00"),
        ("2026-12-31 23:30", "2027-01-01 09:00"),
        ("2026-03-28 21:00", "2026-03-29 09:00"),
        ("2026-10-24 21:00", "2026-10-25 09:00"),
    ],
)
def test_nobody_is_asked_between_evening_and_morning(due, asked):
    assert shown(at_decent_hour(local(due), HELSINKI, first=9, last=20)) == asked


def test_a_window_that_the_clock_leaves_out_is_waited_for_a_day():
    assert shown(at_decent_hour(local("2026-03-28 12:00"), HELSINKI, first=3, last=4)) == "2026-03-30 03:00"


def test_the_hours_of_a_whole_day_change_nothing():
    assert at_decent_hour(123_456_789, HELSINKI, first=0, last=24) == 123_456_789


@settings(max_examples=examples(300), deadline=None)
@given(times, st.sampled_from(ZONES), st.integers(0, 23), st.integers(1, 24))
def test_the_hour_is_decent_and_the_earliest_that_is(at, zone, first, last):
    assume(first < last)
    found = at_decent_hour(at, zone, first=first, last=last)
    assert found >= at
    assert is_decent(found, zone, first=first, last=last)
    # By brute force: no quarter of an hour between was decent.
    step = at + 15 * MINUTE - at % (15 * MINUTE)
    if is_decent(at, zone, first=first, last=last):
        assert found == at
    while step < found:
        assert not is_decent(step, zone, first=first, last=last)
        step += 15 * MINUTE


@settings(max_examples=examples(300), deadline=None)
@given(times, times, st.sampled_from(ZONES), st.integers(0, 100_000), st.integers(0, 24), st.integers(0, 23))
def test_what_happened_later_is_never_due_earlier(one, other, zone, minutes, months, first):
    early, late = sorted((one, other))
    dues = [
        at_decent_hour(after_delay(at, zone, minutes=minutes, months=months), zone, first=first, last=24)
        for at in (early, late)
    ]
    # The hour that clocks repeat in autumn is one: of two that far apart, months may bring them together.
    assert dues[0] <= dues[1] + 60 * MINUTE


@settings(max_examples=examples(300), deadline=None)
@given(times, st.sampled_from(ZONES), st.integers(1, 36))
def test_months_keep_the_clock_and_the_day_where_there_is_such_a_one(at, zone, months):
    before = moment_of(at).astimezone(zone)
    after = moment_of(after_delay(at, zone, months=months)).astimezone(zone)
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    assert after.day == before.day or (after + timedelta(days=1)).day == 1
    moved = (after.replace(tzinfo=None) - datetime.combine(after.date(), before.time())) / timedelta(
        minutes=1
    )
    assert moved in (0, 30, 60)  # by no more than a gap, and forward


def test_times_of_people_without_a_zone_are_kept_to_the_microsecond():
    at = datetime(2026, 5, 4, 3, 2, 1, 987_654, tzinfo=UTC)
    assert moment_of(microseconds(at)) == at
    assert microseconds(at.replace(tzinfo=None)) == microseconds(at)


@pytest.mark.parametrize(
    ("traits", "zone"),
    [
        ({}, "Europe/Helsinki"),
        ({"timezone": "America/New_York", "country": "FI"}, "America/New_York"),
        ({"timezone": "nowhere", "country": "SE"}, "Europe/Stockholm"),
        ({"timezone": "../../etc/passwd"}, "Europe/Helsinki"),
        ({"country": "Ruotsi"}, "Europe/Stockholm"),
        ({"country": " gbr "}, "Europe/London"),
        ({"country": "United Kingdom"}, "Europe/London"),
        ({"address": {"country": "JP"}}, "Asia/Tokyo"),
        ({"address": "Katu 1", "country": 5, "tz": None}, "Europe/Helsinki"),
        ({"context": {"timezone": "Asia/Kathmandu"}, "country": "FI"}, "Asia/Kathmandu"),
        ({"country": "Atlantis"}, "Europe/Helsinki"),
    ],
)
def test_where_somebody_lives_follows_from_what_is_known_of_them(traits, zone):
    assert zone_of(traits, HELSINKI).key == zone
