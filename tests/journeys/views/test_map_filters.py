"""What the address says, and what a wrong address falls back to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import translation
from django_scopes import scope

from polku.eventstore.port import StoreState
from polku.journeys.views import map_filters
from polku.people.models import Segment

STATE = StoreState(
    version=3, data_as_of=dt.datetime(2026, 9, 30, 21, 30), first_time=None, signals=9, people=4
)


@pytest.fixture
def read(workspace):
    def read(address: str, state: StoreState = STATE):
        with scope(workspace=workspace), translation.override("en"):
            return map_filters.read_filters(QueryDict(address), workspace, state)

    return read


def test_by_default_the_last_28_days_that_have_data(read):
    filters = read("")
    # 21.30 UTC is half past midnight in Helsinki.
    assert (filters.first, filters.last) == (dt.date(2026, 9, 4), dt.date(2026, 10, 1))
    assert filters.address() == "?"
    assert filters.query(7, "Europe/Helsinki") == {
        "kind": "journey",
        "journey": 7,
        "range": {"from": "2026-09-04T00:00:00+03:00", "to": "2026-10-02T00:00:00+03:00"},
        "where": [],
        "segment": None,
        "compare": None,
    }


def test_a_signal_from_the_future_moves_nothing(read):
    state = StoreState(version=1, data_as_of=dt.datetime(9998, 1, 1), first_time=None, signals=1, people=1)
    assert read("", state).last <= dt.date.today() + dt.timedelta(days=1)


def test_the_previous_period_is_as_long_and_ends_where_this_begins(read):
    filters = read("range=7&compare=previous")
    assert filters.compared("Europe/Helsinki") == {
        "from": "2026-09-18T00:00:00+03:00",
        "to": "2026-09-25T00:00:00+03:00",
    }
    assert filters.address() == "?range=7&compare=previous"


def test_all_data_has_no_previous_period(read):
    filters = read("range=all&compare=previous")
    assert filters.range("UTC") is None
    assert filters.compared("UTC") is None
    assert filters.address() == "?range=all"


def test_summer_time_ends_inside_a_period(read):
    filters = read("range=custom&from=2026-10-20&to=2026-10-30")
    assert filters.range("Europe/Helsinki") == {
        "from": "2026-10-20T00:00:00+03:00",
        "to": "2026-10-31T00:00:00+02:00",
    }
    assert filters.address(touchpoint=5) == "?range=custom&from=2026-10-20&to=2026-10-30&touchpoint=5"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("range=custom", "Give both days of the period."),
        ("range=custom&from=2026-13-40&to=2026-10-30", "Give both days of the period."),
        ("range=custom&from=0001-01-01&to=9999-12-31", "Give both days of the period."),
        ("range=custom&from=2026-10-30&to=2026-10-20", "The period ends before it begins."),
        ("segment=Nobody", "There is no segment called “Nobody”."),
    ],
)
def test_what_makes_no_sense_is_said_and_the_default_shown(read, address, problem):
    filters = read(address)
    assert filters.problem == problem
    assert (filters.first, filters.last) == (dt.date(2026, 9, 4), dt.date(2026, 10, 1))


@pytest.mark.parametrize("address", ["range=12", "range=-7", "range=%00", "range=28&range=xyz", "compare=x"])
def test_an_unknown_choice_is_the_default(read, address):
    filters = read(address)
    assert (filters.period, filters.compare, filters.problem) == ("28", False, "")


def test_segment_and_channel_are_kept_and_asked_for(read, workspace):
    with scope(workspace=workspace):
        Segment.objects.create(workspace=workspace, name="Uudet & vanhat")
    filters = read("segment=Uudet+%26+vanhat&channel=web%00")
    assert filters.query(1, "UTC")["segment"] == "Uudet & vanhat"
    assert filters.where() == [{"property": "channel", "op": "eq", "value": "web"}]
    assert filters.address() == "?segment=Uudet+%26+vanhat&channel=web"
