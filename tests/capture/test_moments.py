"""Dates and times: every form that is read, and how day and month are told apart."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.capture.imports.moments import INVALID, read_moments
from polku.capture.imports.problems import WrongUsage
from polku.capture.imports.zones import clock_for, zone_of

EPOCH = datetime(1970, 1, 1)


def read(*texts: str | None, **options):
    return read_moments(pa.chunked_array([list(texts)], pa.string()), **options)


def shown(moments) -> list[str | None]:
    return [None if wall == INVALID else str(np.datetime64(int(wall), "us")) for wall in moments.wall]


@pytest.mark.parametrize(
    ("text", "expected", "zoned"),
    [
        ("2024-03-01 09:05:00", "2024-03-01T09:05:00.000000", False),
        ("2024-03-01T09:05:00Z", "2024-03-01T09:05:00.000000", True),
        ("2024-03-01T09:05:00.123456+02:00", "2024-03-01T07:05:00.123456", True),
        ("2024-03-01T09:05:00,5-0330", "2024-03-01T12:35:00.500000", True),
        ("2024-03-01 09:05:00.123456789 UTC", "2024-03-01T09:05:00.123456", True),
        ("20240301T090500Z", "2024-03-01T09:05:00.000000", True),
        ("20240301", "2024-03-01T00:00:00.000000", False),
        ("2024-03-01", "2024-03-01T00:00:00.000000", False),
        ("2024/3/1 9:05", "2024-03-01T09:05:00.000000", False),
        ("1.3.2024", "2024-03-01T00:00:00.000000", False),
        ("1.3.2024 klo 9.05", "2024-03-01T09:05:00.000000", False),
        ("1.3.2024 9:05:01", "2024-03-01T09:05:01.000000", False),
        ("01.03.2024, 09.05.01", "2024-03-01T09:05:01.000000", False),
        ("1.\u00a03.\u00a02024\u00a0klo\u00a09.05", "2024-03-01T09:05:00.000000", False),
        ("31.12.99", "1999-12-31T00:00:00.000000", False),
        ("29.2.2024 23:59", "2024-02-29T23:59:00.000000", False),
        ("13/03/2024 9:05 PM", "2024-03-13T21:05:00.000000", False),
        ("13/03/2024 12:05 am", "2024-03-13T00:05:00.000000", False),
        ("1709280000", "2024-03-01T08:00:00.000000", True),
        ("1709280000.25", "2024-03-01T08:00:00.250000", True),
        ("1709280000123", "2024-03-01T08:00:00.123000", True),
    ],
)
def test_forms(text, expected, zoned):
    moments = read(text)
    assert (shown(moments), moments.zoned.tolist()) == ([expected], [zoned])


@pytest.mark.parametrize(
    "text",
    ["31.2.2024", "2023-02-29", "2024-13-01", "1.3.2024 24.00", "1.3.2024 9.60", "tomorrow", "0", "1.3.", "9999-12-31",
     "2024-03-01T09:05:00+99:00", "2024-03-01 09", "1/3/2024 13:05 PM", "²024-03-01"],
)  # fmt: skip
def test_what_is_no_date(text):
    assert shown(read(text)) == [None]


def test_a_column_may_mix_forms_and_have_holes():
    moments = read("1.3.2024 klo 9.05", None, "2024-03-01T09:05:00Z", "what?")
    assert shown(moments) == ["2024-03-01T09:05:00.000000", None, "2024-03-01T09:05:00.000000", None]
    assert moments.empty.tolist() == [False, True, False, False]
    assert moments.zoned.tolist() == [False, False, True, False]


def test_numbers_are_epochs_only_where_the_column_holds_no_dates():
    assert shown(read("1709280000", "2024-03-01")) == [None, "2024-03-01T00:00:00.000000"]
    assert shown(read("1709280000", "what?")) == ["2024-03-01T08:00:00.000000", None]


@pytest.mark.parametrize(
    ("texts", "options", "expected", "ambiguity"),
    [
        (["01/03/2024", "13/03/2024"], {}, "2024-03-01", "told"),
        (["01/03/2024", "03/13/2024"], {}, "2024-01-03", "told"),
        (["01/03/2024", "01/02/2024"], {}, "2024-03-01", "assumed"),
        (["01/03/2024", "01/02/2024"], {"month_first": True}, "2024-01-03", "none"),
        (["01/03/2024 9:00 PM"], {}, "2024-01-03", "assumed"),
        (["01/03/2024", "13/03/2024", "14/03/2024", "03/14/2024"], {}, "2024-03-01", "contradicted"),
        (["03/03/2024"], {}, "2024-03-03", "none"),
        (["1.3.2024", "1.2.2024"], {}, "2024-03-01", "none"),
    ],
)
def test_the_whole_column_tells_day_from_month(texts, options, expected, ambiguity):
    moments = read(*texts, **options)
    assert shown(moments)[0].startswith(expected)
    assert moments.ambiguity == ambiguity


def test_the_form_is_described():
    assert read("1.3.2024 klo 9.05").form == "D.M.YYYY klo H.MM"
    assert read("03/13/2024").form == "MM/DD/YYYY"
    assert read("1709280000").form == "epoch seconds"
    assert read("nothing").form == ""


@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(["%Y-%m-%dT%H:%M:%S.%f", "%d.%m.%Y klo %H.%M.%S,%f", "%Y%m%dT%H%M%S"]),
)
def test_any_moment_is_read_back(moments, form):
    written = [moment.replace(microsecond=0) if "%f" not in form else moment for moment in moments]
    # strftime does not pad years below 1000; ours have four digits.
    wall = read(*(moment.strftime(form) for moment in written)).wall
    assert wall.tolist() == [
        (moment - EPOCH) // (datetime(1970, 1, 1, 0, 0, 0, 1) - EPOCH) for moment in written
    ]


@settings(deadline=None)  # a zone's changes are sought once
@given(
    st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)), min_size=1, max_size=50),
    st.sampled_from(["Europe/Helsinki", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_local_times_agree_with_the_standard_library(moments, zone):
    from datetime import UTC

    wall = np.array([np.datetime64(moment, "us").astype(np.int64) for moment in moments])
    utc, _missing, _repeated = clock_for(zone, wall).to_utc(wall)
    expected = [
        moment.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)
        for moment in moments
    ]
    assert [np.datetime64(int(value), "us").astype(datetime) for value in utc] == expected


def test_the_clock_s_changes_are_noticed():
    texts = ["2024-03-31 02:59:59", "2024-03-31 03:00", "2024-03-31 03:59:59", "2024-03-31 04:00",
             "2024-10-27 02:59:59", "2024-10-27 03:00", "2024-10-27 03:59:59", "2024-10-27 04:00"]  # fmt: skip
    wall = read(*texts).wall
    utc, missing, repeated = clock_for("Europe/Helsinki", wall).to_utc(wall)
    assert [str(np.datetime64(int(value), "us"))[11:19] for value in utc] == [
        "00:59:59", "01:00:00", "01:59:59", "01:00:00", "23:59:59", "00:00:00", "00:59:59", "02:00:00",
    ]  # fmt: skip
    assert missing.tolist() == [False, True, True, False, False, False, False, False]
    assert repeated.tolist() == [False, False, False, False, False, True, True, False]


def test_an_unknown_zone_is_named():
    with pytest.raises(WrongUsage, match="Europe/Helsingfors"):
        zone_of("Europe/Helsingfors")


@pytest.mark.parametrize(
    ("text", "expected", "zoned"),
    [
        ("Mar 1, 2024 09:05:12 AM", "2024-03-01T09:05:12.000000", False),
        ("September 30, 2024", "2024-09-30T00:00:00.000000", False),
        ("30 Sept 2024 21:05", "2024-09-30T21:05:00.000000", False),
        ("1. maaliskuuta 2024 klo 9.05", "2024-03-01T09:05:00.000000", False),
        ("24. kesäkuuta 2024", "2024-06-24T00:00:00.000000", False),
        ("2024/03/01 9:05:12 AM EET", "2024-03-01T07:05:12.000000", True),
        ("2024/07/01 9:05:12 PM EEST", "2024-07-01T18:05:12.000000", True),
        ("2024/07/01 9:05:12 PM GMT+3", "2024-07-01T18:05:12.000000", True),
        ("2024-07-01 21:05:12 UTC+03:00", "2024-07-01T18:05:12.000000", True),
        ("Feb 30, 2024", None, False),
        ("Smarch 1, 2024", None, False),
        ("2024-07-01 21:05 +3", None, False),
    ],
)
def test_months_and_zones_in_letters(text, expected, zoned):
    moments = read(text)
    assert shown(moments) == [expected]
    assert bool(moments.zoned[0]) == zoned or expected is None


def test_a_month_in_letters_leaves_no_doubt_and_is_described():
    moments = read("Mar 1, 2024 09:05:12 AM", "May 12, 2024 09:05:12 PM")
    assert (moments.ambiguity, moments.form) == ("none", "MMM D, YYYY HH:MM:SS AM")
