"""The same question of a second range or another segment, and which differences are more than chance.

A difference is always the question's own figure minus the compared one. Two ranges are seen at the same age: where
the question's range is not over yet, the other one is cut at the same distance from its start, because people of a
finished range would otherwise have had longer to go on, and every fresh range would show a fall.

The tests take the two groups as independent. People who are in both make them slightly cautious, never too bold. They
rest on large samples: where a side has fewer than 30, the difference is shown and nothing is called clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from polku.analytics.context import QueryContext
from polku.eventstore.port import Scope, StoreState
from polku.statistics import Discoveries, Estimate, holm, score_difference, two_proportions, welch

ENOUGH = 30

Correction = Callable[..., Discoveries]
"""`holm` for the figures that a question is asked for, `benjamini_hochberg` for those one looks through."""

Share = tuple[int, int]
"""(successes, n)."""


@dataclass(frozen=True)
class Mean:
    """Of `n` values; `variance` is the sample's."""

    mean: float
    variance: float
    n: int


def other_side(context: QueryContext) -> QueryContext | None:
    """The context to ask the same question of what it is compared with; None where nothing is.

    Side effect: warnings go to the list of `context`.
    """
    if context.compare is None:
        return None
    if context.compare.segment is not None and context.scope.segment is None:
        context.warnings.append(
            gettext_lazy("Everybody is compared with a part of themselves, so differences look smaller.")
        )
    if _is_partly_unknown(context.compare, context.state):
        context.warnings.append(
            gettext_lazy(
                "The range compared with begins before the first data, so only a part of it is known."
            )
        )
    scope = _at_same_age(context.scope, context.compare, context.state.data_as_of)
    if scope.end and context.compare.end and context.compare.end - scope.end >= timedelta(days=1):
        context.warnings.append(
            gettext_lazy("The range is not over yet, so the other one is counted up to the same age.")
        )
    return replace(context, scope=scope, compare=None)


def range_of(scope: Scope) -> dict[str, str | None]:
    """{"from", "to"} as they were counted, ISO 8601 in UTC."""
    return {
        "from": f"{scope.start.isoformat()}Z" if scope.start else None,
        "to": f"{scope.end.isoformat()}Z" if scope.end else None,
    }


def share_changes(
    now: Sequence[Share | None], before: Sequence[Share | None], *, correct: Correction = holm
) -> list[dict[str, object] | None]:
    """[{"difference", "ci", "p_value", "p_adjusted", "clear"}] of shares by place, Newcombe's interval.

    None where a side is missing or has n = 0. All that are tested are one family for `correct`.
    """

    def difference(after: Share, earlier: Share) -> tuple[Estimate, bool]:
        tested = two_proportions(successes=(earlier[0], after[0]), n=(earlier[1], after[1]))
        return tested, min(earlier[1], after[1]) >= ENOUGH

    pairs = [
        None if a is None or b is None or not a[1] or not b[1] else difference(a, b)
        for a, b in zip(now, before, strict=True)
    ]
    return _changes(pairs, correct)


def score_changes(
    now: Sequence[Estimate | None], before: Sequence[Estimate | None], *, correct: Correction = holm
) -> list[dict[str, object] | None]:
    """As `share_changes`, of scores by their standard errors; nothing is tested where one has none."""

    def difference(after: Estimate, earlier: Estimate) -> tuple[Estimate, bool]:
        tested = score_difference(before=earlier, after=after)
        return tested, min(earlier.n, after.n) >= ENOUGH and tested.high > tested.low

    pairs = [
        None
        if a is None or b is None or a.standard_error is None or b.standard_error is None
        else difference(a, b)
        for a, b in zip(now, before, strict=True)
    ]
    return _changes(pairs, correct)


def mean_change(now: Mean, before: Mean, *, enough: int) -> dict[str, object]:
    """As `share_changes`, of one mean: Welch's test. Below `enough` values on a side nothing is tested."""
    if min(now.n, before.n) < max(enough, 2):
        return _told(now.mean - before.mean)
    tested = welch(
        mean=(before.mean, now.mean), variance=(before.variance, now.variance), n=(before.n, now.n)
    )
    return {
        **_told(tested.value, (tested.low, tested.high)),
        "p_value": tested.p,
        "p_adjusted": tested.p,
        "clear": bool(tested.p is not None and tested.p <= 0.05),
    }


def _changes(
    pairs: Sequence[tuple[Estimate, bool] | None], correct: Correction
) -> list[dict[str, object] | None]:
    tested = [(place, pair[0].p) for place, pair in enumerate(pairs) if pair is not None and pair[1]]
    found = correct(p_values=[p for _, p in tested])
    verdicts: dict[int, dict[str, object]] = {
        place: {"p_value": p, "p_adjusted": adjusted, "clear": clear}
        for (place, p), adjusted, clear in zip(
            tested, found.adjusted.tolist(), found.clear.tolist(), strict=True
        )
    }
    return [
        None
        if pair is None
        else {**_told(pair[0].value, (pair[0].low, pair[0].high)), **verdicts.get(place, {})}
        for place, pair in enumerate(pairs)
    ]


def _told(difference: float, ends: tuple[float, float] | None = None) -> dict[str, object]:
    return {
        "difference": difference,
        "ci": list(ends) if ends and ends[1] > ends[0] else None,
        "p_value": None,
        "p_adjusted": None,
        "clear": False,
    }


def _is_partly_unknown(scope: Scope, state: StoreState) -> bool:
    """Whether more than a tenth of the range lies before the first signal."""
    end = scope.end or state.data_as_of
    if scope.start is None or end is None or state.first_time is None:
        return False
    return state.first_time - scope.start > (end - scope.start) / 10


def _at_same_age(asked: Scope, other: Scope, newest: datetime | None) -> Scope:
    starts_and_ends = (asked.start, asked.end, other.start, other.end, newest)
    if any(moment is None for moment in starts_and_ends):
        return other
    start, end, other_start, other_end, seen = (moment for moment in starts_and_ends if moment is not None)
    if (other_start, other_end) == (start, end) or not start <= seen < end:
        return other
    age = _local(seen, asked.timezone) - _local(start, asked.timezone)
    try:
        cut = (_local(other_start, asked.timezone) + age).replace(tzinfo=ZoneInfo(asked.timezone))
        return replace(other, end=min(other_end, cut.astimezone(UTC).replace(tzinfo=None)))
    except OverflowError:  # after the last day there is
        return other


def _local(moment: datetime, timezone: str) -> datetime:
    """A naive time of the zone's clocks, so that a day is a day also when the clocks change."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
