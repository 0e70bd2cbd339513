"""What goes with an outcome, and how much: importance of scores and rates for a score or for buying again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.listwise import (
    Answers,
    Column,
    Floats,
    Rows,
    Scale,
    earlier,
    look_up,
    on_one_scale,
    property_column,
    read_answers,
)
from polku.analytics.measures import Measure, read_measure
from polku.analytics.ranges import parse_window
from polku.analytics.repurchases import REPURCHASE, repurchases
from polku.statistics import KeyDrivers, key_drivers, ranks_that_differ
from polku.statistics.drivers import MOST, least_n
from polku.statistics.resampling import bootstrap_blocks, parts_of_people

WITHIN = timedelta(days=90)
CAVEAT = "Importance is not causality: it says what goes with the outcome, not what moves it."
METHOD = "Johnson relative weights and LMG, standardised, complete rows; bootstrap over people"


@dataclass(frozen=True)
class _Outcome:
    """One row each: its `values`, and how many rows there were."""

    name: str
    rows: Rows
    values: Floats
    scale: Scale | None


def drivers(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"outcome", "r2", "p_value" (of R²), "n", "people", "drivers", "ranks_that_differ", "least_n", "refused",
    "within_days", "repurchase_days", "method", "caveat"}.

    A row is one answer to the outcome, or a purchase where the outcome is buying again. Each of "drivers" is {"name",
    "johnson", "ci" (of it), "lmg", "lmg_ci", "share" and "share_ci" (of R²), "coefficient" (standardised),
    "performance" (0–100 of the scale), "performance_ci", "performance_n", "mean", "scale", "link" (how its value was
    joined: response, order, person, property), "found" (rows with a value), "without" (complete rows if it were left
    out)}. With fewer than max(100, 20 p) people with complete rows, or drivers that do not vary or follow from each
    other, the importances and "r2" are null and "refused" is {"reason": "too_few" | "constant" | "dependent", "names"}.
    """
    given = values.sequence(query.get("drivers", ()), field="drivers", most=MOST)
    if "outcome" not in query or not given:
        raise QueryError(_("Give an “outcome” and at least one of “drivers”."), field="outcome")
    measures = [read_measure(context, data, field=f"drivers[{place}]") for place, data in enumerate(given)]
    if len({replace(measure, name="") for measure in measures}) < len(measures):
        raise QueryError(_("Each driver can stand there once only."), field="drivers")
    within = parse_window(query["within"], field="within") if "within" in query else WITHIN
    names = [measure.property_name for measure in measures if measure.property_name]
    asked, window = _asked_outcome(context, query["outcome"])
    if asked is None:
        outcome, texts, scanned = repurchases(context, window or WITHIN, names)
        answers = read_answers(context, replace(context.scope, start=None, end=None), measures)
        result = _Outcome(REPURCHASE, outcome.rows, outcome.values, (0, 1))
        is_driver = answers.taken
    else:
        scope = earlier(context.scope, within or WITHIN)
        answers = read_answers(context, scope, [*measures, asked], properties=names)
        is_driver = answers.taken[:, :-1]
        # What was chosen as a driver would explain itself.
        chosen = answers.taken[:, -1] & ~is_driver.any(axis=1)
        if context.scope.start is not None:
            chosen &= answers.rows.time >= np.datetime64(context.scope.start, "us").astype(np.int64)
        kept, scale = on_one_scale(context, answers, chosen, asked.name)
        places = np.flatnonzero(kept)
        rows = Rows(
            *(getattr(answers.rows, part)[places] for part in ("person", "order", "response", "time"))
        )
        result = _Outcome(asked.name, rows, answers.score[places], scale)
        texts = [column.take(places) for column in answers.properties]
        scanned = len(answers.arrival)
    found = _columns(
        context, measures, answers, is_driver, result, texts, within or WITHIN, strictly=asked is None
    )
    told = _told(context, result, found)
    return {
        **told,
        "within_days": (within or WITHIN) / timedelta(days=1),
        "repurchase_days": window / timedelta(days=1) if window else None,
        "method": METHOD,
        "caveat": CAVEAT,
        "rows_scanned": scanned,
    }


def _asked_outcome(context: QueryContext, data: object) -> tuple[Measure | None, timedelta | None]:
    """What is measured, or the days of buying again."""
    if isinstance(data, Mapping) and REPURCHASE in data:
        given = values.mapping(data, (REPURCHASE,), field="outcome")
        window = parse_window(given[REPURCHASE], field=f"outcome.{REPURCHASE}")
        return None, window
    measure = read_measure(context, data, field="outcome")
    if measure.property_name:
        raise QueryError(_("The outcome is a score, or “repurchase” with a time."), field="outcome")
    return measure, None


def _columns(
    context: QueryContext,
    measures: Sequence[Measure],
    answers: Answers,
    is_driver: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    outcome: _Outcome,
    texts: Sequence[pa.ChunkedArray],
    within: timedelta,
    *,
    strictly: bool,
) -> list[Column]:
    of_rows = iter(texts)
    return [
        property_column(measure, next(of_rows))
        if measure.property_name
        else look_up(
            context,
            measure,
            answers,
            is_driver[:, place],
            outcome.rows,
            within=within,
            enough=least_n(len(measures)),
            strictly_before=strictly,
        )
        for place, measure in enumerate(measures)
    ]


def _told(context: QueryContext, outcome: _Outcome, columns: Sequence[Column]) -> Answer:
    x = np.column_stack([column.values for column in columns])
    present = ~np.isnan(x)
    complete = present.all(axis=1)
    n, people = int(complete.sum()), len(np.unique(outcome.rows.person[complete]))
    refused: dict[str, object] | None = None
    fitted: KeyDrivers | None = None
    least = least_n(len(columns))
    names = [column.measure.name for column in columns]
    if people < least:
        refused = {"reason": "too_few", "names": []}
    else:
        table = np.column_stack([x[complete], outcome.values[complete]])
        still = [
            name
            for name, spread in zip([*names, outcome.name], np.ptp(table, axis=0), strict=True)
            if not spread
        ]
        if still:
            refused = {"reason": "constant", "names": still}
        else:
            try:
                fitted = key_drivers(x=table[:, :-1], y=table[:, -1], people=outcome.rows.person[complete])
            except ValueError:
                refused = {"reason": "dependent", "names": []}
    rows = [
        {
            "name": column.measure.name,
            **_importance(fitted, place),
            **_performance(column, outcome.rows),
            "scale": list(column.scale) if column.scale else None,
            "link": column.link,
            "found": column.found,
            "without": int(np.delete(present, place, axis=1).all(axis=1).sum()),
        }
        for place, column in enumerate(columns)
    ]
    return {
        "outcome": {
            "name": outcome.name,
            "n": len(outcome.values),
            "mean": float(outcome.values.mean()) if len(outcome.values) else None,
            "scale": list(outcome.scale) if outcome.scale else None,
        },
        "r2": fitted.r2 if fitted else None,
        "p_value": fitted.p_value if fitted else None,
        "n": n,
        "people": people,
        "drivers": rows,
        "ranks_that_differ": [list(pair) for pair in ranks_that_differ(fitted, names)] if fitted else [],
        "least_n": least,
        "refused": refused,
    }


def _importance(fitted: KeyDrivers | None, place: int) -> dict[str, object]:
    if fitted is None:
        return dict.fromkeys(("johnson", "ci", "lmg", "lmg_ci", "share", "share_ci", "coefficient"))
    parts = {"johnson": fitted.johnson, "lmg": fitted.lmg, "share": fitted.shares}
    told: dict[str, object] = {}
    for name, part in parts.items():
        has = part is not None and part.low is not None and part.high is not None
        interval = "ci" if name == "johnson" else f"{name}_ci"
        told[name] = float(part[place]) if part is not None else None
        told[interval] = [float(part.low[place]), float(part.high[place])] if has else None  # type: ignore[union-attr,index]
    told["coefficient"] = float(fitted.coefficients[place])
    return told


def _performance(column: Column, rows: Rows) -> dict[str, object]:
    """The mean of what was found, on its own scale and as 0–100 of it, with a bootstrap interval over people."""
    has = ~np.isnan(column.values)
    nothing: dict[str, object] = {
        "performance": None,
        "performance_ci": None,
        "performance_n": int(has.sum()),
    }
    if not has.any():
        return {**nothing, "mean": None}
    found = column.values[has]
    mean = float(found.mean())
    if column.scale is None:
        return {**nothing, "mean": mean}
    low, high = column.scale
    points = 100 * (found - low) / (high - low)
    whose = np.unique(rows.person[has], return_inverse=True)[1]
    parts = parts_of_people([points, np.ones(len(points))], whose, np.random.default_rng(0))
    estimate = bootstrap_blocks(sums=parts[:, 0], sizes=parts[:, 1])
    return {
        "performance": estimate.value,
        "performance_ci": list(estimate.interval) if estimate.interval else None,
        "performance_n": len(found),
        "mean": mean,
    }


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """Touchpoints' names stand in the answer; cancelled orders are no purchases."""
    names = resolvers.touchpoint_names(context.workspace) if "touchpoint" in repr(query) else []
    return repr((names, sorted(context.workspace.cancelled_states)))


register(Kind(name="drivers", fields=("outcome", "drivers", "within"), run=drivers, version=_version))
