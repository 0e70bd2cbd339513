"""What people answered: NPS, CSAT, CES, smileys and likelihood to recommend, never pooled over scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics import resolvers, values
from polku.analytics.comparing import other_side, range_of, score_changes
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.trend import INTERVALS
from polku.analytics.known import warn_of_metric, warn_of_property
from polku.analytics.ranges import is_finished
from polku.eventstore.port import Interval
from polku.statistics import Estimate, benjamini_hochberg, ces, csat, nps, recommend, smiley

Scale = tuple[float, float] | None
"""(lowest, highest) answer; None where an answer came without its scale."""

Counts = dict[float, int]

MOST_GROUPS = 5
TOUCHPOINT = "touchpoint"


@dataclass(frozen=True)
class Rule:
    """How a metric is worked out on one scale: `name` goes with every figure."""

    name: str
    estimate: Callable[[Counts], Estimate]


def _nps(counts: Counts) -> Estimate:
    promoters = sum(number for answer, number in counts.items() if answer >= 9)
    detractors = sum(number for answer, number in counts.items() if answer <= 6)
    passives = sum(counts.values()) - promoters - detractors
    return nps(promoters=promoters, passives=passives, detractors=detractors)


RULES: dict[tuple[str, tuple[float, float]], Rule] = {
    ("nps", (0, 10)): Rule("promoters_minus_detractors", _nps),
    ("csat", (1, 5)): Rule("share_of_4_to_5", lambda counts: csat(counts=counts, scale=5)),
    ("csat", (1, 7)): Rule("share_of_6_to_7", lambda counts: csat(counts=counts, scale=7)),
    ("ces", (1, 7)): Rule("share_of_5_to_7", lambda counts: ces(counts=counts)),
    ("smiley", (1, 4)): Rule("mean_of_faces", lambda counts: smiley(counts=counts)),
}
METRICS = ("nps", "csat", "ces", "smiley", "recommend")


def rule_of(metric: str, scale: Scale) -> Rule | None:
    """The rule of `metric` on `scale`, None where the metric is not defined on it."""
    if scale is None:
        return None
    if metric == "recommend":
        low, high = scale
        if low.is_integer() and high.is_integer() and low < high:
            return Rule("mean", lambda counts: recommend(counts=counts, scale=(int(low), int(high))))
        return None
    return RULES.get((metric, scale))


GroupCounts = dict[tuple[tuple[object, ...], datetime | None, Scale], Counts]
"""Answers by (values of `group_by`, start of the period, scale)."""


def score(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"groups": [{"key", "start", "n", "value", "ci", "distribution", "mean", "scale", "rule", "complete"}]}.

    One group for each combination of `group_by`, period and scale: answers on different scales stand apart,
    with a warning, the scale with most answers first. `value` and `ci` are null where the metric is not
    defined on the scale, `ci` also for a bootstrap of fewer than 30 answers. `distribution` maps answer →
    number. Grouped by touchpoint, the key shows its name and "touchpoint" its number, which is null for answers
    that came with a touchpoint's name and are on no map. `rule` is a fixed word.

    With `compare`, which goes without `interval`, also "compared": {"range", "groups", "changes": [{"key", "scale",
    "difference", "ci", "p_value", "p_adjusted", "clear"}]} of the groups that both sides have, corrected by Benjamini
    and Hochberg.
    """
    metric = values.choice(query.get("metric"), METRICS, field="metric")
    interval = cast(
        "Interval | None",
        values.choice(query["interval"], INTERVALS, field="interval") if "interval" in query else None,
    )
    if interval is not None and context.compare is not None:
        raise QueryError(_("A comparison of scores goes without “interval”."), field="interval")
    group_by = _group_by(query)
    warn_of_metric(context, metric)
    for name in group_by:
        if name != TOUCHPOINT:
            warn_of_property(context, name)
    counted = _counted(context, metric, interval, group_by)
    _warn_of_scales(context, metric, {scale for _key, _start, scale in counted})
    answer: Answer = {"metric": metric, "groups": _told(context, metric, interval, group_by, counted)}
    other = other_side(context)
    if other is not None:
        before = _counted(other, metric, None, group_by)
        answer["compared"] = {
            "range": range_of(other.scope),
            "groups": _told(other, metric, None, group_by, before),
            "changes": _changes(context, metric, group_by, counted, before),
        }
    return answer


def _counted(
    context: QueryContext, metric: str, interval: Interval | None, group_by: Sequence[str]
) -> GroupCounts:
    table = context.store.scores(context.key, context.scope, metric, interval=interval, group_by=group_by)
    groups: GroupCounts = {}
    keys = [table.column(f"g{place}").to_pylist() for place in range(len(group_by))]
    key_rows = list(zip(*keys, strict=True)) if keys else [()] * table.num_rows
    columns = [
        table.column(name).to_pylist() for name in ("named", "start", "score", "scale_low", "scale_high", "n")
    ]
    for numbered, named, start, answer, low, high, number in zip(key_rows, *columns, strict=True):
        key = numbered
        if named is not None:  # no map holds these answers; the name they came with stands for a touchpoint
            key = tuple(
                named if name == TOUCHPOINT else part for name, part in zip(group_by, numbered, strict=True)
            )
        scale = None if low is None or high is None else (float(low), float(high))
        counts = groups.setdefault((key, start, scale), {})
        counts[float(answer)] = counts.get(float(answer), 0) + int(number)
    return groups


def _told(
    context: QueryContext,
    metric: str,
    interval: Interval | None,
    group_by: Sequence[str],
    counted: GroupCounts,
) -> list[Answer]:
    """The groups as they stand in the answer, in order."""
    names = _TouchpointNames(context)
    told = []
    for (key, start, scale), counts in counted.items():
        raw = dict(zip(group_by, key, strict=True))
        group = _group(context, metric, interval, names.shown(raw), start, scale, counts)
        if TOUCHPOINT in raw:  # two journeys may have touchpoints of one name
            group["touchpoint"] = raw[TOUCHPOINT] if isinstance(raw[TOUCHPOINT], int) else None
        told.append(group)
    told.sort(key=lambda group: (_sortable(group["key"]), group["start"] or "", -cast(int, group["n"])))
    return told


def _changes(
    context: QueryContext, metric: str, group_by: Sequence[str], now: GroupCounts, before: GroupCounts
) -> list[Answer]:
    names = _TouchpointNames(context)
    both = [place for place in now if place in before]
    estimates = [
        [_estimate(rule_of(metric, place[2]), side[place]) for place in both] for side in (now, before)
    ]
    changes = score_changes(*estimates, correct=benjamini_hochberg)
    told: list[Answer] = [
        {
            "key": names.shown(dict(zip(group_by, key, strict=True))),
            "scale": [_plain(end) for end in scale] if scale else None,
            **change,
        }
        for (key, _start, scale), change in zip(both, changes, strict=True)
        if change is not None
    ]
    return sorted(told, key=lambda change: _sortable(change["key"]))


def _estimate(rule: Rule | None, counts: Counts) -> Estimate | None:
    """None where the metric is not defined on the scale, or an answer lies between its steps or off it."""
    try:
        return rule.estimate(counts) if rule else None
    except ValueError:
        return None


def _group(
    context: QueryContext,
    metric: str,
    interval: Interval | None,
    key: dict[str, object],
    start: datetime | None,
    scale: Scale,
    counts: Counts,
) -> Answer:
    n = sum(counts.values())
    rule = rule_of(metric, scale)
    estimate = _estimate(rule, counts)
    if rule is not None and estimate is None:
        context.warnings.append(
            gettext_lazy("Some answers do not fit their scale, so no score can be given.")
        )
    group: Answer = {
        "key": key,
        "start": start.date().isoformat() if start else None,
        "n": n,
        "value": estimate.value if estimate else None,
        "ci": list(estimate.interval) if estimate and estimate.interval else None,
        "distribution": {f"{answer:g}": counts[answer] for answer in sorted(counts)},
        "mean": sum(answer * number for answer, number in counts.items()) / n,
        "scale": [_plain(end) for end in scale] if scale else None,
        "rule": rule.name if rule else None,
    }
    if interval and start:
        limits = (context.scope.start, context.scope.end)
        group["complete"] = is_finished(
            start.date(), interval, context.scope.timezone, limits, context.state.data_as_of
        )
    return group


def _group_by(query: Mapping[str, object]) -> list[str]:
    given = query.get("group_by", ())
    if isinstance(given, str):
        given = (given,)
    rows = values.sequence(given, field="group_by", most=MOST_GROUPS)
    found = [values.text(row, field=f"group_by[{place}]") for place, row in enumerate(rows)]
    return list(dict.fromkeys(found))


def _warn_of_scales(context: QueryContext, metric: str, scales: set[Scale]) -> None:
    if len(scales) > 1:
        context.warnings.append(
            gettext_lazy("Answers were given on different scales; they are shown apart and never pooled.")
        )
    if None in scales:
        context.warnings.append(
            gettext_lazy(
                "Some answers came without their scale, so only their mean and distribution are given."
            )
        )
    for scale in sorted(scale for scale in scales if scale):
        if rule_of(metric, scale) is None:
            context.warnings.append(
                format_lazy(
                    gettext_lazy(
                        "The metric “{metric}” is not defined on the scale {low}–{high}, "
                        "so only the mean and the distribution are given."
                    ),
                    metric=metric,
                    low=_plain(scale[0]),
                    high=_plain(scale[1]),
                )
            )


class _TouchpointNames:
    """Names of touchpoints by number, each looked up once."""

    def __init__(self, context: QueryContext) -> None:
        self._workspace = context.workspace
        self._names: dict[int, str] = {}

    def shown(self, key: dict[str, object]) -> dict[str, object]:
        """`key` with the touchpoint's name in the place of its number."""
        number = key.get(TOUCHPOINT)
        return {**key, TOUCHPOINT: self._name(number)} if isinstance(number, int) else key

    def _name(self, number: int) -> str:
        if number not in self._names:
            found = resolvers.find_touchpoint(self._workspace, number)
            self._names[number] = found.name if found else str(number)
        return self._names[number]


def _sortable(key: object) -> list[tuple[bool, str]]:
    """Groups in the order of their keys, those without a value last."""
    return [(value is None, str(value)) for value in cast("dict[str, object]", key).values()]


def _plain(end: float) -> float | int:
    return int(end) if end.is_integer() else end


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The touchpoints' names, where they stand in the answer."""
    given = query.get("group_by", ())
    asked = given == TOUCHPOINT or (isinstance(given, (list, tuple)) and TOUCHPOINT in given)
    return repr(resolvers.touchpoint_names(context.workspace)) if asked else ""


register(
    Kind(
        name="score",
        fields=("metric", "interval", "group_by", "compare"),
        run=score,
        compares_segments=True,
        version=_version,
    )
)
