"""What the customers of a segment are worth, by the models kept of all."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from polku.accounts.models import Workspace
from polku.analytics.cache import AnswerCache, Kept
from polku.analytics.customers import customers, day_of, purchases
from polku.decide.customers.single import Models
from polku.eventstore.port import Scope, SegmentRule
from polku.eventstore.registry import store
from polku.statistics import customer_lifetime_value, wilson

_DRAWS = 200
_cache = AnswerCache(2**20)


class SegmentValue(msgspec.Struct, frozen=True):
    """`people` who bought, `repeat` the share (0–1) of them who bought again, `alive` the mean probability of being a
    customer still, `mean` and `total` in money within the horizon; None where no model says it."""

    people: int
    repeat: float | None = None
    repeat_ci: tuple[float, float] | None = None
    alive: float | None = None
    mean: float | None = None
    mean_ci: tuple[float, float] | None = None
    total: float | None = None
    total_ci: tuple[float, float] | None = None


@dataclass(frozen=True)
class _Question:
    version: int
    rule: str
    models: str


def value_of_segment(workspace: Workspace, rule: SegmentRule, models: Models | None) -> SegmentValue:
    """Kept in this process until the data, the rule or the models change. Raises StoreError."""
    key = workspace.key.hex
    state = store().state(key)
    told = ""
    if models:
        spending = models.spending
        parameters = (*models.purchases.parameters, spending.p, spending.q, spending.v)
        told = repr((parameters, models.margin, models.choice))
    question = (key, _Question(state.version, repr((rule, workspace.cancelled_states)), told))

    def work_out() -> Kept:
        until = day_of(state.data_as_of, workspace.timezone) if state.data_as_of else 0
        return Kept(msgspec.json.encode(_count(workspace, rule, models, until)), ())

    return msgspec.json.decode(_cache.get(question, work_out).body, type=SegmentValue)


def _count(workspace: Workspace, rule: SegmentRule, models: Models | None, until: int) -> SegmentValue:
    table = store().orders(workspace.key.hex, Scope(segment=rule, timezone=workspace.timezone))
    bought = purchases(table, timezone=workspace.timezone, cancelled=workspace.cancelled_states)
    if not len(bought.day):
        return SegmentValue(0)
    found = customers(bought, until=max(until, int(bought.day.max())))
    again = wilson(successes=int((found.frequency > 0).sum()), n=len(found))
    repeat = SegmentValue(len(found), again.value, (again.low, again.high))
    if models is None:
        return repeat
    value = customer_lifetime_value(
        purchases=models.purchases,
        spending=models.spending,
        frequency=found.frequency,
        recency=found.recency,
        age=found.age,
        mean_value=np.where(found.have_value, found.mean_value, models.spending.population_mean),
        margin=models.margin,
        discount=models.choice.discount,
        months=models.choice.months,
        month_length=models.choice.month_length,
        draws=_DRAWS,
    )
    alive = models.purchases.probability_alive(
        frequency=found.frequency, recency=found.recency, age=found.age
    )
    return msgspec.structs.replace(
        repeat,
        alive=float(np.mean(alive)),
        mean=value.mean.value,
        mean_ci=(value.mean.low, value.mean.high),
        total=value.total.value,
        total_ci=(value.total.low, value.total.high),
    )
