"""Jobs are worked once, survive a crash, and give up after three tries."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from polku.jobs import queue, registry
from polku.jobs.models import Job


@pytest.fixture
def worked():
    """What the test's own handler has done."""
    done: list[tuple[int, dict]] = []

    def handler(workspace_id, payload, progress):
        progress(1, 2)
        if payload.get("fails"):
            raise RuntimeError("planned")
        done.append((workspace_id, payload))
        progress(2, 2)

    registry.register("test", handler)
    return done


def test_a_job_is_worked_and_its_progress_kept(db, worked):
    job = queue.enqueue(kind="test", workspace_id=7, payload={"a": 1})
    assert queue.work_off() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts) == ("done", 2, 2, 1)
    assert worked == [(7, {"a": 1})]


def test_an_equal_job_that_waits_is_not_queued_twice(db, worked):
    first = queue.enqueue(kind="test", workspace_id=7, payload={"a": 1})
    assert queue.enqueue(kind="test", workspace_id=7, payload={"a": 1}) == first
    assert queue.enqueue(kind="test", workspace_id=8, payload={"a": 1}) != first
    assert queue.work_off() == 2


def test_a_claimed_job_is_nobody_elses(db):
    queue.enqueue(kind="test", workspace_id=7, payload={})
    assert queue.claim() is not None
    assert queue.claim() is None


def test_a_job_of_a_process_that_died_is_worked_again(db, worked):
    queue.enqueue(kind="test", workspace_id=7, payload={})
    queue.claim()
    assert queue.recover() == 1
    assert queue.work_off() == 1


def test_a_failing_job_is_tried_three_times_and_kept_with_its_reason(db, worked, caplog):
    queue.enqueue(kind="test", workspace_id=7, payload={"fails": True})
    assert queue.work_off() == 0
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == ("failed", 3, "RuntimeError")
    assert "planned" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_runner_works_what_comes_in_and_stops(worked):
    runner = queue.Runner()
    runner.start()
    try:
        queue.enqueue(kind="test", workspace_id=7, payload={"a": 1})
        deadline = time.monotonic() + 5
        while not worked and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        runner.stop()
    assert worked == [(7, {"a": 1})]
    assert not runner.is_alive()


@pytest.mark.django_db(transaction=True)
def test_lanes_do_not_wait_for_each_other(worked):
    begun, ended = threading.Event(), threading.Event()

    def slow(workspace_id, payload, progress):
        begun.set()
        ended.wait(10)

    registry.register("test slow", slow, lane="test lane")
    runner = queue.Runner()
    runner.start()
    try:
        queue.enqueue(kind="test slow", workspace_id=7, payload={})
        assert begun.wait(5)
        queue.enqueue(kind="test", workspace_id=7, payload={"a": 1})
        deadline = time.monotonic() + 5
        while not worked and time.monotonic() < deadline:
            time.sleep(0.01)
        assert worked == [(7, {"a": 1})]
        assert Job.objects.get(kind="test slow").state == "running"
    finally:
        ended.set()
        runner.stop()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_stops_with_the_server_waits_for_the_next_and_counts_as_not_tried(worked):
    begun = threading.Event()

    def long(workspace_id, payload, progress):
        is_stopping = queue.stop_sign()
        begun.set()
        while not is_stopping():
            time.sleep(0.01)
        raise queue.Interrupted

    registry.register("test long", long)
    runner = queue.Runner()
    runner.start()
    queue.enqueue(kind="test long", workspace_id=7, payload={})
    assert begun.wait(5)
    runner.stop()
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == ("waiting", 0, "")


def test_a_job_that_kills_the_server_is_given_up_where_its_kind_can_be(db, worked, caplog):
    told = []
    registry.register("owed", registry.handler_of("test"))
    registry.register(
        "test", registry.handler_of("test"), give_up=lambda workspace, payload: told.append(payload)
    )
    for kind in ("test", "owed"):
        queue.enqueue(kind=kind, workspace_id=7, payload={"of": kind})
    put_back = []
    for _start in range(queue.ATTEMPTS):
        while queue.claim() is not None:
            pass  # and then the process ended
        put_back.append(queue.recover())
    assert put_back == [2, 2, 1]
    assert told == [{"of": "test"}]
    assert dict(Job.objects.values_list("kind", "state")) == {"test": "failed", "owed": "waiting"}
    assert "given up" in caplog.text


def test_a_job_that_cannot_be_told_of_waits_for_the_next_start(db, worked, caplog):
    def cannot(workspace, payload):
        raise OSError("planned")

    registry.register("test", registry.handler_of("test"), give_up=cannot)
    Job.objects.create(kind="test", workspace_id=7, state="running", attempts=queue.ATTEMPTS)
    assert queue.recover() == 1
    assert Job.objects.get().state == "waiting"


def test_what_ended_over_a_week_ago_is_forgotten(db):
    now = timezone.now()
    for state, days in (("done", 8), ("failed", 8), ("done", 6), ("waiting", 8)):
        Job.objects.create(kind="test", workspace_id=7, state=state, ended_at=now - timedelta(days=days))
    assert queue.forget_ended() == 2
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]
