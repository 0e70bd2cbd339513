"""Who comes back: cohorts by the calendar of the scope's zone."""

from __future__ import annotations

from django.utils.translation import gettext as _

from polku.eventstore.behaviour import Cohort, Retention, RetentionQuestion
from polku.eventstore.behaviour_retention import returns
from polku.eventstore.calendar_periods import INTERVALS, Calendar
from polku.eventstore.duckdb.column_walks import find
from polku.eventstore.duckdb.question import Question
from polku.eventstore.duckdb.sequences import scanned, walks
from polku.eventstore.port import Scope, Selector, SignalKind, StoreError

_ANY_EVENT = Selector(kinds=(SignalKind.EVENT,))


def retention(question: Question, scope: Scope, asked: RetentionQuestion) -> Retention:
    if asked.period not in INTERVALS:
        raise StoreError(_("“%s” is not an interval.") % asked.period)
    if asked.periods < 1:
        raise StoreError(_("Ask for at least one period."))
    selectors = [asked.start or _ANY_EVENT, asked.back or _ANY_EVENT]
    columns = question.columns_of(asked.unit)
    if columns is not None:
        found = find(question.session, columns, scope, selectors, unit=asked.unit)
        unit, time, mask, looked_at = found.unit, found.time, found.mask, found.scanned
    else:
        rows = walks(question.session, scope, selectors, unit=asked.unit)
        unit, time, mask = rows.unit, rows.time, rows.mask
        looked_at = scanned(question.session, scope)
    calendar = Calendar(time, asked.period, scope.timezone)
    cohorts, returned = returns(
        unit, time, mask, calendar, asked.periods, pause=question.pause, threads=question.threads
    )
    return Retention(
        tuple(
            Cohort(calendar.start_of(cohort), tuple(counts))
            for cohort, counts in zip(cohorts.tolist(), returned.tolist(), strict=True)
        ),
        looked_at,
    )
