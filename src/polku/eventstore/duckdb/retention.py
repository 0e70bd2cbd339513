"""Who comes back: cohorts by the calendar of the scope's zone."""

from __future__ import annotations

from django.utils.translation import gettext as _

from polku.eventstore.behaviour import Cohort, Retention, RetentionQuestion
from polku.eventstore.behaviour_retention import returns
from polku.eventstore.calendar_periods import INTERVALS, periods_of
from polku.eventstore.duckdb.sequences import scanned, walks
from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import Scope, Selector, SignalKind, StoreError

_ANY_EVENT = Selector(kinds=(SignalKind.EVENT,))


def retention(session: Session, scope: Scope, asked: RetentionQuestion) -> Retention:
    if asked.period not in INTERVALS:
        raise StoreError(_("“%s” is not an interval.") % asked.period)
    if asked.periods < 1:
        raise StoreError(_("Ask for at least one period."))
    rows = walks(session, scope, [asked.start or _ANY_EVENT, asked.back or _ANY_EVENT], unit=asked.unit)
    period, starts = periods_of(rows.time, asked.period, scope.timezone)
    cohorts, returned = returns(rows.unit, period, rows.mask, asked.periods)
    return Retention(
        tuple(
            Cohort(starts(cohort), tuple(counts))
            for cohort, counts in zip(cohorts.tolist(), returned.tolist(), strict=True)
        ),
        scanned(session, scope),
    )
