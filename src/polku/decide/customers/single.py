"""What single customers are worth: by the models kept of all, and their own orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.accounts.models import Workspace
from polku.analytics.customers import Customers, customers, day_of, purchases
from polku.analytics.rfm import GROUPS, Rhythm, groups_of
from polku.decide.customers.choosing import USUAL, Choice
from polku.decide.customers.keeping import kept_customers
from polku.eventstore.registry import store
from polku.statistics import CustomerOutlook, PurchaseModel, SpendingModel, customer_outlook

_DRAWS_OF_MANY = 200


@dataclass(frozen=True)
class Models:
    """What was fitted to all customers, and on which terms."""

    purchases: PurchaseModel
    spending: SpendingModel
    rhythm: Rhythm
    margin: float
    has_margin: bool
    choice: Choice


@dataclass(frozen=True)
class SingleValue:
    """`purchases` so far (days with an order), the last of them on `last`; `outlook` None before a model was fitted."""

    person: int
    purchases: int
    last: dt.date
    spent_on_average: float | None
    group: str | None
    outlook: CustomerOutlook | None


def models_of(document: Mapping[str, Any], choice: Choice = USUAL) -> Models | None:
    """The models of a kept document; None where none were fitted."""
    clv = document.get("clv")
    if not clv or not clv["model"]:
        return None
    told, wide = clv["model"], clv["uncertainty"]
    return Models(
        purchases=PurchaseModel(
            told["r"],
            told["alpha"],
            told["a"],
            told["b"],
            told["log_likelihood"],
            clv["customers"],
            np.array(wide["purchases"], dtype=np.float64),
            _array(wide["purchase_draws"]),
        ),
        spending=SpendingModel(
            p=told["p"],
            q=told["q"],
            v=told["v"],
            log_likelihood=0.0,
            n=clv["repeat"]["count"],
            correlation=told["correlation"],
            covariance=np.array(wide["spending"], dtype=np.float64),
            sample=_array(wide["spending_draws"]),
        ),
        rhythm=rhythm_of_document(clv),
        margin=clv["margin"],
        has_margin=document["has_margin"],
        choice=choice,
    )


def _array(rows: list[list[float]] | None) -> NDArray[np.float64] | None:
    return None if rows is None else np.array(rows, dtype=np.float64)


def rhythm_of_document(clv: Mapping[str, Any]) -> Rhythm:
    told = clv["rhythm"]
    return Rhythm(told["soon"], told["late"], told["many"], told["gaps"])


def values_of(
    workspace: Workspace, people: Sequence[int], models: Models | None = None
) -> dict[int, SingleValue]:
    """Of those of `people` who bought, by number. One read of the store; without `models`, one of the database too."""
    if models is None:
        kept = kept_customers(workspace, USUAL)
        models = models_of(kept.document) if kept.document else None
    key = workspace.key.hex
    bought = purchases(
        store().orders_of(key, people), timezone=workspace.timezone, cancelled=workspace.cancelled_states
    )
    if not len(bought.day):
        return {}
    newest = store().state(key).data_as_of
    until = max(int(bought.day.max()), day_of(newest, workspace.timezone) if newest else 0)
    found = customers(bought, until=until)
    groups = groups_of(found, models.rhythm) if models else None
    draws = {"draws": _DRAWS_OF_MANY} if len(found) > 1 else {}
    return {
        int(found.person[place]): SingleValue(
            person=int(found.person[place]),
            purchases=int(found.frequency[place]) + 1,
            last=dt.date(1970, 1, 1) + dt.timedelta(days=int(found.first[place] + found.recency[place])),
            spent_on_average=_average(bought.value[bought.person == found.person[place]]),
            group=GROUPS[groups[place]] if groups is not None else None,
            outlook=_outlook(found, place, models, draws) if models else None,
        )
        for place in range(len(found))
    }


def _average(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _outlook(found: Customers, place: int, models: Models, draws: Mapping[str, int]) -> CustomerOutlook:
    # Who bought again for nothing that is known counts as one of whom nothing is known.
    mean = found.mean_value[place] if found.have_value[place] else models.spending.population_mean
    return customer_outlook(
        purchases=models.purchases,
        spending=models.spending,
        frequency=float(found.frequency[place]),
        recency=float(found.recency[place]),
        age=float(found.age[place]),
        mean_value=float(mean),
        margin=models.margin,
        discount=models.choice.discount,
        months=models.choice.months,
        month_length=models.choice.month_length,
        **draws,
    )
