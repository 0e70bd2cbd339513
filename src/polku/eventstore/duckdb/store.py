"""The event store's port on DuckDB; each method opens a session and hands over to a module of this room."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from polku.eventstore.cancelling import QUESTION_SECONDS
from polku.eventstore.duckdb import (
    aggregates,
    answer_rows,
    bookkeeping,
    catalog,
    identity_reads,
    joins,
    people_reads,
    person_search,
    rejected_rows,
    rows,
    source_reads,
    timelines,
    trend_parts,
    unmerging,
    versions,
)
from polku.eventstore.duckdb.arrival_store import ArrivalStore
from polku.eventstore.duckdb.behaviour_store import BehaviourStore
from polku.eventstore.duckdb.buyer_store import BuyerStore
from polku.eventstore.duckdb.changes import Changes
from polku.eventstore.duckdb.column_memory import ColumnMemory
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.joining_store import JoiningStore
from polku.eventstore.duckdb.live_store import LiveStore
from polku.eventstore.duckdb.loading_store import LoadingStore
from polku.eventstore.duckdb.received import ReceivedStore
from polku.eventstore.duckdb.sales_store import SalesStore
from polku.eventstore.duckdb.snapshots import SnapshotStore
from polku.eventstore.duckdb.web_store import VisitMemory, WebStore
from polku.eventstore.persons import Identity, JoinRate, Merge, Profile, RefusedLink
from polku.eventstore.port import (
    CatalogEntry,
    CatalogKind,
    Interval,
    Measure,
    Preview,
    Scope,
    Selector,
    SignalKind,
    StoreState,
    TrendPart,
)
from polku.eventstore.streams import (
    InboxPlace,
    RejectedGroup,
    RejectedRow,
    SourceState,
)


class DuckDBStore(
    ArrivalStore,
    BehaviourStore,
    BuyerStore,
    JoiningStore,
    LiveStore,
    LoadingStore,
    ReceivedStore,
    SalesStore,
    SnapshotStore,
    WebStore,
):
    """All workspaces' signals below `folder`, which one process opens at a time.

    `threads` defaults to one less than there are processors, `memory_limit` ("512MB") to half a gigabyte;
    `question_seconds` is when a question is stopped. Raises StoreError where another process has the folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        question_seconds: float = QUESTION_SECONDS,
    ) -> None:
        self._instance = Instance(
            folder, threads=threads, memory_limit=memory_limit, question_seconds=question_seconds
        )
        self._visits = VisitMemory()
        self._changes = Changes()
        self._columns = ColumnMemory(self._changes)
        self._states: dict[str, tuple[Hashable, StoreState]] = {}

    def create(self, workspace: str) -> None:
        self._instance.create(workspace)

    def drop(self, workspace: str) -> None:
        self._instance.drop(workspace)
        self._changes.forget(workspace)
        self._columns.forget(workspace)
        self._visits.forget(workspace)
        self._states.pop(workspace, None)

    def state(self, workspace: str) -> StoreState:
        # Every page asks, several times, and while nothing was written the answer is known.
        mark = self._instance.mark(workspace)
        kept = self._states.get(workspace)
        if kept is not None and kept[0] == mark:
            return kept[1]
        with self._instance.glance(workspace) as session:
            found = versions.state(session)
        self._states[workspace] = (mark, found)
        return found

    def stop(self) -> bool:
        """Take no more work and stop what is under way, as `close` does too; False where something goes on."""
        return self._instance.stop()

    def close(self) -> None:
        self._instance.close()

    def inbox_place(self, workspace: str) -> InboxPlace:
        with self._instance.glance(workspace) as session:
            return bookkeeping.inbox_place(session)

    def mend_rejected(self, workspace: str, changes: Sequence[tuple[str, str]]) -> int:
        with self._instance.write(workspace) as session:
            return rejected_rows.mend_rejected(session, changes)

    def forget_rejected(self, workspace: str, ids: Sequence[str]) -> int:
        with self._instance.write(workspace) as session:
            return rejected_rows.forget_rejected(session, ids)

    def put_aside_rejected(self, workspace: str, ids: Sequence[str], *, at: datetime) -> int:
        with self._instance.write(workspace) as session:
            return rejected_rows.put_aside_rejected(session, ids, at)

    def restore_rejected(self, workspace: str, *, put_aside_at: datetime) -> int:
        with self._instance.write(workspace) as session:
            return rejected_rows.restore_rejected(session, put_aside_at)

    def forget_put_aside(self, workspace: str, *, before: datetime) -> int:
        # Every night, of every workspace: nothing is written where nothing is to be forgotten.
        with self._instance.glance(workspace) as session:
            if not rejected_rows.has_put_aside(session, before):
                return 0
        with self._instance.write(workspace) as session:
            return rejected_rows.forget_put_aside(session, before)

    def catalog(
        self, workspace: str, what: CatalogKind, *, search: str = "", limit: int = 200
    ) -> list[CatalogEntry]:
        with self._instance.question(workspace, "catalog") as session:
            return catalog.catalog(session, what, search=search, limit=limit)

    def preview(self, workspace: str, selectors: Sequence[Selector], scope: Scope) -> Preview:
        with self._instance.question(workspace, "preview") as session:
            return catalog.preview(session, selectors, scope)

    def trend(
        self, workspace: str, scope: Scope, selector: Selector, interval: Interval, measure: Measure
    ) -> list[tuple[datetime, float]]:
        with self._question(workspace, "trend") as question:
            return aggregates.trend(question, scope, selector, interval, measure)

    def trend_parts(
        self,
        workspace: str,
        scope: Scope,
        selector: Selector,
        interval: Interval,
        measure: Measure,
        breakdown: str,
        most: int,
    ) -> list[TrendPart]:
        with self._instance.question(workspace, "trend_parts") as session:
            return trend_parts.trend_parts(session, scope, selector, interval, measure, breakdown, most)

    def scores(
        self,
        workspace: str,
        scope: Scope,
        metric: str,
        *,
        interval: Interval | None,
        group_by: Sequence[str],
    ) -> pa.Table:
        with self._instance.question(workspace, "scores") as session:
            return aggregates.scores(session, scope, metric, interval=interval, group_by=group_by)

    def asked(self, workspace: str) -> pa.Table:
        with self._instance.question(workspace, "asked") as session:
            return answer_rows.asked(session)

    def answer_rows(
        self,
        workspace: str,
        scope: Scope,
        selectors: Sequence[Selector],
        *,
        properties: Sequence[str] = (),
        by_touchpoint: bool = False,
    ) -> pa.Table:
        with self._instance.question(workspace, "answer_rows") as session:
            return answer_rows.answer_rows(
                session, scope, selectors, properties=properties, by_touchpoint=by_touchpoint
            )

    def hits(self, workspace: str, scope: Scope, touchpoints: Sequence[int]) -> pa.Table:
        with self._instance.question(workspace, "hits") as session:
            return rows.hits(session, scope, touchpoints)

    def orders(self, workspace: str, scope: Scope) -> pa.Table:
        with self._instance.question(workspace, "orders") as session:
            return rows.orders(session, scope)

    def comments(
        self, workspace: str, scope: Scope, touchpoint: int, *, limit: int = 50, search: str = ""
    ) -> pa.Table:
        with self._instance.question(workspace, "comments") as session:
            return rows.comments(session, scope, touchpoint, limit=limit, search=search)

    def people(self, workspace: str, people: Sequence[int]) -> pa.Table:
        with self._instance.question(workspace, "people") as session:
            return people_reads.people(session, people)

    def traits(self, workspace: str, scope: Scope) -> pa.Table:
        with self._instance.question(workspace, "traits") as session:
            return people_reads.traits(session, scope)

    def sources(self, workspace: str) -> list[SourceState]:
        with self._instance.glance(workspace) as session:
            return source_reads.sources(session)

    def source_counts(self, workspace: str, since: datetime) -> pa.Table:
        with self._instance.glance(workspace) as session:
            return source_reads.source_counts(session, since)

    def rejected(
        self,
        workspace: str,
        *,
        origin: str | None = None,
        reason: str | None = None,
        ids: Sequence[str] | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[RejectedRow]:
        with self._instance.glance(workspace) as session:
            return source_reads.rejected(
                session, origin=origin, reason=reason, ids=ids, limit=limit, offset=offset
            )

    def rejected_groups(self, workspace: str) -> list[RejectedGroup]:
        with self._instance.glance(workspace) as session:
            return source_reads.rejected_groups(session)

    def recent(self, workspace: str, *, origin: str | None = None, limit: int = 20) -> pa.Table:
        with self._instance.question(workspace, "recent") as session:
            return source_reads.recent(session, origin=origin, limit=limit)

    def find_people(
        self,
        workspace: str,
        *,
        search: str = "",
        is_known: bool | None = None,
        limit: int = 50,
        offset: int = 0,
        scope: Scope | None = None,
    ) -> pa.Table:
        with self._instance.question(workspace, "find_people") as session:
            return person_search.find_people(
                session, search=search, is_known=is_known, limit=limit, offset=offset, scope=scope
            )

    def profile(self, workspace: str, person: int) -> Profile | None:
        with self._instance.question(workspace, "profile") as session:
            return timelines.profile(session, person)

    def timeline(
        self,
        workspace: str,
        person: int,
        *,
        kinds: Sequence[SignalKind] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> pa.Table:
        with self._instance.question(workspace, "timeline") as session:
            return timelines.timeline(session, person, kinds=kinds, limit=limit, offset=offset)

    def identities(self, workspace: str, person: int) -> list[Identity]:
        with self._instance.question(workspace, "identities") as session:
            return identity_reads.identities(session, person)

    def person_now(self, workspace: str, person: int) -> int | None:
        with self._instance.glance(workspace) as session:
            return identity_reads.person_now(session, person)

    def merges(self, workspace: str, person: int) -> list[Merge]:
        with self._instance.glance(workspace) as session:
            return identity_reads.merges(session, person)

    def leaving(self, workspace: str, merge: int) -> list[str]:
        with self._instance.glance(workspace) as session:
            return unmerging.leaving(session, merge)

    def refused_links(self, workspace: str, *, limit: int = 100) -> list[RefusedLink]:
        with self._instance.glance(workspace) as session:
            return identity_reads.refused_links(session, limit=limit)

    def join_rates(self, workspace: str, scope: Scope) -> list[JoinRate]:
        with self._instance.question(workspace, "join_rates") as session:
            return joins.join_rates(session, scope)

    def unjoined(
        self, workspace: str, scope: Scope, origin: str, kind: SignalKind, *, limit: int = 20
    ) -> pa.Table:
        with self._instance.question(workspace, "unjoined") as session:
            return joins.unjoined(session, scope, origin, kind, limit=limit)
