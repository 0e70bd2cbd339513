"""The writes of signals, orders, people and hits, on DuckDB: part of the store, beside `store.py`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polku.eventstore.duckdb import bookkeeping, hits, orders, people, signals, stream, unmerging
from polku.eventstore.duckdb.changes import Changes, nothing
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.noted_writes import change_since, first_numbers, noted_write
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.port import HitRule, Loaded, Progress, Source
from polku.eventstore.streams import StreamBatch, StreamLoaded


class LoadingStore:
    """Implements `Loading` and the front door's loading. Each write notes in `_changes` what it changed, where it
    knows and it is not too much."""

    _instance: Instance
    _changes: Changes

    def load_signals(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule],
        origin: str | None = None,
        withdrawn: Sequence[str] = (),
        thing_digits: int = 0,
        progress: Progress | None = None,
    ) -> Loaded:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            loaded, change = signals.load_signals(
                session,
                source,
                rules=rules,
                origin=origin,
                withdrawn=withdrawn,
                thing_digits=thing_digits,
                progress=progress,
            )
            if change is not None:
                note(loaded.version, change)
            return loaded

    def load_orders(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule],
        lines: bool = False,
        origin: str | None = None,
        progress: Progress | None = None,
    ) -> Loaded:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            loaded, change = orders.load_orders(
                session, source, rules=rules, lines=lines, origin=origin, progress=progress
            )
            if change is not None:
                note(loaded.version, change)
            return loaded

    def load_people(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule] = (),
        origin: str | None = None,
        progress: Progress | None = None,
    ) -> Loaded:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            loaded, change = people.load_people(
                session, source, rules=rules, origin=origin, progress=progress
            )
            if change is not None:
                note(loaded.version, change)
            return loaded

    def note_import(self, workspace: str, *, origin: str, accepted: int, known: int) -> None:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            bookkeeping.note_import(session, origin, accepted=accepted, known=known)
            note(finish(session), nothing(*first_numbers(session)))

    def rebuild_hits(
        self,
        workspace: str,
        touchpoints: Sequence[int],
        rules: Sequence[HitRule],
        *,
        progress: Progress | None = None,
    ) -> None:
        rebuilt = frozenset(touchpoints)
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            hits.forget_hits(session, touchpoints)
            hits.find_hits(session, [rule for rule in rules if rule.touchpoint in rebuilt], progress=progress)
            note(finish(session), nothing(*first_numbers(session), touchpoints=rebuilt))

    def load_stream(self, workspace: str, batch: StreamBatch, *, rules: Sequence[HitRule]) -> StreamLoaded:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            loaded, change = stream.load_stream(session, batch, rules=rules)
            if change is not None:
                note(loaded.version, change)
            return loaded

    def unmerge(self, workspace: str, merge: int, *, rules: Sequence[HitRule]) -> int:
        with noted_write(self._instance, self._changes, workspace) as (session, note):
            first = first_numbers(session)
            back, stays = unmerging.unmerge(session, merge, rules=rules)
            moved = session.integers(
                f"SELECT order_key FROM {session.db}.orders WHERE person = $person", {"person": back}
            )
            (version,) = session.row(f"SELECT version FROM {session.db}.meta")
            note(version, change_since(session, first, people=[np.array([back, stays])], orders=moved))
            return back
