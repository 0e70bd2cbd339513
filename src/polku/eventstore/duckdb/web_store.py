"""The overview of a website on DuckDB, and the memory that lets clicks through it be quick."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock

from polku.eventstore.duckdb import versions
from polku.eventstore.duckdb.bookkeeping import hour_of
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.web_counts import count_visits
from polku.eventstore.duckdb.web_visits import Visits, read_visits
from polku.eventstore.port import Scope, SignalKind
from polku.eventstore.web import WebOverview, WebQuestion

KEPT_BYTES = 192 * 2**20


class VisitMemory:
    """Visits of ranges read lately, by all that they depend on; the ones asked for longest ago go first."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple[str, Hashable], Visits] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, workspace: str, about: Hashable) -> Visits | None:
        key = (workspace, about)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, workspace: str, about: Hashable, visits: Visits) -> None:
        key = (workspace, about)
        if visits.size > self._most:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = visits
            self._size += visits.size - (before.size if before else 0)
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size

    def forget(self, workspace: str) -> None:
        """Forget everything of a workspace."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == workspace]:
                self._size -= self._kept.pop(key).size

    @property
    def size(self) -> int:
        """Bytes kept, about."""
        return self._size


class WebStore:
    """The part of DuckDBStore that answers `WebQuestions`."""

    _instance: Instance
    _visits: VisitMemory

    def web_overview(
        self, workspace: str, scope: Scope, question: WebQuestion, *, version: int | None = None
    ) -> WebOverview:
        about = (repr(scope), question.searches)
        visits = None if version is None else self._visits.find(workspace, (version, *about))
        if visits is None:
            with self._instance.question(workspace, "web_overview") as session:
                visits = read_visits(session, scope, question.searches)
                read = versions.state(session).version
            # Newer than asked for is good too, and what is asked for is what the next click names.
            self._visits.keep(workspace, (read if version is None else version, *about), visits)
        return count_visits(visits, question, scope.timezone)

    def visitors_since(self, workspace: str, since: datetime) -> int:
        with self._instance.glance(workspace) as session:
            return _visitors_since(session, since)


def _visitors_since(session: Session, since: datetime) -> int:
    """What was sent at `since` cannot have arrived long before: the sender's clock is corrected when it is received."""
    (count,) = session.row(
        f"""SELECT count(DISTINCT person) FROM {session.db}.signal
        WHERE time >= $since AND kind = {int(SignalKind.EVENT)} AND url IS NOT NULL
            AND arrival >= (SELECT coalesce(max(first_arrival), 0) FROM {session.db}.received_hour
                WHERE hour <= $hour)""",
        {"since": since, "hour": hour_of(since - timedelta(hours=1))},
    )
    return int(count)
