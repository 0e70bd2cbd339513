"""What one bad experience goes with: who buys again after a low score, against matched ones after a high score.

Matched are answers at the same touchpoint, to the same metric, in the same calendar month, of people with alike many
purchases and an alike last order before (decision 46). A statistical relation: what they were not matched by may
differ still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.accounts.models import Workspace
from polku.analytics.customers import Purchases, local_days, purchases
from polku.eventstore.port import Scope, Selector, SignalKind
from polku.eventstore.registry import store
from polku.statistics import Estimate, matched_difference
from polku.statistics.euros import Measured, euros_at_stake

ENOUGH = 30
"""People on each side who have somebody to be compared with: with fewer nothing is said."""
_LEAST_DAYS, _MOST_DAYS = 30, 180
_BANDS_OF_PURCHASES = (1, 2, 4)
_NOTHING = -1
_APART = np.int64(2**24)
"""Persons' days lie so far apart in one row of numbers."""
_DETRACTOR, _PROMOTER = 6, 9

Row = dict[str, Any]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def bad_experience(workspace: Workspace, clv: Mapping[str, Any]) -> Row:
    """{"days", "low" {"n", "again"}, "high" {…}, "difference", "ci", "p", "n", "is_clear", "cost" {"p10", "p50",
    "p90"} | null, "grade": "C", "refused": null | "answers" | "orders"}: the share that bought again within `days`
    after a low score minus that after a matched high one, and what that is of a customer's value.
    """
    rhythm = clv["rhythm"]
    days = int(min(max(rhythm["soon"], _LEAST_DAYS), _MOST_DAYS))
    result: Row = {"days": days, "grade": "C", "refused": None, "cost": None}
    key, timezone = workspace.key.hex, workspace.timezone
    bought = purchases(
        store().orders(key, Scope(timezone=timezone)), timezone=timezone, cancelled=workspace.cancelled_states
    )
    if not len(bought.day):
        return result | {"refused": "orders"}
    answers = store().answer_rows(
        key,
        Scope(timezone=timezone),
        [Selector(kinds=(SignalKind.SCORE,))],
        properties=["metric"],
        by_touchpoint=True,
    )
    sides = _sides(answers, bought, days=days, until=_day(clv["until"]), timezone=timezone)
    if sides is None:
        return result | {"refused": "answers"}
    low, high = sides.counts
    result |= {"low": low, "high": high}
    if min(low["n"], high["n"]) < ENOUGH:
        return result | {"refused": "answers"}
    told = sides.difference()
    result |= {
        "difference": told.value,
        "ci": [told.low, told.high],
        "p": told.p,
        "n": told.n,
        "is_clear": told.high < 0,
    }
    if clv["mean"] is not None and told.high < 0:
        result["cost"] = _cost(told, clv)
    return result


def _cost(told: Estimate, clv: Mapping[str, Any]) -> Row:
    """The lower share to buy again × what a customer is worth."""
    lost = Estimate(
        value=-told.value,
        low=-told.high,
        high=-told.low,
        n=told.n,
        method=told.method,
        standard_error=told.standard_error,
    )
    worth = Estimate(
        value=clv["mean"],
        low=clv["ci"][0],
        high=clv["ci"][1],
        n=clv["customers"],
        method="BG/NBD and Gamma-Gamma",
    )
    stake = euros_at_stake(
        factors={
            "lost_retention": Measured(lost),
            "lifetime_value": Measured(worth, least=0.0),
        },
        grade="C",
    )
    return {"p10": stake.p10, "p50": stake.p50, "p90": stake.p90}


@dataclass(frozen=True)
class _Sides:
    """Matched people: `group` of alike ones, `is_low`, and whether they bought `again`."""

    group: Integers
    is_low: NDArray[np.bool_]
    again: NDArray[np.bool_]

    @property
    def counts(self) -> tuple[Row, Row]:
        """(low, high): those who have somebody to be compared with."""
        number = int(self.group.max(initial=-1)) + 1
        lows = np.bincount(self.group[self.is_low], minlength=number)
        highs = np.bincount(self.group[~self.is_low], minlength=number)
        kept = ((lows > 0) & (highs > 0))[self.group]
        low, high = kept & self.is_low, kept & ~self.is_low
        return (
            {"n": int(low.sum()), "again": int(self.again[low].sum())},
            {"n": int(high.sum()), "again": int(self.again[high].sum())},
        )

    def difference(self) -> Estimate:
        """Low minus high, inside the groups."""
        number = int(self.group.max()) + 1

        def counted(chosen: NDArray[np.bool_]) -> Integers:
            return np.bincount(self.group[chosen], minlength=number)

        low, high = self.is_low, ~self.is_low
        return matched_difference(
            successes=(counted(high & self.again), counted(low & self.again)), n=(counted(high), counted(low))
        )


def _sides(answers: pa.Table, bought: Purchases, *, days: int, until: int, timezone: str) -> _Sides | None:
    """Each person's first answer that is low or high, with a purchase before it and all of the days after it seen."""
    person = _integers(answers["person"])
    day = local_days(answers["time"], timezone)
    metric = np.array(answers["p0"].to_pylist(), dtype=object)
    score, low, high = (
        answers[name].to_numpy(zero_copy_only=False).astype(np.float64)
        for name in ("score", "scale_low", "scale_high")
    )
    is_low, is_high = _low_and_high(metric, score, low, high)
    mark = bought.person * _APART + bought.day
    upto = np.searchsorted(mark, person * _APART + day, side="right")
    before = upto - np.searchsorted(mark, person * _APART)
    usable = (is_low | is_high) & (before > 0) & (day + days <= until)
    places = np.flatnonzero(usable)
    if not len(places):
        return None
    # One answer of each: the rows come in order of arrival.
    order = places[np.lexsort((places, day[places], person[places]))]
    first = order[np.append(True, person[order][1:] != person[order][:-1])]
    following = np.minimum(upto[first], len(mark) - 1)
    again = (
        (upto[first] < len(mark))
        & (bought.person[following] == person[first])
        & (bought.day[following] <= day[first] + days)
    )
    last_value = bought.value[upto[first] - 1]
    month = day[first].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    touchpoint = _integers(answers["touchpoint"].fill_null(_NOTHING))[first]
    scale = [f"{name} {a:g} {b:g}" for name, a, b in zip(metric[first], low[first], high[first], strict=True)]
    alike = np.column_stack(
        [
            np.unique(scale, return_inverse=True)[1].reshape(-1),
            touchpoint,
            month,
            np.searchsorted(_BANDS_OF_PURCHASES, before[first], side="right"),
            _thirds(last_value),
        ]
    )
    _groups, group = np.unique(alike, axis=0, return_inverse=True)
    return _Sides(group.reshape(-1).astype(np.int64), is_low[first], np.asarray(again))


def _low_and_high(
    metric: NDArray[np.object_], score: Floats, low: Floats, high: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """NPS has its own bounds; of other scales what lies below and above the middle. The middle is neither."""
    middle, half = (low + high) / 2, (high - low) / 2
    placed = np.divide(score - middle, half, out=np.zeros(len(score)), where=half > 0)
    is_nps = metric == "nps"
    return (
        np.where(is_nps, score <= _DETRACTOR, placed < 0),
        np.where(is_nps, score >= _PROMOTER, placed > 0),
    )


def _thirds(values: Floats) -> Integers:
    """The third that each value lies in; what is not known is a fourth."""
    known = ~np.isnan(values)
    if not known.any():
        return np.full(len(values), _NOTHING)
    edges = np.quantile(values[known], [1 / 3, 2 / 3])
    return np.where(known, np.searchsorted(edges, np.nan_to_num(values), side="right"), _NOTHING)


def _integers(column: pa.ChunkedArray) -> Integers:
    return column.to_numpy(zero_copy_only=False).astype(np.int64)


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days
