"""What a moment would have done: the engine, run over the past.

The moment runs beside all others of the workspace that are on, because limits hold across surveys. It is begun earlier
than what is counted, so that those asked just before count as asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.eventstore import cancelling
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.jobs.giving_way import give_way
from polku.surveys.models import Moment
from polku.surveys.moments.answers import Expected, expected_answers
from polku.surveys.moments.drawing import drawing_key
from polku.surveys.moments.engine import Outcome, Settled, simulate
from polku.surveys.moments.fatigue import limits_of
from polku.surveys.moments.hours import microseconds, moment_of
from polku.surveys.moments.limits import Limits
from polku.surveys.moments.people import people_of
from polku.surveys.moments.triggers import MOST_AT_ONCE, Watch, occasions, selectors_of, watch

WEEKS = (4, 12, 26, 52)
MOST_SIGNALS = 400_000
_LONGEST_WARM_UP = timedelta(days=400)


@dataclass(frozen=True)
class Week:
    """One week of the workspace's calendar, from Monday; `is_whole` where all of it was looked at."""

    start: date
    counts: Counter[Outcome]
    is_whole: bool


@dataclass(frozen=True)
class Simulation:
    """What would have been decided from `first` to `last` (both included).

    `counts` by Outcome, `by_metric` those refused by each metric's limit. `others` is how many moments ran beside it.
    `is_cut`: there were too many signals, and the stretch ends before the data does.
    """

    first: date
    last: date
    weeks: Sequence[Week]
    counts: Counter[Outcome]
    by_metric: Counter[str]
    people_asked: int
    expected: Expected
    others: int
    is_cut: bool = False

    @property
    def triggered(self) -> int:
        return sum(self.counts.values())

    @property
    def asked(self) -> int:
        return self.counts[Outcome.ASKED]

    @property
    def asked_a_week(self) -> float:
        return self.asked / ((self.last - self.first).days + 1) * 7


def simulate_moment(
    workspace: Workspace, moment: Moment, *, weeks: int, most: int = MOST_SIGNALS
) -> Simulation | None:
    """Run `moment`, which need not be saved, over the last `weeks` whole weeks of the data and what came of the next;
    None where there is no data or its trigger means nothing. Raises StoreError, also where the first `most` signals end
    before these weeks begin; ends when whoever asked has gone."""
    key, zone = workspace.key.hex, ZoneInfo(workspace.timezone)
    newest = store().state(key).data_as_of
    with scope(workspace=workspace):
        watches = _watches(workspace, moment)
        limits = limits_of(workspace)
    if newest is None or not watches:
        return None
    last = newest.replace(tzinfo=UTC).astimezone(zone).date()
    first = _monday(last) - timedelta(days=weeks * 7)
    start, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    rows = store().signals_between(
        key,
        start=(start - _warm_up(watches, limits)).replace(tzinfo=None),
        end=end.replace(tzinfo=None),
        selectors=selectors_of(watches, workspace),
        limit=most,
    )
    is_cut = rows.num_rows == most
    if is_cut:
        end = rows["time"][-1].as_py().replace(tzinfo=UTC)
        if end <= start:
            raise StoreError(
                _(
                    "So much happens that the simulation does not get as far as the weeks that were chosen. Wait for "
                    "something rarer, or add a filter."
                )
            )
        last = end.astimezone(zone).date()
    begin, finish = microseconds(start), microseconds(end)
    happened = (
        (replace(each.rule, begins=None), occasion)
        for each, occasion in occasions(rows, watches, people_of(rows), zone)
    )
    tally = _Tally(zone)
    settled = simulate(happened, limits=limits, key=drawing_key(workspace), end=finish, check=_check)
    for one in settled:
        if one.rule.moment == watches[0].rule.moment and begin <= one.at < finish:
            tally.add(one)
    return Simulation(
        first=first,
        last=last,
        weeks=tally.weeks(first, last),
        counts=tally.counts,
        by_metric=tally.by_metric,
        people_asked=len(tally.people),
        expected=expected_answers(workspace, tally.counts[Outcome.ASKED]),
        others=len(watches) - 1,
        is_cut=is_cut,
    )


def _watches(workspace: Workspace, moment: Moment) -> list[Watch]:
    """The moment first, then the others that are on, those made first first."""
    own = watch(moment, workspace, only_open=False)
    if own is None:
        return []
    others = (
        Moment.objects.filter(is_active=True, deleted_at=None)
        .exclude(pk=moment.pk)
        .select_related("survey")
        .order_by("pk")[: MOST_AT_ONCE - 1]
    )
    return [own, *(found for other in others if (found := watch(other, workspace)))]


def _warm_up(watches: Sequence[Watch], limits: Limits) -> timedelta:
    """How much earlier to begin: whoever was asked so long before may still be refused, and was told of earlier yet."""
    limited = max(*limits.values(), *(each.moment.not_within_days for each in watches), 0)
    delay = max(
        timedelta(minutes=each.moment.delay_minutes, days=31 * each.moment.delay_months) for each in watches
    )
    return min(timedelta(days=limited + 1) + delay, _LONGEST_WARM_UP)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _check() -> None:
    cancelling.check()
    give_way()


@dataclass
class _Tally:
    zone: ZoneInfo
    counts: Counter[Outcome] = field(default_factory=Counter)
    by_metric: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)
    by_week: dict[date, Counter[Outcome]] = field(default_factory=dict)

    def add(self, settled: Settled) -> None:
        if settled.outcome == Outcome.WAITING:
            return
        self.counts[settled.outcome] += 1
        if settled.metric:
            self.by_metric[settled.metric] += 1
        if settled.outcome == Outcome.ASKED:
            self.people.add(settled.occasion.person)
        week = _monday(moment_of(settled.at).astimezone(self.zone).date())
        self.by_week.setdefault(week, Counter())[settled.outcome] += 1

    def weeks(self, first: date, last: date) -> list[Week]:
        """All weeks of the stretch, also those in which nothing happened."""
        found, start = [], _monday(first)
        while start <= last:
            is_whole = first <= start and start + timedelta(days=6) <= last
            found.append(Week(start, self.by_week.get(start, Counter()), is_whole))
            start += timedelta(days=7)
        return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
