"""The page of changes as its template draws it: each clear change in a sentence, with a small picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from polku.analytics.ranges import local_midnight
from polku.decide.changing import figures
from polku.decide.changing.daily import MARGIN, Key, daily
from polku.decide.changing.periods import YEAR, Days, newest
from polku.decide.changing.queries import Changes, changes
from polku.eventstore.port import Scope, StoreState
from polku.eventstore.registry import store as open_store
from polku.journeys.live.reading import period_of, read_walk_and_orders
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.structure import read_structure
from polku.journeys.models import Journey, Touchpoint
from polku.journeys.panel import touchpoint_comments
from polku.journeys.views.panel_model import shown_comments
from polku.site.formats import Reader

Record = Mapping[str, Any]

WEEKS = 12
PERIODS = (7, 28, 90)
COMMENTS = 2
_TALKED_OF = {"say", "feel", "contact", "reason", "promise", "continued"}

_pictures: Remembered[dict[Key, list[float | None]]] = Remembered(64)


@dataclass(frozen=True)
class ChangeWords:
    """`sentence` is `CSAT 78 → 66 %`, `probably` the interval of the difference."""

    touchpoint: str
    stage: str
    name: str
    values: str
    difference: str
    probably: str
    n: str
    tone: str
    arrow: str
    address: str
    picture: Record | None
    comments: Sequence[Record]
    comments_address: str


@dataclass(frozen=True)
class Page:
    changes: Changes
    worse: list[ChangeWords]
    better: list[ChangeWords]
    other: list[ChangeWords]
    unchanged: list[Record]
    untested: list[Record]
    now: str
    before: str
    has_nps: bool


@dataclass(frozen=True)
class Choice:
    """`days` is the length of the period; it is compared with as many days before, or a year earlier."""

    days: int
    is_year: bool

    def periods(self, state: StoreState, timezone: str) -> tuple[Days, Days]:
        now = newest(state, timezone, self.days)
        return now, now.earlier(YEAR) if self.is_year else now.previous()


def page_of(journey: Journey, choice: Choice, reader: Reader) -> Page:
    """Inside the workspace's scope. Raises StoreError where it cannot be counted."""
    workspace = journey.workspace
    state = open_store().state(workspace.key.hex)
    now, before = choice.periods(state, workspace.timezone)
    found = changes(
        workspace, journey, range=now.range(workspace.timezone), compare=before.range(workspace.timezone)
    )
    points = {point.pk: point for point in Touchpoint.objects.filter(stage__journey=journey)}
    series = _series(journey, state, now, {row["touchpoint"]["id"] for row in found.clear})
    rows = [
        _row(row, journey, points[row["touchpoint"]["id"]], now, series, choice, reader)
        for row in found.clear
    ]
    return Page(
        changes=found,
        worse=[row for row in rows if row.tone == "bad"],
        better=[row for row in rows if row.tone == "good"],
        other=[row for row in rows if not row.tone],
        unchanged=[_quiet(row, reader) for row in found.unchanged_rows],
        untested=[_untested(row) for row in found.untested],
        now=_days(now, reader),
        before=_days(before, reader),
        has_nps=any(row["metric"] == "nps" for row in (*found.clear, *found.unchanged_rows)),
    )


def _row(
    row: Record,
    journey: Journey,
    point: Touchpoint,
    now: Days,
    series: Mapping[Key, list[float | None]],
    choice: Choice,
    reader: Reader,
) -> ChangeWords:
    row = _with_largest(row)
    measure = figures.measure_of(row, reader)
    more, good = row["difference"] > 0, figures.more_is(row["figure"])
    workspace = journey.workspace
    address = reverse("journeys:map", args=[workspace.slug, journey.pk])
    days = f"range={choice.days}&compare=previous&" if not choice.is_year else ""
    address = f"{address}?{days}touchpoint={point.pk}"
    comments: Sequence[Record] = ()
    if row["figure"] in _TALKED_OF:
        said = touchpoint_comments(workspace=workspace, touchpoint=point, range=now.range(workspace.timezone))
        comments = shown_comments(said, reader)["first"][:COMMENTS]
    scale = row["scale"] and (float(row["scale"][0]), float(row["scale"][1]))
    key = Key(point.pk, row["figure"], row["metric"] or "" if row["figure"] == "say" else "", scale)
    return ChangeWords(
        touchpoint=row["touchpoint"]["name"],
        stage=row["stage"]["name"],
        name=figures.figure_name(row),
        values=values_of(row, reader),
        difference=measure.gap(row["difference"]),
        probably=_("probably %(interval)s") % {"interval": measure.gaps(row["ci"])},
        n="" if row["figure"] == "reached" else _numbers(row, reader),  # they are the figure itself
        tone=good if more else {"good": "bad", "bad": "good", "": ""}[good],
        arrow="▲" if more else "▼",
        address=address,
        picture=_picture(series.get(key), -(-choice.days // 7)),
        comments=comments,
        comments_address=f"{address}#comments",
    )


def values_of(row: Record, reader: Reader) -> str:
    """`78 → 66 %`."""
    row = _with_largest(row)
    before, after = (figures.value_words(row, row[side]["value"], reader) for side in ("before", "after"))
    return figures.arrow(before, after)


def _with_largest(row: Record) -> Record:
    return {**row, "largest": max(row["before"]["value"], row["after"]["value"])}


def _numbers(row: Record, reader: Reader) -> str:
    before, after = (reader.number(row[side]["n"]) for side in ("before", "after"))
    return f"n {before} → {after}"


def _quiet(row: Record, reader: Reader) -> Record:
    return {
        "touchpoint": row["touchpoint"]["name"],
        "name": figures.figure_name(row),
        "values": values_of(row, reader),
        "probably": figures.measure_of(_with_largest(row), reader).gaps(row["ci"]) if row["ci"] else "",
        "n": _numbers(row, reader),
    }


def _untested(row: Record) -> Record:
    why = {
        "few": _("fewer than 30 in one of the periods"),
        "not-before": _("nothing to compare with in the earlier period"),
        "no-spread": _("too few or too alike to tell"),
    }
    return {
        "touchpoint": row["touchpoint"]["name"],
        "name": figures.figure_name(row),
        "why": why[row["why"]],
    }


def _days(days: Days, reader: Reader) -> str:
    same = days.first.year == days.last.year
    return f"{reader.day(days.first, year=not same)}–{reader.day(days.last, year=True)}"


def _series(
    journey: Journey, state: StoreState, now: Days, points: Collection[int]
) -> dict[Key, list[float | None]]:
    """Each figure of some touchpoints week by week up to the end of the period; None where nothing is known."""
    if not points:
        return {}
    workspace = journey.workspace
    plan = read_structure(workspace, journey).plan
    store, key = open_store(), workspace.key.hex

    def count() -> dict[Key, list[float | None]]:
        last = now.last - dt.timedelta(days=1)  # the newest day is not over
        first = last - dt.timedelta(days=7 * WEEKS - 1)
        start = local_midnight(first - dt.timedelta(days=MARGIN), plan.timezone)
        span = Scope(start=start, end=None, timezone=plan.timezone)
        walk, orders = read_walk_and_orders(store, key, plan, span, period_of(span, state))
        found = {}
        for which, made in daily(walk, orders, first, last, only=points).items():
            n, total = (days.reshape(WEEKS, 7).sum(axis=1) for days in (made.n, made.total))
            found[which] = [
                float(whole / many) if many else None for whole, many in zip(total, n, strict=True)
            ]
        return found

    return _pictures.get((key, state.version, plan, now, tuple(sorted(points))), count)


def _picture(values: list[float | None] | None, weeks: int) -> Record | None:
    """A line of weeks in a box of 100 × 24, the period itself shaded; None where there is too little to draw."""
    known = [value for value in values or () if value is not None]
    if values is None or len(known) < 4:
        return None
    low, high = float(np.min(known)), float(np.max(known))
    room = (high - low) * 0.15 or 1.0
    low, high = low - room, high + room
    step = 100 / len(values)
    line, spots, pen = "", [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = (place + 0.5) * step, 24 - 24 * (value - low) / (high - low)
        line += f"{pen}{x:.1f} {y:.1f}"
        spots.append({"x": f"{x:.1f}", "y": f"{y:.1f}"})
        pen = "L"
    shaded = min(len(values), weeks)
    return {
        "line": line,
        "last": spots[-1],
        "from": f"{100 - shaded * step:.1f}",
        "width": f"{shaded * step:.1f}",
    }
