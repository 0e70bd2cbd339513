"""From the outbox to the event store: what rooms told is brought there, in order, and removed when it is there."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

import pyarrow as pa
from django.db import close_old_connections, connections
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.eventstore.port import PERSON_KIND, SIGNAL_BATCH
from polku.eventstore.registry import hit_rules, store
from polku.jobs.giving_way import come_after_others
from polku.outbox import news
from polku.outbox.models import News

logger = logging.getLogger(__name__)
_MOST_ROWS = 2_000
_LOOKS_EVERY = 1.0
"""Seconds until it looks for what other processes told; what this one told wakes it."""
_GATHERS = 0.2
"""Seconds between two loads: answers that gather are cheaper than one transaction each."""
_LONGEST_PAUSE = 300.0
_SCHEMA = SIGNAL_BATCH.append(PERSON_KIND)


class Drainer:
    """Brings what waits, and remembers what could not be brought, to try that again ever more seldom.

    A row is removed after the store has it: one that is brought twice, because the process died in between, changes
    nothing. What cannot be loaded stays, is logged, and does not hold up the others but those that take back what it
    tells: brought before it, they would take back nothing, and it would come to stay.
    """

    def __init__(self) -> None:
        self._later: dict[int, _Later] = {}

    def drain(self) -> int:
        """Bring everything that waits and is not to be tried later; how many rows were brought."""
        brought = 0
        waiting = News.objects.order_by().values_list("workspace_id", flat=True).distinct()
        for workspace_id in sorted(waiting):
            brought += self._drain_workspace(workspace_id)
        return brought

    def _drain_workspace(self, workspace_id: int) -> int:
        with scopes_disabled():
            workspace = Workspace.objects.filter(pk=workspace_id).first()
        if workspace is None:
            News.objects.filter(workspace_id=workspace_id).delete()
            return 0
        brought, last = 0, 0
        while rows := list(News.objects.filter(workspace_id=workspace_id, pk__gt=last)[:_MOST_ROWS]):
            last = rows[-1].pk
            now = time.monotonic()
            due = [row for row in rows if row.pk not in self._later or self._later[row.pk].at <= now]
            # Rows of one source that follow each other make one transaction.
            for _origin, group in groupby(due, key=lambda row: row.payload["origin"]):
                brought += self._bring(workspace.key.hex, list(group))
        return brought

    def _bring(self, key: str, rows: list[News]) -> int:
        """Load the rows together, or where that fails fewer at a time; how many there were that could be."""
        rows = self._without_those_that_must_wait(rows)
        if not rows:
            return 0
        try:
            _load(key, rows)
        except Exception as error:
            # Neither text of the error nor of the row: both may quote what somebody answered.
            logger.error(
                "news of the outbox could not be loaded (%s rows): %s", len(rows), type(error).__name__
            )
            if len(rows) == 1:
                pause = (
                    min(2 * self._later[rows[0].pk].pause, _LONGEST_PAUSE)
                    if rows[0].pk in self._later
                    else 1.0
                )
                tells = frozenset(signal.message_id for signal in news.told(rows[0])[1])
                self._later[rows[0].pk] = _Later(time.monotonic() + pause, pause, tells)
                return 0
            half = len(rows) // 2
            return self._bring(key, rows[:half]) + self._bring(key, rows[half:])
        News.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for row in rows:
            self._later.pop(row.pk, None)
        return len(rows)

    def _without_those_that_must_wait(self, rows: list[News]) -> list[News]:
        """The rows but those that take back what an earlier one tells that could not be loaded: they are tried with
        it."""
        if not self._later:
            return rows
        together = {row.pk for row in rows}
        late = {
            message_id: later.at
            for pk, later in self._later.items()
            if pk not in together
            for message_id in later.tells
        }
        free = []
        for row in rows:
            _origin, told, taken_back = news.told(row)
            if not any(message_id in late for message_id in taken_back):
                free.append(row)
                continue
            at = max(late[message_id] for message_id in taken_back if message_id in late)
            tells = frozenset(signal.message_id for signal in told)
            self._later[row.pk] = _Later(at, 1.0, tells)
            late.update(dict.fromkeys(tells, at))
        return free


@dataclass(frozen=True)
class _Later:
    at: float  # by the monotonic clock
    pause: float
    tells: frozenset[str]
    """Message ids."""


def drain() -> int:
    """Bring everything that waits, here and now; how many rows were brought. For commands without a server."""
    return Drainer().drain()


def _load(key: str, rows: Sequence[News]) -> None:
    """One transaction. What a row tells and a later one takes back never comes to the store."""
    origin = ""
    signals: dict[str, news.Signal] = {}
    withdrawn: dict[str, None] = {}
    for row in rows:
        origin, told, taken_back = news.told(row)
        for message_id in taken_back:
            signals.pop(message_id, None)
            withdrawn[message_id] = None
        for signal in told:
            signals.setdefault(signal.message_id, signal)
    store().load_signals(
        key, _table(list(signals.values())), rules=hit_rules(key), origin=origin, withdrawn=list(withdrawn)
    )


def _table(signals: Sequence[news.Signal]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        each.name: [getattr(signal, each.name) for signal in signals] for each in fields(news.Signal)
    }
    columns["properties"] = [
        json.dumps(given, ensure_ascii=False) if given else None for given in columns["properties"]
    ]
    for name in SIGNAL_BATCH.names:
        columns.setdefault(name, [None] * len(signals))
    return pa.table([pa.array(columns[field.name], field.type) for field in _SCHEMA], schema=_SCHEMA)


class Drain(threading.Thread):
    """The server's thread that drains the outbox until `stop` is called."""

    def __init__(self) -> None:
        super().__init__(name="polku-outbox", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        come_after_others()
        drainer = Drainer()
        try:
            while not self._stopping.is_set():
                news.wake.wait(_LOOKS_EVERY)
                news.wake.clear()
                try:
                    close_old_connections()
                    drainer.drain()
                except Exception as error:
                    # The database may be away for a moment; what was told must outlive that.
                    logger.error("the outbox stumbled: %s; it goes on", type(error).__name__)
                    self._stopping.wait(_LOOKS_EVERY)
                self._stopping.wait(_GATHERS)
        finally:
            connections.close_all()

    def stop(self, timeout: float = 10) -> None:
        """End after the transaction under way; what waits stays in the outbox."""
        self._stopping.set()
        news.wake.set()
        if self.ident is not None:
            self.join(timeout)
