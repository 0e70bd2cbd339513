"""The overview of a website, counted from its visits: pure functions over arrays, some milliseconds each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.web_visits import Small, Visits, sorted_once
from polku.eventstore.port import Interval
from polku.eventstore.web import (
    DIMENSIONS,
    LOAD_TIMES,
    Dimension,
    WebOverview,
    WebPoint,
    WebQuestion,
    WebRow,
    WebTerm,
)

Flags = NDArray[np.bool_]
_QUARTER = 15 * 60 * 1_000_000
"""Microseconds: no time zone's offset is finer than a quarter of an hour."""


@dataclass(frozen=True)
class _Sales:
    """By visit: whether it led to an order that counts, and the sum of these."""

    is_converted: Flags
    revenue: NDArray[np.float64]


def count_visits(visits: Visits, question: WebQuestion, timezone: str) -> WebOverview:
    """What `question` asks of `visits`. Sums of money are rounded to the cent, as they are added in no fixed order."""
    kept = _kept(visits, question)
    counts = (
        ~np.isin(visits.order_status, sorted(question.void)) if question.void else _all(visits.order_person)
    )
    led = counts & (visits.order_visit >= 0)
    led[led] &= kept[visits.order_visit[led]]
    value = np.nan_to_num(visits.order_value)
    sales = _Sales(
        np.bincount(visits.order_visit[led], minlength=len(kept)) > 0,
        np.bincount(visits.order_visit[led], weights=value[led], minlength=len(kept)).astype(np.float64),
    )
    if question.only:
        people = sorted_once(visits.person[kept])
        theirs = counts & np.isin(visits.order_person, people)
        contacts = int(np.isin(visits.contact_person, people).sum())
    else:
        theirs, contacts = counts, len(visits.contact_person)
    lists = {dimension: _list(visits, dimension, kept, sales, question.most) for dimension in DIMENSIONS}
    searched = kept[visits.search_visit]
    found = visits.search_found[searched]
    return WebOverview(
        visits=int(kept.sum()),
        visitors=len(sorted_once(visits.person[kept & ~visits.is_daily])),
        daily=len(sorted_once(visits.person[kept & visits.is_daily])),
        converted=int(sales.is_converted.sum()),
        orders=int(led.sum()),
        priced=int((~np.isnan(visits.order_value[led])).sum()),
        revenue=_cents(value[led].sum()),
        all_orders=int(theirs.sum()),
        contacts=contacts,
        searches=int(searched.sum()),
        answered=int((~np.isnan(found)).sum()),
        failed=int((found == 0).sum()),
        points=_points(visits, kept, sales, question.interval, timezone),
        lists={dimension: rows for dimension, (rows, _distinct) in lists.items()},
        distinct={dimension: distinct for dimension, (_rows, distinct) in lists.items()},
        terms=_terms(visits, searched, question.most),
        loads=_loads(visits, kept, sales),
        scanned=visits.scanned,
    )


def _all(some: Integers) -> Flags:
    return np.ones(len(some), dtype=bool)


def _cents(amount: float) -> float:
    return round(float(amount), 2)


def _kept(visits: Visits, question: WebQuestion) -> Flags:
    kept = _all(visits.person)
    for dimension, name in question.only.items():
        names = visits.names[dimension]
        code = -1 if name is None else names.index(name) if name in names else -2
        if dimension == "page":
            saw = np.zeros(len(kept), dtype=bool)
            saw[visits.page_visit[visits.page == code]] = True
            kept &= saw
        else:
            kept &= visits.codes[dimension] == code
    return kept


def _list(
    visits: Visits, dimension: Dimension, kept: Flags, sales: _Sales, most: int
) -> tuple[tuple[WebRow, ...], int]:
    """(the most visited values of a dimension, how many values there are)."""
    if dimension == "page":
        of_visit, code = visits.page_visit, visits.page
        if not kept.all():
            here = kept[of_visit]
            of_visit, code = of_visit[here], code[here]
    else:
        of_visit = np.flatnonzero(kept).astype(np.int32)
        code = visits.codes[dimension][of_visit]
    names = visits.names[dimension]
    size = len(names) + 1  # place 0 is for what is not known
    number = np.bincount(code + 1, minlength=size)
    converted = np.bincount(code + 1, weights=sales.is_converted[of_visit], minlength=size)
    revenue = np.bincount(code + 1, weights=sales.revenue[of_visit], minlength=size)
    places = _most(number, most)

    def name_of(place: int) -> str | None:
        return names[place - 1] if place else None

    rows = [
        WebRow(name_of(place), int(number[place]), int(converted[place]), _cents(revenue[place]))
        for place in places
    ]
    rows.sort(key=lambda row: (-row.visits, row.name is None, row.name or ""))
    return tuple(rows[:most]), int((number > 0).sum())


def _most(number: Integers, most: int) -> list[int]:
    """The places of the `most` largest numbers above 0, and all that equal the last of them."""
    if np.count_nonzero(number) <= most:
        return [int(place) for place in np.flatnonzero(number)]
    least = np.partition(number, len(number) - most)[len(number) - most]
    return [int(place) for place in np.flatnonzero(number >= max(least, 1))]


def _terms(visits: Visits, searched: Flags, most: int) -> tuple[WebTerm, ...]:
    """What was searched for most in vain, then most."""
    code, found = visits.search_query[searched], visits.search_found[searched]
    said = code >= 0
    searches = np.bincount(code[said], minlength=len(visits.queries))
    failed = np.bincount(code[said & (found == 0)], minlength=len(visits.queries))
    rank = failed * (int(searches.max(initial=0)) + 1) + searches
    terms = [
        WebTerm(visits.queries[place], int(searches[place]), int(failed[place]))
        for place in _most(rank, most)
    ]
    terms.sort(key=lambda term: (-term.failed, -term.searches, term.query))
    return tuple(terms[:most])


def _loads(visits: Visits, kept: Flags, sales: _Sales) -> tuple[tuple[int, int], ...]:
    measured = np.flatnonzero(kept & ~np.isnan(visits.load))
    band = np.searchsorted(LOAD_TIMES, visits.load[measured], side="right") - 1
    number = np.bincount(band, minlength=len(LOAD_TIMES))
    converted = np.bincount(band, weights=sales.is_converted[measured], minlength=len(LOAD_TIMES))
    return tuple(
        (int(each), int(those)) for each, those in zip(number.tolist(), converted.tolist(), strict=True)
    )


def _points(
    visits: Visits, kept: Flags, sales: _Sales, interval: Interval, timezone: str
) -> tuple[WebPoint, ...]:
    here = np.flatnonzero(kept)
    if not len(here):
        return ()
    starts, period = _periods(visits.start[here], interval, timezone)
    size = len(starts)
    # Each person counts once a period; visits are in order of person and start, so that equal ones follow each other.
    person = visits.person[here]
    is_new = np.ones(len(here), dtype=bool)
    is_new[1:] = (person[1:] != person[:-1]) | (period[1:] != period[:-1])
    is_daily = visits.is_daily[here]

    def count(of: Integers | Small, weights: NDArray[np.float64] | None = None) -> list[float]:
        return np.bincount(of, weights=weights, minlength=size).tolist()

    columns: Sequence[Sequence[float]] = (
        count(period),
        count(period[is_new & ~is_daily]),
        count(period[is_new & is_daily]),
        count(period[sales.is_converted[here]]),
        count(period, sales.revenue[here]),
    )
    return tuple(
        WebPoint(start, int(number), int(visitors), int(daily), int(converted), _cents(revenue))
        for start, number, visitors, daily, converted, revenue in zip(starts, *columns, strict=True)
    )


def _periods(time: Integers, interval: Interval, timezone: str) -> tuple[list[date], Integers]:
    """(the periods' first days in order, the place of each time's period among them)."""
    zone = ZoneInfo(timezone)
    quarter = time // _QUARTER
    first = int(quarter.min())
    quarters = np.flatnonzero(np.bincount(quarter - first)) + first
    days = [
        _first_day(datetime.fromtimestamp(each * _QUARTER / 1e6, UTC).astimezone(zone).date(), interval)
        for each in quarters.tolist()
    ]
    starts = sorted(set(days))
    place = {start: number for number, start in enumerate(starts)}
    of_quarter = np.zeros(int(quarters[-1]) - first + 1, dtype=np.int64)
    of_quarter[quarters - first] = [place[day] for day in days]
    return starts, of_quarter[quarter - first]


def _first_day(day: date, interval: Interval) -> date:
    if interval == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if interval == "week" else day
