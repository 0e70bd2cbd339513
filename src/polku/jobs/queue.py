"""The one queue: work is put in with the change that needs it, claimed by a conditional UPDATE, and tried thrice."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from polku.jobs.models import Job
from polku.jobs.registry import handler_of

logger = logging.getLogger(__name__)
ATTEMPTS = 3
_PROGRESS_EVERY = 0.3
_KEPT = timedelta(days=7)
wake = threading.Event()
"""Set when a job was put in; the runner of this process waits for it."""


def enqueue(*, kind: str, workspace_id: int, payload: dict[str, Any]) -> Job:
    """Put a job in the queue, in the caller's transaction; an equal one that still waits is returned instead."""
    job = Job.objects.filter(
        kind=kind, workspace_id=workspace_id, payload=payload, state=Job.State.WAITING
    ).first()
    if job is None:
        job = Job.objects.create(kind=kind, workspace_id=workspace_id, payload=payload)
    transaction.on_commit(wake.set)
    return job


def claim() -> Job | None:
    """Take the oldest waiting job, or None. Two claimers never get the same one."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("created_at", "pk")[:20]:
        won = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
            state=Job.State.RUNNING, started_at=timezone.now(), attempts=job.attempts + 1
        )
        if won:
            job.refresh_from_db()
            return job
    return None


def recover() -> int:
    """Put back what a process that died had claimed, and forget what ended long ago. Returns how many were put back.

    Called by the process that owns the event store, before it works: no other process runs jobs then.
    """
    Job.objects.filter(
        state__in=[Job.State.DONE, Job.State.FAILED], ended_at__lt=timezone.now() - _KEPT
    ).delete()
    return Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING)


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
    except Exception as error:
        logger.exception("job %s (%s) failed, attempt %s", job.pk, job.kind, job.attempts)
        state = Job.State.FAILED if job.attempts >= ATTEMPTS else Job.State.WAITING
        Job.objects.filter(pk=job.pk).update(state=state, error=type(error).__name__, ended_at=timezone.now())
        return False
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, error="", ended_at=timezone.now())
    return True


def work_off() -> int:
    """Run what waits, here and now; returns how many jobs succeeded. For commands without a server."""
    succeeded = 0
    while (job := claim()) is not None:
        succeeded += work(job)
    return succeeded


class Runner(threading.Thread):
    """The server's thread that works the queue until `stop` is called."""

    def __init__(self) -> None:
        super().__init__(name="polku-jobs", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            wake.clear()
            try:
                close_old_connections()
                while not self._stopping.is_set() and (job := claim()) is not None:
                    work(job)
            except Exception:
                # The database may be away for a moment; the queue must outlive that.
                logger.exception("the job queue stumbled; it goes on")
            # Other processes put jobs in too and cannot set our event: look again now and then.
            wake.wait(timeout=2)
        close_old_connections()

    def stop(self, timeout: float = 10) -> None:
        self._stopping.set()
        wake.set()
        self.join(timeout)
