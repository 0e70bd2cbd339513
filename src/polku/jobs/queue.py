"""The one queue: work is put in with the change that needs it, claimed by a conditional UPDATE, and tried thrice.

Its lanes are worked beside each other, so that nothing waits for an import of a large file but the next import.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from polku.jobs.models import Job
from polku.jobs.registry import GiveUp, handler_of, kinds_beside, lanes, ways_to_give_up

logger = logging.getLogger(__name__)
ATTEMPTS = 3
_PROGRESS_EVERY = 0.3
_KEPT = timedelta(days=7)
_CHUNK = 500


class Interrupted(Exception):
    """Raised by a handler that was told to stop: its job waits, and goes on when the server is started again."""


_waiting: set[threading.Event] = set()  # of the runners of this process


def wake() -> None:
    """Let the runners of this process look for work at once."""
    for event in list(_waiting):
        event.set()


def enqueue(*, kind: str, workspace_id: int, payload: dict[str, Any]) -> Job:
    """Put a job in the queue, in the caller's transaction; an equal one that still waits is returned instead."""
    job = Job.objects.filter(
        kind=kind, workspace_id=workspace_id, payload=payload, state=Job.State.WAITING
    ).first()
    if job is None:
        job = Job.objects.create(kind=kind, workspace_id=workspace_id, payload=payload)
    transaction.on_commit(wake)
    return job


def claim(lane: str | None = None) -> Job | None:
    """Take the oldest waiting job of the lane (None: of any), or None. Two claimers never get the same one."""
    waiting = Job.objects.filter(state=Job.State.WAITING)
    if lane is not None:
        waiting = waiting.exclude(kind__in=kinds_beside(lane))
    for job in waiting.order_by("created_at", "pk")[:20]:
        won = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
            state=Job.State.RUNNING, started_at=timezone.now(), attempts=job.attempts + 1
        )
        if won:
            job.refresh_from_db()
            return job
    return None


def forget_ended() -> int:
    """Daily, and at each start: delete jobs that ended over a week ago; how many."""
    ended = Job.objects.filter(
        state__in=[Job.State.DONE, Job.State.FAILED], ended_at__lt=timezone.now() - _KEPT
    )
    forgotten = 0
    while numbers := list(ended.values_list("pk", flat=True)[:_CHUNK]):
        forgotten += Job.objects.filter(pk__in=numbers).delete()[0]
    return forgotten


def recover() -> int:
    """Put back what a process that died had claimed, and forget what ended long ago. Returns how many were put back.

    What was claimed ATTEMPTS times may itself be what kills the server: it is given up where its kind can be. Each is
    given up in a transaction of its own. Called by the process that owns the event store, before it works: no other
    process runs jobs then.
    """
    forget_ended()
    can_give_up = ways_to_give_up()
    for job in Job.objects.filter(
        state=Job.State.RUNNING, attempts__gte=ATTEMPTS, kind__in=sorted(can_give_up)
    ):
        _give_up(job, can_give_up[job.kind])
    return Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING)


def _give_up(job: Job, tell: GiveUp) -> None:
    logger.error("job %s (%s) is given up: the server died under it %s times", job.pk, job.kind, job.attempts)
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk).update(
                state=Job.State.FAILED, error="ServerDied", ended_at=timezone.now()
            )
            tell(job.workspace_id, job.payload)
    except Exception:
        # The server must start all the same; the job is put back, and given up at a later start.
        logger.exception("job %s (%s) could not be given up", job.pk, job.kind)


def work(job: Job) -> bool:
    """Run a claimed job; True when it succeeded. A failure is logged and tried again up to ATTEMPTS times."""
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= _PROGRESS_EVERY:
            last = time.monotonic()
            Job.objects.filter(pk=job.pk).update(done=done, total=total)

    try:
        handler_of(job.kind)(job.workspace_id, job.payload, progress)
    except Interrupted:
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, attempts=job.attempts - 1)
        return False
    except Exception as error:
        logger.exception("job %s (%s) failed, attempt %s", job.pk, job.kind, job.attempts)
        state = Job.State.FAILED if job.attempts >= ATTEMPTS else Job.State.WAITING
        Job.objects.filter(pk=job.pk).update(state=state, error=type(error).__name__, ended_at=timezone.now())
        return False
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, error="", ended_at=timezone.now())
    return True


def stop_sign() -> Callable[[], bool]:
    """What tells, in any thread, whether the one that calls this is to stop: a job that may last asks now and then."""
    thread = threading.current_thread()
    return thread.is_told_to_stop if isinstance(thread, _Lane) else lambda: False


def work_off() -> int:
    """Run what waits, here and now; returns how many jobs succeeded. For commands without a server."""
    succeeded = 0
    while (job := claim()) is not None:
        succeeded += work(job)
    return succeeded


class Runner:
    """The server's threads, one a lane, that work the queue until `stop` is called."""

    def __init__(self) -> None:
        self._lanes = [_Lane(name) for name in lanes()]

    def start(self) -> None:
        for lane in self._lanes:
            lane.start()

    def stop(self, timeout: float = 10) -> None:
        for lane in self._lanes:
            lane.stop()
        self.join(timeout)

    def join(self, timeout: float | None = None) -> None:
        """Wait until all have ended, at most `timeout` seconds together."""
        until = None if timeout is None else time.monotonic() + timeout
        for lane in self._lanes:
            lane.join(None if until is None else max(0.0, until - time.monotonic()))

    def is_alive(self) -> bool:
        return any(lane.is_alive() for lane in self._lanes)


class _Lane(threading.Thread):
    def __init__(self, lane: str) -> None:
        super().__init__(name=f"polku-jobs-{lane}", daemon=True)
        self._lane = lane
        self._stopping = threading.Event()
        self._wake = threading.Event()

    def run(self) -> None:
        _waiting.add(self._wake)
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                close_old_connections()
                while not self._stopping.is_set() and (job := claim(self._lane)) is not None:
                    work(job)
            except Exception:
                # The database may be away for a moment; the queue must outlive that.
                logger.exception("the job queue stumbled; it goes on")
            # Other processes put jobs in too and cannot set our event: look again now and then.
            self._wake.wait(timeout=2)
        _waiting.discard(self._wake)
        close_old_connections()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def is_told_to_stop(self) -> bool:
        return self._stopping.is_set()
