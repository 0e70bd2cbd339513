"""Daily work: once a day at its time, made up for after a stop, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ImproperlyConfigured

from polku.config import environment
from polku.jobs.models import ScheduleRun
from polku.jobs.schedules import Runner, Schedules


@pytest.fixture
def daily() -> Schedules:
    """Only the test's own work, whatever the program does every day."""
    return Schedules()


@pytest.fixture
def done(db, daily):
    """Names of work done."""
    names: list[str] = []

    def fail() -> None:
        names.append("broken")
        raise RuntimeError("planned")

    daily.register("broken", at=time(3, 0), work=fail)
    daily.register("sound", at=time(3, 30), work=lambda: names.append("sound"))
    return names


def at(day: int, hour: int, minute: int, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_once_a_day_at_its_time_in_finland(daily, done, caplog):
    assert daily.do_what_is_due(at(1, 12, 0)) == 0  # what is new waits for its first time
    assert daily.do_what_is_due(at(2, 0, 59)) == 0
    assert daily.do_what_is_due(at(2, 1, 0)) == 0
    assert done == ["broken"]
    assert "the daily work broken failed" in caplog.text
    assert daily.do_what_is_due(at(2, 1, 30)) == 1
    assert daily.do_what_is_due(at(2, 1, 31)) == 0
    assert daily.do_what_is_due(at(3, 1, 30)) == 1
    assert done == ["broken", "sound", "broken", "sound"]


def test_what_was_missed_is_made_up_for_once(daily, done):
    daily.do_what_is_due(at(1, 12, 0))
    daily.do_what_is_due(at(5, 9, 0))
    daily.do_what_is_due(at(5, 9, 1))
    assert done == ["broken", "sound"]


def test_a_time_that_the_clock_leaves_out_or_repeats_is_met_once(daily, done):
    daily.do_what_is_due(at(28, 12, 0))
    for minute in range(0, 180, 10):  # clocks go from 3 to 4 at 01:00 UTC
        daily.do_what_is_due(at(29, minute // 60, minute % 60))
    assert sorted(done) == ["broken", "sound"]
    daily.do_what_is_due(at(24, 12, 0, month=10))
    done.clear()
    for minute in range(0, 240, 10):  # from 4 back to 3 at 01:00 UTC
        daily.do_what_is_due(at(25, minute // 60, minute % 60, month=10))
    assert sorted(done) == ["broken", "sound"]


@pytest.mark.django_db
def test_what_another_process_has_begun_is_not_begun_again(daily):
    done: list[str] = []
    # The other process begins the second while this one does the first.
    daily.register("first", at=time(2, 0), work=lambda: ScheduleRun.objects.update(begun_at=at(2, 9, 0)))
    daily.register("second", at=time(3, 0), work=lambda: done.append("second"))
    for name in ("first", "second"):
        ScheduleRun.objects.create(name=name, begun_at=at(1, 12, 0))
    assert daily.do_what_is_due(at(2, 9, 0)) == 1
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_the_runner_stops_at_once():
    runner = Runner()
    runner.start()
    runner.stop()
    assert not runner.is_alive()


def test_the_time_is_a_setting(monkeypatch):
    for said, meant in (
        ("", "hint"),
        ("25:00", "hint"),
        ("04:15", time(4, 15)),
        ("off", None),
        ("OFF ", None),
    ):
        monkeypatch.setenv("POLKU_UPKEEP_AT", said)
        if meant == "hint":
            with pytest.raises(ImproperlyConfigured, match="write a time like 03:30, or off"):
                environment.time_of_day("POLKU_UPKEEP_AT", "03:30")
        else:
            assert environment.time_of_day("POLKU_UPKEEP_AT", "03:30") == meant
