"""Ranges, windows and calendar periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from polku.analytics import QueryError
from polku.analytics.ranges import is_finished, local_midnight, next_period, parse_range, parse_window

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("given", "utc"),
    [
        ("2026-01-15", datetime(2026, 1, 14, 22)),
        ("2026-07-15", datetime(2026, 7, 14, 21)),
        ("2026-01-15T12:30", datetime(2026, 1, 15, 10, 30)),
        ("2026-01-15T12:30:00.000001", datetime(2026, 1, 15, 10, 30, 0, 1)),
        ("2026-01-15T12:30:00Z", datetime(2026, 1, 15, 12, 30)),
        ("2026-01-15T12:30:00+05:00", datetime(2026, 1, 15, 7, 30)),
        ("2026-03-29T03:30", datetime(2026, 3, 29, 1, 30)),  # does not exist: moved on to 04:30
        ("2026-10-25T03:30", datetime(2026, 10, 25, 0, 30)),  # happens twice: the first
        ("9999-12-31T23:59:59-11:00", datetime(9998, 12, 31)),  # for ever
    ],
)
def test_a_time_is_read_in_the_workspaces_zone(given, utc):
    assert parse_range({"from": given}, HELSINKI) == (utc, None)
    assert parse_range({"to": given, "from": None}, HELSINKI) == (None, utc)


def test_no_range_is_all_data():
    assert parse_range(None, HELSINKI) == (None, None)
    assert parse_range({}, HELSINKI) == (None, None)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"from": "yesterday"}, "range.from", "“range.from” must be a date"),
        ({"to": 20260101}, "range.to", "“range.to” must be a date"),
        ({"from": "0001-01-01"}, "range.from", "must be a date"),  # before the year 1 in UTC
        ({"from": "2026-01-02", "to": "2026-01-02"}, "range", "is empty"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "range", "is empty"),
        ({"form": "2026-01-02"}, "range.form", "Did you mean “from”?"),
        (["2026-01-02"], "range", "must be an object"),
        ("P7D", "range", "must be an object"),
    ],
)
def test_a_wrong_range_says_what_is_wrong(given, field, said):
    with pytest.raises(QueryError) as caught:
        parse_range(given, HELSINKI)
    assert caught.value.field == field
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("given", "window"),
    [
        (None, None),
        ("P1D", timedelta(seconds=86_400)),
        ("P7D", timedelta(days=7)),
        ("P2W", timedelta(days=14)),
        ("PT30M", timedelta(minutes=30)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("P36600D", timedelta(days=36_600)),
    ],
)
def test_windows(given, window):
    assert parse_window(given) == window


@pytest.mark.parametrize(
    "given", ["", "P", "PT", "P1M", "P1Y", "7D", "P1DT", "P-1D", "P0D", "P36601D", 7, ["P1D"]]
)
def test_wrong_windows(given):
    with pytest.raises(QueryError, match="window"):
        parse_window(given)


def test_periods_follow_the_calendar():
    assert next_period(date(2026, 1, 31), "day") == date(2026, 2, 1)
    assert next_period(date(2026, 12, 28), "week") == date(2027, 1, 4)
    assert next_period(date(2026, 12, 1), "month") == date(2027, 1, 1)
    assert next_period(date(2026, 1, 1), "month") == date(2026, 2, 1)
    assert local_midnight(date(2026, 3, 30), HELSINKI) - local_midnight(
        date(2026, 3, 29), HELSINKI
    ) == timedelta(hours=23)


def test_a_period_is_finished_when_all_of_it_was_seen():
    day, everything = date(2026, 1, 15), (None, None)
    ends = datetime(2026, 1, 15, 22)
    assert is_finished(day, "day", HELSINKI, everything, ends)
    assert not is_finished(day, "day", HELSINKI, everything, ends - timedelta(microseconds=1))
    assert not is_finished(day, "day", HELSINKI, everything, None)
    assert is_finished(day, "day", HELSINKI, (ends - timedelta(days=1), ends), ends)
    assert not is_finished(day, "day", HELSINKI, (None, ends - timedelta(hours=1)), ends)
    assert not is_finished(day, "day", HELSINKI, (ends - timedelta(hours=23), None), ends)
