"""What is known at each touchpoint of a map, lane by lane, from all signals received so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from polku.accounts.models import Workspace
from polku.eventstore.port import SignalKind
from polku.eventstore.received import Counted
from polku.eventstore.registry import store
from polku.journeys.live.plan import Plan, Point
from polku.journeys.live.remembering import Remembered
from polku.journeys.models import Lane

_VISITS = (SignalKind.EVENT, SignalKind.ORDER)
_VOICES = (SignalKind.SCORE, SignalKind.CONTACT, SignalKind.COMMENT)


class State(StrEnum):
    """`WAITING`: connected, but nothing has come yet."""

    KNOWN = "known"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Knowledge:
    """`count` is of people for Do, of answers, contacts and orders for the others; `last` is the newest one (UTC)."""

    state: State
    count: int = 0
    last: datetime | None = None


UNKNOWN = Knowledge(State.UNKNOWN)
Known = Mapping[int, Mapping[Lane, Knowledge]]

_remembered: Remembered[Known] = Remembered(16)


def known_at(workspace: Workspace, plan: Plan) -> Known:
    """By touchpoint's number and lane, for all touchpoints of the plan that customers meet. Raises StoreError."""
    key = workspace.key.hex
    return _remembered.get((key, store().state(key).version, plan), lambda: _read(key, plan))


def _read(key: str, plan: Plan) -> Known:
    points = [point for point in plan.points if not point.backstage]
    bound = [point.id for point in points if point.bound]
    heard: dict[int, dict[SignalKind, Counted]] = {}
    for each in store().heard_at(key, bound):
        heard.setdefault(each.touchpoint, {})[each.kind] = each.counted
    bought: dict[int, Counted] = {}
    for basis, kinds in (("signals", _VISITS), ("answers_and_contacts", _VOICES)):
        of = [point.id for point in points if point.bound and point.basis == basis]
        for row in store().bought_after(
            key, of, kinds=kinds, window=plan.window, cancelled=sorted(plan.cancelled_states)
        ):
            bought[row.touchpoint] = row.counted
    return {point.id: _lanes(point, heard.get(point.id, {}), bought.get(point.id)) for point in points}


def _lanes(
    point: Point, heard: Mapping[SignalKind, Counted], bought: Counted | None
) -> dict[Lane, Knowledge]:
    visits = [heard[kind] for kind in _VISITS if kind in heard]
    answers, contacts = heard.get(SignalKind.SCORE), heard.get(SignalKind.CONTACT)
    said = _of(answers, point.takes_answers)
    return {
        # Those who came by an event and those of an order are largely the same people: the larger is sure.
        Lane.DO: Knowledge(State.KNOWN, max(each.people for each in visits), _newest(visits))
        if visits
        else _of(None, point.bound and point.basis == "signals"),
        Lane.SAY: said,
        Lane.FEEL: said,
        Lane.CONTACT: _of(contacts, point.takes_contacts),
        Lane.BUY: _of(bought, False),
    }


def _of(counted: Counted | None, is_connected: bool) -> Knowledge:
    if counted is not None:
        return Knowledge(State.KNOWN, counted.signals, counted.last)
    return Knowledge(State.WAITING) if is_connected else UNKNOWN


def _newest(counted: list[Counted]) -> datetime | None:
    return max((each.last for each in counted if each.last), default=None)
