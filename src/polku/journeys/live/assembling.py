"""The answer of kind "journey": what people wrote and what was counted, joined into one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.journeys.live.answers import Feel, Score
from polku.journeys.live.changes import Change, PointChanges
from polku.journeys.live.lanes import Buy, Contact, Continued, Promise
from polku.journeys.live.numbers import PointNumbers
from polku.journeys.live.plan import DAY, Point
from polku.journeys.live.reading import LiveNumbers
from polku.journeys.live.structure import Structure
from polku.journeys.losses import LossCell
from polku.journeys.models import Journey, Touchpoint
from polku.statistics import Estimate

Document = dict[str, Any]

_MOST_NEXT = 5
_MOST_REASONS = 10


def assemble(structure: Structure, numbers: LiveNumbers, losses: Mapping[int, LossCell]) -> Document:
    """The whole document but for what every answer carries (`kind`, `data_as_of`, `warnings` …).

    `losses` by touchpoint: of a year and of everybody, whatever the question filters."""
    names = {point.pk: point.name for _, points in structure.stages for point in points}
    plans = {point.id: point for point in structure.plan.points}
    plan_ids = [point.id for point in structure.plan.points]

    def cell(touchpoint: Touchpoint) -> Document:
        return {
            **_written(touchpoint),
            **_counted(touchpoint, plans[touchpoint.pk], numbers, plan_ids, names),
            "loss": losses[touchpoint.pk].as_data() if touchpoint.pk in losses else None,
        }

    stages: list[Document] = [
        {"id": stage.pk, "name": stage.name, "touchpoints": [cell(point) for point in points]}
        for stage, points in structure.stages
    ]
    front = [cell for stage in stages for cell in stage["touchpoints"] if not cell["backstage"]]
    measured = sum(cell["evidence"] == "measured" for cell in front)
    return {
        "journey": _journey(structure.journey),
        "measured_share": measured / len(front) if front else 0.0,
        "stages": stages,
        "surprises": _surprises(front),
        "changes": None if numbers.tally is None else {"tested": numbers.tally[0], "clear": numbers.tally[1]},
    }


def written(structure: Structure) -> list[Document]:
    """All that people wrote and the document shows."""
    parts = [_journey(structure.journey)]
    for stage, touchpoints in structure.stages:
        parts.append({"id": stage.pk, "name": stage.name})
        parts.extend({**_written(point), "assumed": point.assumed_feeling} for point in touchpoints)
    return parts


def _journey(journey: Journey) -> Document:
    return {
        "id": journey.pk,
        "name": journey.name,
        "kind": journey.kind,
        "purpose": journey.purpose,
        "window_days": journey.window_days,
        "reviewed_at": journey.reviewed_at and journey.reviewed_at.isoformat(),
    }


def _written(touchpoint: Touchpoint) -> Document:
    return {
        "id": touchpoint.pk,
        "name": touchpoint.name,
        "description": touchpoint.description,
        "channels": list(touchpoint.channels),
        "moment_of_truth": touchpoint.is_moment_of_truth,
        "backstage": touchpoint.is_backstage,
        "owner": str(touchpoint.owner) if touchpoint.owner else None,
        "review_on": touchpoint.review_on and touchpoint.review_on.isoformat(),
        "bindings": touchpoint.binding_count,  # type: ignore[attr-defined]
    }


def _counted(
    touchpoint: Touchpoint, plan: Point, numbers: LiveNumbers, ids: list[int], names: dict[int, str]
) -> Document:
    assumed = touchpoint.assumed_feeling
    if plan.backstage:
        return {
            "evidence": "observed" if numbers.backstage_signals[plan.id] else "assumption",
            "do": None,
            "asked": plan.takes_answers,
            "say": [],
            "feel": {"assumed": assumed, "measured": None, "surprise": None},
            "contact": None,
            "buy": None,
            "change": None,
        }
    lanes = numbers.points[plan.id]
    return {
        "evidence": "measured" if lanes.feel else "observed" if lanes.signals else "assumption",
        "do": _do(lanes, plan, ids, names),
        "asked": plan.takes_answers,
        "say": [_score(score) for score in lanes.say],
        "feel": _feel(assumed, lanes.feel),
        "contact": lanes.contact and _contact(lanes.contact),
        "buy": lanes.buy and _buy(lanes.buy),
        "change": None if numbers.changes is None else _changes(numbers.changes[plan.id]),
    }


def _do(lanes: PointNumbers, plan: Point, ids: list[int], names: dict[int, str]) -> Document:
    went = lanes.next

    def share(count: int) -> float | None:
        return count / lanes.reached if lanes.reached else None

    return {
        "reached": {"value": lanes.reached, "ci": None, "n": lanes.reached, "basis": plan.basis},
        "continued": lanes.continued and _continued(lanes.continued),
        "next": [
            {"touchpoint": ids[place], "name": names[ids[place]], "count": count, "share": share(count)}
            for place, count in went.touchpoints[:_MOST_NEXT]
        ],
        "went_nowhere": {"count": went.nowhere, "share": share(went.nowhere)},
        "promise": lanes.promise and _promise(lanes.promise),
    }


def _continued(continued: Continued) -> Document:
    return {
        **figure(continued.share),
        "censored": continued.open,
        "horizon_days": continued.horizon / DAY,
    }


def _promise(promise: Promise) -> Document:
    return {"kept": promise.kept and figure(promise.kept), "broken_open": promise.broken_open}


def _score(score: Score) -> Document:
    low, high = score.scale
    steps = [low + step for step in range(int(high - low) + 1)] if high - low <= 20 else []
    counts = {**dict.fromkeys(steps, 0), **score.counts}
    return {
        "metric": score.metric,
        "scale": [low, high],
        "rule": score.rule,
        **figure(score.estimate),
        "mean": score.mean,
        "distribution": {f"{answer:g}": counts[answer] for answer in sorted(counts)},
    }


def _feel(assumed: float | None, feel: Feel | None) -> Document:
    if feel is None:
        return {"assumed": assumed, "measured": None, "surprise": None}
    interval = feel.estimate.interval
    surprising = assumed is not None and interval is not None and not interval[0] <= assumed <= interval[1]
    return {
        "assumed": assumed,
        "measured": {**figure(feel.estimate), "source": feel.source, "scale": list(feel.scale)},
        "surprise": feel.estimate.value - assumed if surprising and assumed is not None else None,
    }


def _contact(contact: Contact) -> Document:
    reasons = [{"name": name, "count": count} for name, count in contact.reasons[:_MOST_REASONS]]
    return {**figure(contact.rate), "reached": contact.reached, "reasons": reasons}


def _buy(buy: Buy) -> Document:
    return {**figure(buy.total), "n": buy.buyers, "orders": buy.orders}


def _changes(changes: PointChanges) -> Document:
    return {name: _change(change) for name, change in changes.items()}


def _change(change: Change | None) -> Document | None:
    if change is None:
        return None
    return {
        "previous": change.previous,
        "difference": change.difference,
        "ci": list(change.interval) if change.interval else None,
        "p": change.p,
        "clear": change.clear,
    }


def _surprises(front: list[Document]) -> list[Document]:
    """Measured feelings whose interval excludes the guess; greatest distance between the two first."""
    found = []
    for cell in front:
        feel = cell["feel"]
        if feel["surprise"] is None:
            continue
        assumed, measured = feel["assumed"], feel["measured"]
        low, high = measured["ci"]
        found.append(
            {
                "touchpoint": cell["id"],
                "name": cell["name"],
                "assumed": assumed,
                "measured": measured["value"],
                "ci": measured["ci"],
                "n": measured["n"],
                "distance": max(low - assumed, assumed - high),
            }
        )
    return sorted(found, key=lambda surprise: -surprise["distance"])


def figure(estimate: Estimate) -> Document:
    """An estimate as every answer writes it; the interval is null where it is not to be shown."""
    interval = estimate.interval
    return {"value": estimate.value, "ci": list(interval) if interval else None, "n": estimate.n}
