"""The port's questions about behaviour, on DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.port import Scope, Selector, SequenceRows, Unit


class BehaviourStore:
    """See `polku.eventstore.behaviour.BehaviourQuestions`."""

    _instance: Instance

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
        with self._instance.question(workspace) as session:
            return sequences.sequences(
                session, scope, selectors, unit=unit, others=others, breakdown=breakdown
            )

    def funnel(self, workspace: str, scope: Scope, asked: FunnelQuestion) -> Funnel:
        with self._instance.question(workspace) as session:
            return funnels.funnel(session, scope, asked)

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
        with self._instance.question(workspace) as session:
            return funnels.funnel_units_of_step(session, scope, asked, step=step, outcome=outcome, key=key)

    def paths(self, workspace: str, scope: Scope, asked: PathQuestion) -> Paths:
        with self._instance.question(workspace) as session:
            return paths.paths(session, scope, asked)

    def variants(self, workspace: str, scope: Scope, asked: PathQuestion) -> Variants:
        with self._instance.question(workspace) as session:
            return paths.variants(session, scope, asked)

    def retention(self, workspace: str, scope: Scope, asked: RetentionQuestion) -> Retention:
        with self._instance.question(workspace) as session:
            return retention.retention(session, scope, asked)

    def property_shares(
        self,
        workspace: str,
        scope: Scope,
        inside: Group,
        outside: Group,
        *,
        most_values: int = 20,
    ) -> list[PropertyShare]:
        with self._instance.question(workspace) as session:
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
        with self._instance.question(workspace) as session:
            return groups.next_signals(session, scope, person, after, top=top)
