"""Looking at watched metrics once a day is over: count its sums, keep them, and write down the alerts.

Only the last `RECOUNTED` days are counted at a look, because data comes late. Where they turn out quite different from
what was kept, and once a week, all that can still matter is counted anew. What was alerted once is not taken back.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics.ranges import local_midnight
from polku.decide.alerting.choices import journeys_watched, kept_choices
from polku.decide.alerting.series import KEPT, Days
from polku.decide.changing.daily import MARGIN, Key, daily, is_share
from polku.decide.changing.goals import scale_ends, scale_text
from polku.decide.models import Alert, AlertChoices, Watch
from polku.eventstore.port import EventStore, Scope, StoreState
from polku.eventstore.registry import store as open_store
from polku.journeys.limits import SIGNAL_NAME
from polku.journeys.live.plan import Plan
from polku.journeys.live.reading import period_of, read_walk_and_orders
from polku.journeys.live.structure import read_structure
from polku.journeys.models import Journey
from polku.journeys.views.map_filters import last_day
from polku.statistics import Alarm, Estimate, watch
from polku.statistics.watching import LEAST_REFERENCE, REFERENCE_LASTS, ROUND_LASTS

logger = logging.getLogger(__name__)
RECOUNTED = 21
STILL_MATTERS = REFERENCE_LASTS + ROUND_LASTS + 14
"""Days that a look of today can depend on, and a margin."""
WHOLE_EVERY = dt.timedelta(days=7)
TOLD_IF_YOUNGER = 14
"""Alerts of days longer ago are written down without a message: they come of the first look at old data."""
ALPHA = 0.05
_CHUNK = 50


@dataclass(frozen=True)
class _Looked:
    """A metric after a look: its days, the day its level is counted from, and the alerts that were found."""

    key: Key
    days: Days
    level_from: dt.date
    looked_to: dt.date
    alarms: tuple[tuple[dt.date, Alarm], ...]


def finished_day(workspace: Workspace, state: StoreState) -> dt.date | None:
    """The last day that is over by what was received; None without signals."""
    if state.data_as_of is None:
        return None
    return last_day(state, workspace.timezone) - dt.timedelta(days=1)


def look(workspace: Workspace, *, now: dt.datetime | None = None) -> list[Alert]:
    """Count the days that were finished since the last look and write down what changed; the new alerts.

    A day is looked at once: called again on the same data it does nothing. Each metric's days and its alerts are
    written together. Raises StoreError.
    """
    now = now or timezone.now()
    store = open_store()
    state = store.state(workspace.key.hex)
    last = finished_day(workspace, state)
    found: list[Alert] = []
    with scope(workspace=workspace):
        choices = kept_choices(workspace)
        if last is None or (choices.looked_to is not None and choices.looked_to >= last):
            return []
        is_whole = choices.counted_at is None or now - choices.counted_at >= WHOLE_EVERY
        looks = []
        for journey in journeys_watched(workspace, choices):
            looks.append(
                (journey, _count(store, workspace, journey, choices, last, state, is_whole=is_whole))
            )
        # The more metrics, the less each may spend: all together give at most one false alarm a year.
        watched = sum(_has_enough(days, last) for _journey, counted in looks for days in counted.values())
        alpha = min(ALPHA, 1 / max(1, watched))
        for journey, counted in looks:
            found += _write(journey, list(_look_at(journey, counted, alpha)), last, now)
        for alert in found:
            same_day = sum(other.on == alert.on for other in found)
            alert.unchanged = max(0, watched - same_day)
        Alert.objects.bulk_update(found, ["unchanged"], batch_size=_CHUNK)
        AlertChoices.objects.filter(pk=choices.pk).update(
            looked_at=now, looked_to=last, counted_at=now if is_whole else choices.counted_at
        )
    return found


def _count(
    store: EventStore,
    workspace: Workspace,
    journey: Journey,
    choices: AlertChoices,
    last: dt.date,
    state: StoreState,
    *,
    is_whole: bool,
) -> dict[Key, Days]:
    """The kept days of each metric of a journey with the newly counted ones."""
    kept = {key_of(row): Days.read(row.first, row.days) for row in Watch.objects.filter(journey=journey)}
    plan = read_structure(workspace, journey).plan
    lengths = [RECOUNTED, STILL_MATTERS] if kept else [KEPT]
    if is_whole or (choices.looked_to and (last - choices.looked_to).days >= RECOUNTED - 7):
        lengths = lengths[-1:]
    for length in lengths:
        first = last - dt.timedelta(days=length - 1)
        counted = _daily(store, workspace.key.hex, plan, first, last, state)
        counted = {
            key: days
            for key, days in counted.items()
            if key.figure in choices.figures and len(key.metric) <= SIGNAL_NAME
        }
        if not any(key not in kept or kept[key].differs(days) for key, days in counted.items()):
            break
    return {key: kept[key].joined(days) if key in kept else days for key, days in counted.items()}


def _daily(
    store: EventStore, key: str, plan: Plan, first: dt.date, last: dt.date, state: StoreState
) -> dict[Key, Days]:
    span = _scope(first - dt.timedelta(days=MARGIN), plan)
    walk, orders = read_walk_and_orders(store, key, plan, span, period_of(span, state))
    made = daily(walk, orders, first, last)
    found = {}
    for each, counted in made.items():
        days = Days.of(first, counted)
        known = len(days.n) - counted.lag
        found[each] = replace(days, n=days.n[:known], total=days.total[:known], squares=days.squares[:known])
    return found


def _scope(first: dt.date, plan: Plan) -> Scope:
    return Scope(start=local_midnight(first, plan.timezone), end=None, timezone=plan.timezone)


def _look_at(journey: Journey, counted: dict[Key, Days], alpha: float) -> Iterator[tuple[Watch, _Looked]]:
    rows = {key_of(row): row for row in Watch.objects.filter(journey=journey)}
    for key, days in counted.items():
        row = rows.get(key)
        if row is None and not days.n.any():
            continue
        level_from = max(days.first_with_any(), days.first) if row is None else row.level_from
        looked_to = None if row is None else row.looked_to
        alarms = []
        while True:
            level = days.level(level_from)
            begin = 0 if looked_to is None else max(0, (looked_to - level.first).days + 1)
            alarm = watch(
                n=level.n,
                total=level.total,
                squares=level.squares,
                is_share=is_share(key.figure, key.metric, key.scale),
                looks_from=begin,
                alpha=alpha,
            )
            if alarm is None:
                break
            alarms.append((level.first, alarm))
            # A new level: its reference is read anew from the days that follow.
            level_from = level.first + dt.timedelta(days=alarm.day + 1)
        row = row or Watch(
            workspace=journey.workspace,
            journey=journey,
            touchpoint_id=key.touchpoint,
            figure=key.figure,
            metric=key.metric,
            scale="" if key.scale is None else scale_text(key.scale),
        )
        row.first, row.days = days.first, days.written()
        row.level_from, row.looked_to = level_from, days.last
        yield row, _Looked(key, days, level_from, days.last, tuple(alarms))


def _write(
    journey: Journey,
    looked: Sequence[tuple[Watch, _Looked]],
    last: dt.date,
    now: dt.datetime,
) -> list[Alert]:
    alerts: list[Alert] = []
    for begin in range(0, len(looked), _CHUNK):
        chunk = looked[begin : begin + _CHUNK]
        with transaction.atomic():
            new = [row for row, _made in chunk if row.pk is None]
            Watch.objects.bulk_create(new)
            Watch.objects.bulk_update(
                [row for row, _made in chunk if row not in new], ["first", "days", "level_from", "looked_to"]
            )
            for row, made in chunk:
                for first, alarm in made.alarms:
                    alerts.append(_alert(row, first, alarm, last, now))
    return alerts


def _alert(row: Watch, first: dt.date, alarm: Alarm, last: dt.date, now: dt.datetime) -> Alert:
    per = 100.0 if row.figure == "contact" else 1.0
    on = first + dt.timedelta(days=alarm.day)
    return Alert.objects.create(
        workspace=row.workspace,
        journey=row.journey,
        touchpoint_id=row.touchpoint_id,
        figure=row.figure,
        metric=row.metric,
        scale=row.scale,
        on=on,
        since=first + dt.timedelta(days=alarm.began),
        change={
            "before": _figure(alarm.before, per),
            "after": _figure(alarm.after, per),
            "difference": alarm.difference.value * per,
            "ci": [alarm.difference.low * per, alarm.difference.high * per],
        },
        told_at=now if (last - on).days > TOLD_IF_YOUNGER else None,
    )


def _figure(estimate: Estimate, per: float) -> dict[str, object]:
    return {
        "value": estimate.value * per,
        "ci": [estimate.low * per, estimate.high * per],
        "n": estimate.n,
    }


def _has_enough(days: Days, last: dt.date) -> bool:
    return float(days.since(last - dt.timedelta(days=REFERENCE_LASTS)).n.sum()) >= LEAST_REFERENCE


def key_of(row: Watch) -> Key:
    ends = scale_ends(row.scale)
    return Key(row.touchpoint_id, row.figure, row.metric, (ends[0], ends[1]) if ends else None)
