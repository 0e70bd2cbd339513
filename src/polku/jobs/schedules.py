"""Work that is done every day at its time, once, whether or not the server ran just then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import close_old_connections
from django.utils import timezone

from polku.jobs.models import ScheduleRun

logger = logging.getLogger(__name__)
_LOOKS_EVERY = 20.0  # seconds


@dataclass(frozen=True)
class Schedule:
    """`work` is done daily at `at`, a time of day where the company is (TIME_ZONE)."""

    name: str
    at: time
    work: Callable[[], object]

    def newest_moment(self, now: datetime) -> datetime:
        """When it was to be done last, seen from `now`."""
        today = datetime.combine(timezone.localtime(now).date(), self.at)
        moment = timezone.make_aware(today)
        return moment if moment <= now else timezone.make_aware(today - timedelta(days=1))


class Schedules:
    """Daily work by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Schedule] = {}

    def register(self, name: str, *, at: time, work: Callable[[], object]) -> None:
        """Have `work` done every day; the rooms above do so when the program starts. A name is kept from then on."""
        self._by_name[name] = Schedule(name, at, work)

    def do_what_is_due(self, now: datetime | None = None) -> int:
        """Do, one after another, all whose time has come since they were done last; how many succeeded.

        What the program never knew before waits for its first time. A failure is logged and waits for the next day.
        """
        now = now or timezone.now()
        succeeded = 0
        for schedule in list(self._by_name.values()):
            run, is_new = ScheduleRun.objects.get_or_create(name=schedule.name, defaults={"begun_at": now})
            if is_new or run.begun_at >= schedule.newest_moment(now):
                continue
            if not ScheduleRun.objects.filter(pk=run.pk, begun_at=run.begun_at).update(begun_at=now):
                continue  # another has begun it
            try:
                schedule.work()
            except Exception:
                logger.exception("the daily work %s failed; it is tried again tomorrow", schedule.name)
            else:
                succeeded += 1
        return succeeded


_program = Schedules()
register, do_what_is_due = _program.register, _program.do_what_is_due


class Runner(threading.Thread):
    """The server's thread that does daily work until `stop` is called."""

    def __init__(self) -> None:
        super().__init__(name="polku-schedules", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                close_old_connections()
                do_what_is_due()
            except Exception:
                # The database may be away for a moment; the schedules must outlive that.
                logger.exception("the schedules stumbled; they go on")
            self._stopping.wait(_LOOKS_EVERY)
        close_old_connections()

    def stop(self, timeout: float = 10) -> None:
        """Begin nothing more; what is under way ends with the store that it works on."""
        self._stopping.set()
        self.join(timeout)
