"""The panel beside the map: everything about one touchpoint, for whoever clicks it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from polku.accounts.models import Workspace
from polku.analytics import run
from polku.analytics.parsing import parse_scope
from polku.eventstore.live import Words
from polku.eventstore.port import EventStore, Interval, Scope, Selector, SignalKind, StoreState
from polku.eventstore.registry import store as open_store
from polku.journeys.live.answers import say
from polku.journeys.live.assembling import figure
from polku.journeys.live.lanes import Waits, continued, reasons_of, went_next
from polku.journeys.live.plan import Plan, Point
from polku.journeys.live.profiles import (
    ENOUGH,
    Feature,
    Findings,
    People,
    features_of_signals,
    features_of_traits,
    holding_back,
    over_represented,
)
from polku.journeys.live.reading import period_of, read_walk
from polku.journeys.live.remembering import Remembered
from polku.journeys.live.structure import read_structure
from polku.journeys.live.times import moment
from polku.journeys.live.trends import interval_of, trend
from polku.journeys.live.walk import Walk, counts_of
from polku.journeys.models import Touchpoint
from polku.statistics import wilson

Document = dict[str, Any]

_MOST_COMMENTS = 50
_MOST_FINDINGS = 5
_MOST_PEOPLE = 10
_MOST_PROPERTIES = 12
_VISITS = (SignalKind.EVENT, SignalKind.ORDER)
_VOICES = (SignalKind.SCORE, SignalKind.CONTACT, SignalKind.COMMENT)

FIRST_CHANNEL = "first_channel"
"""The property of people that says by which channel each was first heard of in the range."""

_everybody: Remembered[tuple[People, list[Feature]]] = Remembered(4)
_details: Remembered[Document] = Remembered(100)


def touchpoint_panel(
    *,
    workspace: Workspace,
    touchpoint: Touchpoint,
    range: Mapping[str, str | None] | None = None,
    where: Sequence[Mapping[str, object]] | None = None,
    segment: str | None = None,
    compare: Mapping[str, str | None] | None = None,
    search: str = "",
    interval: Interval | None = None,
) -> Document:
    """All about a touchpoint within the scope of the map, as plain data; call it inside the workspace's scope.

    `range`, `where`, `segment` and `compare` are those of the Query object, so that every figure equals the map's:
    `touchpoint` is the map's own cell, from the same question. Beside it `journey`, `stage`, `data_as_of`,
    `warnings`, and:

    - `comments`: newest first, those that hold `search`; `feeling` is their score in −1…+1.
    - `who`: `properties` commoner among those who reached it than among everybody in the range (those who did
      not reach it are the other sample; Benjamini–Hochberg), and the `people` seen last.
    - `next`, `went_nowhere`: where those who reached it went, all of it.
    - `not_continued`: those whose window closed without a later stage (`count`), how many windows are open
      (`censored`), 1 − the map's share that continued, and what those who are still here share
      (`profiles.holding_back`). Null where the map has no share.
    - `trend`: of `reached` and of the score asked most, by `interval`; `finished` is false for a period that is
      not whole.
    - `reasons` of contacts, all of them.

    `small` marks what rests on fewer than 30. Raises QueryError as `analytics.run` does.
    """
    query: dict[str, object] = {
        "kind": "journey",
        "journey": touchpoint.stage.journey_id,
        "range": range,
        "where": where,
        "segment": segment,
        "compare": compare,
    }
    document: Document = run(workspace, query)
    stage, cell = _find(document, touchpoint.pk)
    panel: Document = {
        "touchpoint": cell,
        "stage": {"id": stage["id"], "name": stage["name"]},
        **{key: document[key] for key in ("journey", "range", "compare", "data_as_of", "warnings")},
    }
    scope = parse_scope(workspace, {k: v for k, v in query.items() if v is not None}, warnings=[])
    store, key = open_store(), workspace.key.hex
    panel["comments"] = _comments(store, key, scope, touchpoint.pk, search)
    if touchpoint.is_backstage:
        return panel | dict.fromkeys(["who", "next", "went_nowhere", "not_continued", "trend", "reasons"])
    state = store.state(key)
    plan = read_structure(workspace, touchpoint.stage.journey).plan
    names = tuple(
        (point["id"], point["name"]) for each in document["stages"] for point in each["touchpoints"]
    )
    question = (key, state.version, plan, names, touchpoint.pk, repr(scope), interval)
    details = _details.get(
        question, lambda: _look_closer(store, key, state, plan, scope, touchpoint.pk, document, interval)
    )
    return panel | copy.deepcopy(details)


def touchpoint_comments(
    *,
    workspace: Workspace,
    touchpoint: Touchpoint,
    range: Mapping[str, str | None] | None = None,
    where: Sequence[Mapping[str, object]] | None = None,
    search: str = "",
) -> Document:
    """`comments` of the panel alone, without asking for the map; inside the workspace's scope."""
    asked = {name: value for name, value in (("range", range), ("where", where)) if value is not None}
    scope = parse_scope(workspace, asked, warnings=[])
    return _comments(open_store(), workspace.key.hex, scope, touchpoint.pk, search)


def _look_closer(
    store: EventStore,
    key: str,
    state: StoreState,
    plan: Plan,
    scope: Scope,
    touchpoint: int,
    document: Document,
    interval: Interval | None,
) -> Document:
    """What the panel adds to the map's cell: everything that needs the signals themselves."""
    place = next(place for place, point in enumerate(plan.points) if point.id == touchpoint)
    walk = read_walk(store, key, plan, scope, period_of(scope, state))
    first = walk.first_reaches(place)
    everybody, features = _everybody.get(
        (key, state.version, repr(scope)), lambda: _profile_everybody(store, key, scope)
    )
    own = _features_here(store, key, scope, plan.points[place]) if len(first) >= ENOUGH else []
    personal = [feature for feature in features if feature.property.startswith("person.")]
    return {
        "who": _who(store, key, walk, place, everybody, features),
        **_next(walk, place, first, document),
        "not_continued": _not_continued(walk, place, first, [*personal, *own]),
        "trend": _trend(walk, place, scope, interval, state),
        "reasons": _reasons(_said(walk, place), walk.signals.words),
    }


def _find(document: Document, touchpoint: int) -> tuple[Document, Document]:
    return next(
        (stage, cell)
        for stage in document["stages"]
        for cell in stage["touchpoints"]
        if cell["id"] == touchpoint
    )


def _comments(store: EventStore, key: str, scope: Scope, touchpoint: int, search: str) -> Document:
    # One more than shown tells whether there are more.
    rows = store.comments(key, scope, touchpoint, limit=_MOST_COMMENTS + 1, search=search).to_pylist()
    kinds = {SignalKind.SCORE: "answer", SignalKind.CONTACT: "contact", SignalKind.COMMENT: "comment"}
    items = [
        {
            "time": f"{row['time'].isoformat()}Z",
            "text": row["text"],
            "kind": kinds.get(SignalKind(row["kind"]), "event"),
            "name": row["name"],
            "score": row["score"],
            "scale": None if row["score"] is None else [row["scale_low"], row["scale_high"]],
            "feeling": _feeling(row),
            "channel": row["channel"],
            "person": row["person"],
        }
        for row in rows[:_MOST_COMMENTS]
    ]
    return {"items": items, "more": len(rows) > _MOST_COMMENTS, "search": search}


def _feeling(row: Document) -> float | None:
    low, high = row["scale_low"], row["scale_high"]
    if row["score"] is None or low is None or high is None or not high > low:
        return None
    if row["name"] == "ces" and (low, high) != (1, 7):
        return None  # CES 1.0, where low is good
    return float((row["score"] - (low + high) / 2) / ((high - low) / 2))


def _profile_everybody(store: EventStore, key: str, scope: Scope) -> tuple[People, list[Feature]]:
    traits = store.traits(key, scope)
    channels = store.sequences(
        key, scope, [Selector(kinds=tuple(SignalKind))], unit="person", others=False, breakdown="channel"
    )
    people = np.unique(traits.column("person").to_numpy())
    return people, [*features_of_traits(traits), *features_of_signals(FIRST_CHANNEL, channels, first=True)]


def _who(
    store: EventStore, key: str, walk: Walk, place: int, everybody: People, features: list[Feature]
) -> Document:
    rows = walk.reach_rows(place)
    here = np.unique(walk.signals.person[rows])
    found = over_represented(features, here, everybody)
    # The last visit of each, newest first; rows are by person and time, so a person's last row is their newest.
    last = rows[np.append(np.diff(walk.signals.unit[rows]) != 0, True)] if len(rows) else rows
    newest = last[np.argsort(walk.signals.time[last], kind="stable")[::-1][:_MOST_PEOPLE]]
    known = {
        row["person"]: row for row in store.people(key, walk.signals.person[newest].tolist()).to_pylist()
    }
    people = [
        {
            "person": int(person),
            "label": _label(known.get(int(person), {})),
            "last": f"{moment(int(time)).isoformat()}Z",
        }
        for person, time in zip(walk.signals.person[newest], walk.signals.time[newest], strict=True)
    ]
    return {
        "n": len(here),
        "of": len(everybody),
        "small": len(here) < ENOUGH,
        **_findings(found),
        "people": people,
    }


def _label(person: Document) -> str:
    """A name where one is known, else the id they are known by."""
    traits = msgspec.json.decode(person.get("traits") or "{}")
    ids = person.get("ids") or []
    return str(traits.get("name") or (ids[0] if ids else ""))


def _next(walk: Walk, place: int, first: np.ndarray, document: Document) -> Document:
    names = {cell["id"]: cell["name"] for stage in document["stages"] for cell in stage["touchpoints"]}
    places = walk.went_to(first)
    went = went_next(counts_of(places[places >= 0], len(walk.plan.points)), len(first))

    def share(count: int) -> Document:
        made = figure(wilson(successes=count, n=len(first)))
        return {"count": count, "share": made["value"], "ci": made["ci"], "small": len(first) < ENOUGH}

    if not len(first):
        return {"next": [], "went_nowhere": None}
    ids = [point.id for point in walk.plan.points]
    rows = [{"touchpoint": ids[at], "name": names[ids[at]], **share(n)} for at, n in went.touchpoints]
    return {"next": rows, "went_nowhere": share(went.nowhere)}


def _features_here(store: EventStore, key: str, scope: Scope, point: Point) -> list[Feature]:
    """What the signals at the touchpoint say of themselves (browser, device …), by each person's first."""
    names = ["channel"]
    for entry in store.catalog(key, "property"):
        if "." not in entry.name and len(names) < _MOST_PROPERTIES:
            names.append(entry.name)
    here = Selector(kinds=_VISITS if point.basis == "signals" else _VOICES, touchpoint=point.id)
    return [
        feature
        for name in names
        for feature in features_of_signals(
            name,
            store.sequences(key, scope, [here], unit="person", others=False, breakdown=name),
            first=True,
        )
    ]


def _not_continued(walk: Walk, place: int, first: np.ndarray, features: list[Feature]) -> Document | None:
    waited, observed = walk.waits(first)
    since = np.sort(walk.signals.time[first[~observed]])
    earliest = int(walk.signals.time[first].min()) if len(first) else 0
    waits = Waits(np.sort(waited[observed]), since, earliest)
    made = continued(walk.plan, place, waits, walk.period.as_of)
    if made is None:
        return None
    going_on = int((observed & (waited <= walk.plan.window)).sum())
    interval = made.share.interval
    found = holding_back(features, walk.signals.person[first], waited, observed, walk.plan.window)
    return {
        "count": len(first) - going_on - made.open,
        "censored": made.open,
        "share": 1 - made.share.value,
        "ci": [1 - interval[1], 1 - interval[0]] if interval else None,
        "n": len(first),
        "small": len(first) < ENOUGH,
        **_findings(found),
    }


def _findings(findings: Findings) -> Document:
    return {
        "tested": findings.tested,
        "properties": [
            {
                "property": finding.feature.property,
                "value": finding.feature.value,
                "share": finding.here.value,
                "ci": [finding.here.low, finding.here.high],
                "share_of_all": finding.share,
                "n": finding.here.n,
                "p": finding.p,
            }
            for finding in findings.found[:_MOST_FINDINGS]
        ],
    }


def _trend(walk: Walk, place: int, scope: Scope, interval: Interval | None, state: StoreState) -> Document:
    asked = next(iter(say(walk.signals.words, *_said(walk, place))), None)
    interval = interval or interval_of(walk, place)
    points = trend(walk, place, scope, interval, asked) if state.signals else []
    return {
        "interval": interval,
        "metric": asked and asked.metric,
        "scale": asked and list(asked.scale),
        "points": [
            {
                "start": point.start.isoformat(),
                "finished": point.finished,
                "reached": point.reached,
                "score": point.score and {**figure(point.score.estimate), "small": point.score.n < ENOUGH},
            }
            for point in points
        ],
    }


def _reasons(said: tuple[np.ndarray, np.ndarray], words: Words) -> list[Document]:
    return [{"name": name, "count": count} for name, count in reasons_of(words, *said)]


def _said(walk: Walk, place: int) -> tuple[np.ndarray, np.ndarray]:
    """(words said at the touchpoint in the period, how often each)."""
    said = walk.signals.said[walk.rows(place, SignalKind.SCORE, SignalKind.CONTACT)]
    return np.unique(said[said >= 0], return_counts=True)
