"""Which events and states of orders a proposed map does not hold, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from polku.journeys.models import Binding
from polku.journeys.proposing import concepts
from polku.journeys.proposing.collecting import LAST_STATES, concept_of_state
from polku.journeys.proposing.drafts import Draft
from polku.journeys.proposing.gathering import Received


class Why(StrEnum):
    """In the order in which they are told."""

    PASSED = "passed"
    UNKNOWN = "unknown"
    TOLD = "told"
    TECHNICAL = "technical"
    RARE = "rare"
    MANY = "many"


@dataclass(frozen=True)
class LeftOut:
    """An event or, with `is_state`, a state of orders; `signals` is how many of them were received."""

    name: str
    is_state: bool
    signals: int
    why: Why


def left_out_of(received: Received, drafts: Sequence[Draft], rare: Collection[str]) -> list[LeftOut]:
    """What no proposed draft catches; `rare` are the keys of the drafts that too few people reach."""
    events, states = _caught(drafts, Binding.Kind.EVENT), _caught(drafts, Binding.Kind.ORDER)
    by_event = {name: draft.key for draft in drafts for name in _names(draft, Binding.Kind.EVENT)}
    told = {draft.key for draft in drafts if draft.is_taken}
    left = []
    for entry in received.states:
        if entry.name in states:
            continue
        concept = concept_of_state(entry.name)
        if concept is None:
            why = Why.UNKNOWN
        elif concept.key not in LAST_STATES:
            why = Why.PASSED
        else:
            why = Why.TOLD if concept.key in told else Why.RARE
        left.append(LeftOut(entry.name, True, entry.signals, why))
    for entry in received.events:
        if entry.name in events:
            continue
        if concepts.is_technical(entry.name):
            why = Why.TECHNICAL
        else:
            why = Why.RARE if by_event.get(entry.name) in rare else Why.MANY
        left.append(LeftOut(entry.name, False, entry.signals, why))
    return left


def _caught(drafts: Sequence[Draft], kind: str) -> set[str]:
    return {name for draft in drafts if draft.is_taken for name in _names(draft, kind)}


def _names(draft: Draft, kind: str) -> list[str]:
    return [name for binding in draft.bindings if binding["kind"] == kind for name in binding["names"]]
