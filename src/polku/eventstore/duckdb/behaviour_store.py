"""The port's questions about behaviour, on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
from django.utils.translation import get_language, override
from numpy.typing import NDArray

from polku.eventstore import cancelling
from polku.eventstore.behaviour import (
    Funnel,
    FunnelQuestion,
    Group,
    NextSignal,
    Outcome,
    PathQuestion,
    Paths,
    PropertyShare,
    Retention,
    RetentionQuestion,
    StepUnits,
    Variants,
)
from polku.eventstore.duckdb import funnels, groups, paths, retention, sequences
from polku.eventstore.duckdb.column_memory import ColumnMemory
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.question import Question
from polku.eventstore.port import Scope, Selector, SequenceRows, Unit


class BehaviourStore:
    """See `polku.eventstore.behaviour.BehaviourQuestions`."""

    _instance: Instance
    _columns: ColumnMemory

    @contextmanager
    def _question(self, workspace: str, work: str) -> Iterator[Question]:
        with self._instance.question(workspace, work) as session:
            yield Question(
                session,
                columns=partial(self._columns.of, workspace, session),
                pause=_pause_of(cancelling.current()),
                threads=self._instance.threads,
            )

    def sequences(
        self,
        workspace: str,
        scope: Scope,
        selectors: Sequence[Selector],
        *,
        unit: Unit,
        others: bool,
        breakdown: str | None = None,
    ) -> SequenceRows:
        with self._instance.question(workspace, "sequences") as session:
            return sequences.sequences(
                session, scope, selectors, unit=unit, others=others, breakdown=breakdown
            )

    def funnel(self, workspace: str, scope: Scope, asked: FunnelQuestion) -> Funnel:
        with self._question(workspace, "funnel") as question:
            return funnels.funnel(question, scope, asked)

    def funnel_units(
        self,
        workspace: str,
        scope: Scope,
        asked: FunnelQuestion,
        *,
        step: int,
        outcome: Outcome,
        key: str | None = None,
    ) -> StepUnits:
        with self._question(workspace, "funnel") as question:
            return funnels.funnel_units_of_step(question, scope, asked, step=step, outcome=outcome, key=key)

    def paths(self, workspace: str, scope: Scope, asked: PathQuestion) -> Paths:
        with self._question(workspace, "paths") as question:
            return paths.paths(question, scope, asked)

    def variants(self, workspace: str, scope: Scope, asked: PathQuestion) -> Variants:
        with self._question(workspace, "variants") as question:
            return paths.variants(question, scope, asked)

    def retention(self, workspace: str, scope: Scope, asked: RetentionQuestion) -> Retention:
        with self._question(workspace, "retention") as question:
            return retention.retention(question, scope, asked)

    def property_shares(
        self,
        workspace: str,
        scope: Scope,
        inside: Group,
        outside: Group,
        *,
        most_values: int = 20,
    ) -> list[PropertyShare]:
        with self._instance.question(workspace, "property_shares") as session:
            return groups.property_shares(session, scope, inside, outside, most_values=most_values)

    def next_signals(
        self,
        workspace: str,
        scope: Scope,
        person: NDArray[np.int64],
        after: NDArray[np.int64],
        *,
        top: int = 10,
    ) -> list[NextSignal]:
        with self._instance.question(workspace, "next_signals") as session:
            return groups.next_signals(session, scope, person, after, top=top)


def _pause_of(asked: cancelling.Asking | None) -> Callable[[], None]:
    """What kernels call: the threads that they work in know by themselves neither who asks nor in which language."""
    check, language = cancelling.check if asked is None else asked.check, get_language()

    def pause() -> None:
        with override(language):
            check()

    return pause
