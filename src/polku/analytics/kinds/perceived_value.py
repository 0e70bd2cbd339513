"""What customers get against what they give up, by the value survey or by answers that were brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.trend import INTERVALS
from polku.analytics.known import warn_of_property
from polku.analytics.listwise import Answers, Floats, Numbers, on_one_scale, read_answers
from polku.analytics.measures import Measure, read_measure
from polku.analytics.ranges import is_finished
from polku.eventstore import cancelling
from polku.eventstore.port import Interval
from polku.statistics import Estimate, PerceivedValue, perceived_value
from polku.statistics.drivers import least_n
from polku.statistics.perceived import DIMENSIONS

SIDES = ("benefit", "sacrifice")
ITEMS = tuple(f"{name}_{side}" for side in (*SIDES, "weight") for name in DIMENSIONS)
"""What is asked: four benefits, four sacrifices, four stated weights."""
_ASKED = 8  # without the weights, which may be missing
MOST_GROUPS = 50
MOST_POINTS = 400
TOUCHPOINT = "touchpoint"
_FULL: tuple[float, float] = (0, 10)


@dataclass(frozen=True)
class _Table:
    """One row for each set of answers given together: `items` (n, 12) and `outcome` (n,), NaN where there is none;
    `arrival` and `row` say of which signal is of which row."""

    items: Floats
    outcome: Floats
    person: Numbers
    time: Numbers
    arrival: Numbers
    row: Numbers

    def told(self, chosen: NDArray[np.bool_] | None = None, *, with_outcome: bool = False) -> PerceivedValue:
        """Of the chosen rows; ValueError where none of them is complete."""
        kept = slice(None) if chosen is None else chosen
        items = self.items[kept]
        return perceived_value(
            benefit=items[:, :4],
            sacrifice=items[:, 4:8],
            weights=items[:, 8:],
            outcome=self.outcome[kept] if with_outcome else None,
            people=self.person[kept],
        )

    @property
    def complete(self) -> NDArray[np.bool_]:
        return np.asarray(~np.isnan(self.items[:, :_ASKED]).any(axis=1))


def perceived(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"n", "people", "index", "ci", "dimensions", "stated_n", "derived_index", "derived_ci", "why_not_derived",
    "outcome", "outcome_n", "least_n", "found", "groups", "points"}.

    Each of "dimensions" is {"name", "benefit", "sacrifice", "net", "weight", "contribution", "derived_weight"}, figures
    {"value", "ci"} (or null), contributions in points of the index. "found" says of each question how many answers it
    has; "stated_n" how many of the complete answers stated weights. "groups" follow `breakdown` ("touchpoint" or a
    property), "points" `interval`.
    """
    named = _questions(query)
    measures = [Measure(item, question=named.get(item, item)) for item in ITEMS]
    asked = (
        read_measure(context, query["outcome"], field="outcome")
        if "outcome" in query
        else Measure("nps", metric="nps")
    )
    if asked.property_name:
        raise QueryError(_("The outcome is a score."), field="outcome")
    interval = (
        cast("Interval", values.choice(query["interval"], INTERVALS, field="interval"))
        if "interval" in query
        else None
    )
    by = context.breakdown.property if context.breakdown else ""
    if by and by != TOUCHPOINT:
        warn_of_property(context, by)
    properties = [by] if by and by != TOUCHPOINT else []
    answers = read_answers(context, context.scope, [*measures, asked], properties=properties)
    table = _table(context, measures, asked, answers)
    keys = _keys(context, measures, table, answers, by)
    answer = _whole(table)
    return {
        **answer,
        "outcome": asked.name,
        "found": {
            item: int(count) for item, count in zip(ITEMS, (~np.isnan(table.items)).sum(axis=0), strict=True)
        },
        "groups": _groups(context, table, keys, by),
        "points": _points(context, table, interval) if interval else [],
        "rows_scanned": len(answers.arrival),
    }


def _questions(query: Mapping[str, object]) -> dict[str, str]:
    given = query.get("questions")
    if given is None:
        return {}
    found = values.mapping(given, ITEMS, field="questions")
    return {item: values.text(name, field=f"questions.{item}") for item, name in found.items()}


def _table(context: QueryContext, measures: Sequence[Measure], outcome: Measure, answers: Answers) -> _Table:
    rows = answers.rows
    # Answers without a response that one person gave at one moment belong together.
    together = np.column_stack(
        [
            rows.response,
            np.where(rows.response < 0, rows.person, -1),
            np.where(rows.response < 0, rows.time, -1),
        ]
    )
    _keys, row = np.unique(together, axis=0, return_inverse=True) if len(together) else ([], rows.person)
    row = np.asarray(row, dtype=np.int64).reshape(-1)
    size = int(row.max(initial=-1)) + 1
    items = np.full((size, len(measures)), np.nan)
    for place, measure in enumerate(measures):
        kept, scale = on_one_scale(context, answers, answers.taken[:, place], measure.name)
        score = answers.score[kept]
        if place < _ASKED and scale is not None and scale != _FULL:
            score = 10 * (score - scale[0]) / (scale[1] - scale[0])
            context.warnings.append(
                format_lazy(
                    gettext_lazy("“{name}” was asked on {low}–{high}; it is stretched to 0–10."),
                    name=measure.question,
                    low=f"{scale[0]:g}",
                    high=f"{scale[1]:g}",
                )
            )
        # What is no benefit or weight at all counts as missing.
        score = np.where((score >= 0) & (score <= (10 if place < _ASKED else np.inf)), score, np.nan)
        items[row[kept], place] = score
    kept, _scale = on_one_scale(context, answers, answers.taken[:, -1], outcome.name)
    results = np.full(size, np.nan)
    results[row[kept]] = answers.score[kept]
    person, time = np.full((2, size), 0)
    person[row], time[row] = rows.person, rows.time
    return _Table(items, results, person, time, answers.arrival, row)


def _whole(table: _Table) -> Answer:
    complete = table.complete
    outcome_people = len(np.unique(table.person[complete & ~np.isnan(table.outcome)]))
    answer: Answer = {
        "n": int(complete.sum()),
        "people": len(np.unique(table.person[complete])),
        "stated_n": int((np.nan_to_num(table.items[complete, _ASKED:]).sum(axis=1) > 0).sum()),
        "outcome_n": outcome_people,
        "least_n": least_n(4),
        "index": None,
        "ci": None,
        "dimensions": [],
        "derived_index": None,
        "derived_ci": None,
        "why_not_derived": "too_few",
    }
    if complete.any():
        found = table.told(with_outcome=True)
        answer.update(_figures(found))
        if found.derived_index is not None:
            answer["derived_index"] = found.derived_index.value
            answer["derived_ci"] = _interval(found.derived_index)
            answer["why_not_derived"] = ""
        elif outcome_people >= least_n(4):
            answer["why_not_derived"] = "no_relation"
    return answer


def _figures(found: PerceivedValue) -> Answer:
    return {
        "index": found.index.value,
        "ci": _interval(found.index),
        "dimensions": [
            {
                "name": name,
                **{
                    part: _figure(getattr(dimension, part))
                    for part in ("benefit", "sacrifice", "net", "weight", "contribution", "derived_weight")
                },
            }
            for name, dimension in found.dimensions.items()
        ],
    }


def _figure(estimate: Estimate | None) -> dict[str, object] | None:
    return None if estimate is None else {"value": estimate.value, "ci": _interval(estimate)}


def _interval(estimate: Estimate) -> list[float] | None:
    return list(estimate.interval) if estimate.interval else None


def _keys(
    context: QueryContext, measures: Sequence[Measure], table: _Table, answers: Answers, by: str
) -> list[tuple[object, NDArray[np.bool_]]]:
    """(key, which rows) of the groups with most rows: a row at two touchpoints is in both groups."""
    if not by:
        return []
    if by == TOUCHPOINT:
        selectors = [selector for measure in measures for selector in measure.selectors]
        hits = context.store.answer_rows(context.key, context.scope, selectors, by_touchpoint=True)
        hits = hits.filter(pc.is_valid(hits["touchpoint"]))
        places = np.searchsorted(table.arrival, hits["arrival"].to_numpy())
        rows, keys = table.row[places], hits["touchpoint"].to_numpy()
    else:
        texts = answers.properties[0]
        has = pc.is_valid(texts).to_numpy()
        rows, keys = table.row[has], np.array(texts.filter(pc.is_valid(texts)).to_pylist(), dtype=object)
    kept = table.complete[rows]
    names, codes = np.unique(keys[kept], return_inverse=True)
    # Which rows are of which key, each once: a property may have as many values as there are answers.
    pairs = np.unique(np.column_stack([codes.reshape(-1), rows[kept]]), axis=0)
    counts = np.bincount(pairs[:, 0], minlength=len(names))
    largest = sorted(range(len(names)), key=lambda code: (-int(counts[code]), str(names[code])))
    found: list[tuple[object, NDArray[np.bool_]]] = []
    for code in largest[:MOST_GROUPS]:
        chosen = np.zeros(len(table.person), dtype=np.bool_)
        chosen[pairs[pairs[:, 0] == code, 1]] = True
        found.append((names[code : code + 1].tolist()[0], chosen))
    return found


def _groups(
    context: QueryContext, table: _Table, keys: Sequence[tuple[object, NDArray[np.bool_]]], by: str
) -> list[Answer]:
    groups = []
    for key, chosen in keys:
        cancelling.check()
        name, number = str(key), None
        if by == TOUCHPOINT and isinstance(key, int):
            touchpoint = resolvers.find_touchpoint(context.workspace, key)
            name, number = touchpoint.name if touchpoint else str(key), key
        group: Answer = {"key": name, "touchpoint": number, "n": int(chosen.sum())}
        groups.append({**group, **_figures(table.told(chosen))})
    return groups


def _points(context: QueryContext, table: _Table, interval: Interval) -> list[Answer]:
    times = pa.array(table.time, pa.int64()).cast(pa.timestamp("us", "UTC"))
    local = pc.local_timestamp(times.cast(pa.timestamp("us", context.scope.timezone)))
    starts = pc.floor_temporal(local, unit=interval).cast(pa.date32()).cast(pa.int32()).to_numpy()
    complete = table.complete
    limits = (context.scope.start, context.scope.end)
    points = []
    for number in np.unique(starts[complete])[-MOST_POINTS:].tolist():
        cancelling.check()
        chosen = complete & (starts == number)
        found = table.told(chosen)
        start = date(1970, 1, 1) + timedelta(days=number)
        whole = is_finished(start, interval, context.scope.timezone, limits, context.state.data_as_of)
        points.append(
            {
                "start": start.isoformat(),
                "n": int(chosen.sum()),
                "index": found.index.value,
                "ci": _interval(found.index),
                "complete": whole,
            }
        )
    return points


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The touchpoints' names, where they stand in the answer."""
    return repr(resolvers.touchpoint_names(context.workspace)) if TOUCHPOINT in repr(query) else ""


register(
    Kind(
        name="perceived_value",
        fields=("questions", "outcome", "interval"),
        run=perceived,
        breakdown=True,
        version=_version,
    )
)
