"""What a workspace has received, as far as a proposal needs it: read once for each version of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polku.accounts.models import Workspace
from polku.eventstore.port import CatalogEntry, Scope, Selector, SignalKind, StoreState
from polku.eventstore.registry import store
from polku.journeys.live.remembering import Remembered
from polku.journeys.proposing.concepts import is_page_view

MOST_NAMES = 300
MOST_ADDRESSES = 2_000
MOST_PLACES_OF_ANSWERS = 40
_SAY_WHERE = ("touchpoint", "kosketuspiste", "survey", "kysely")
"""Properties of answers that tell what was asked about; the first that an answer's metric has is used."""


@dataclass(frozen=True)
class Answers:
    """Answers to a metric: those whose `property` has this value, or (both None) those that say nothing of where."""

    metric: str
    property: str | None
    value: str | None
    signals: int


@dataclass(frozen=True)
class Received:
    """`places` says how early people come to an event or state, 0 … 1; `orders` and `people` count all of them."""

    events: tuple[CatalogEntry, ...]
    reasons: tuple[CatalogEntry, ...]
    states: tuple[CatalogEntry, ...]
    addresses: tuple[CatalogEntry, ...]
    answers: tuple[Answers, ...]
    places: Mapping[tuple[SignalKind, str], float]
    orders: int
    people: int

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.reasons or self.answers or self.orders)


_remembered: Remembered[Received] = Remembered(8)


def received_by(workspace: Workspace) -> Received:
    """What the workspace has received up to now. Raises StoreError."""
    state = store().state(workspace.key.hex)
    return _remembered.get((workspace.key.hex, state.version), lambda: _read(workspace.key.hex, state))


def _read(key: str, state: StoreState) -> Received:
    opened = store()
    events = _named(opened.catalog(key, "event", limit=MOST_NAMES))
    views = any(is_page_view(entry.name) for entry in events)
    (orders,) = opened.count_each(key, [[Selector((SignalKind.ORDER,))]], Scope())
    return Received(
        events=events,
        reasons=_named(opened.catalog(key, "reason", limit=MOST_NAMES)),
        states=_named(opened.catalog(key, "status", limit=MOST_NAMES)),
        addresses=_named(opened.catalog(key, "url", limit=MOST_ADDRESSES)) if views else (),
        answers=tuple(
            answers
            for entry in opened.catalog(key, "metric", limit=50)
            for answers in _answers(key, entry.name, entry.signals)
        ),
        places={(each.kind, each.name): each.place for each in opened.usual_places(key)},
        orders=orders.signals,
        people=state.people,
    )


def _named(entries: Iterable[CatalogEntry]) -> tuple[CatalogEntry, ...]:
    """Those whose name a connection can hold."""
    return tuple(entry for entry in entries if "\0" not in entry.name)


def _answers(key: str, metric: str, signals: int) -> list[Answers]:
    """The answers to a metric, apart by what they say of where they were asked."""
    properties = {entry.name for entry in store().catalog(key, "property", limit=5_000)}
    asked = Selector((SignalKind.SCORE,), (metric,))
    for name in _SAY_WHERE:
        if name not in properties:
            continue
        parts = store().trend_parts(key, Scope(), asked, "month", "events", name, MOST_PLACES_OF_ANSWERS)
        counts = {
            part.key: int(sum(n for _month, n in part.points))
            for part in parts
            if not part.is_others and "\0" not in (part.key or "")
        }
        if any(value for value in counts):
            return [
                Answers(metric, name if value else None, value or None, n) for value, n in counts.items() if n
            ]
    return [Answers(metric, None, None, signals)]
