"""Daily work: once a day at its time, made up for after a stop, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ImproperlyConfigured

from polku.config import environment
from polku.jobs import schedules
from polku.jobs.models import ScheduleRun


@pytest.fixture
def done(db, monkeypatch):
    """Names of work done; only the test's own is registered."""
    monkeypatch.setattr(schedules, "_schedules", {})
    names: list[str] = []

    def fail() -> None:
        names.append("broken")
        raise RuntimeError("planned")

    schedules.register("broken", at=time(3, 0), work=fail)
    schedules.register("sound", at=time(3, 30), work=lambda: names.append("sound"))
    return names


def at(day: int, hour: int, minute: int, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_once_a_day_at_its_time_in_finland(done, caplog):
    assert schedules.do_what_is_due(at(1, 12, 0)) == 0  # what is new waits for its first time
    assert schedules.do_what_is_due(at(2, 0, 59)) == 0
    assert schedules.do_what_is_due(at(2, 1, 0)) == 0
    assert done == ["broken"]
    assert "the daily work broken failed" in caplog.text
    assert schedules.do_what_is_due(at(2, 1, 30)) == 1
    assert schedules.do_what_is_due(at(2, 1, 31)) == 0
    assert schedules.do_what_is_due(at(3, 1, 30)) == 1
    assert done == ["broken", "sound", "broken", "sound"]


def test_what_was_missed_is_made_up_for_once(done):
    schedules.do_what_is_due(at(1, 12, 0))
    schedules.do_what_is_due(at(5, 9, 0))
    schedules.do_what_is_due(at(5, 9, 1))
    assert done == ["broken", "sound"]


def test_a_time_that_the_clock_leaves_out_or_repeats_is_met_once(done):
    schedules.do_what_is_due(at(28, 12, 0))
    for minute in range(0, 180, 10):  # clocks go from 3 to 4 at 01:00 UTC
        schedules.do_what_is_due(at(29, minute // 60, minute % 60))
    assert sorted(done) == ["broken", "sound"]
    schedules.do_what_is_due(at(24, 12, 0, month=10))
    done.clear()
    for minute in range(0, 240, 10):  # from 4 back to 3 at 01:00 UTC
        schedules.do_what_is_due(at(25, minute // 60, minute % 60, month=10))
    assert sorted(done) == ["broken", "sound"]


def test_what_another_process_has_begun_is_not_begun_again(done):
    schedules.do_what_is_due(at(1, 12, 0))
    schedules.register("other", at=time(2, 0), work=lambda: ScheduleRun.objects.update(begun_at=at(2, 9, 0)))
    ScheduleRun.objects.create(name="other", begun_at=at(1, 12, 0))
    schedules._schedules = dict(sorted(schedules._schedules.items(), key=lambda each: each[0] != "other"))
    assert schedules.do_what_is_due(at(2, 9, 0)) == 1
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_the_runner_stops_at_once():
    runner = schedules.Runner()
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
