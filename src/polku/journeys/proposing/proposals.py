"""A whole map proposed from what was received: drafts counted, put into stages and into the order of people's ways."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import override

from polku.accounts.models import Workspace
from polku.eventstore.port import Scope
from polku.eventstore.registry import store
from polku.journeys.live.remembering import Remembered
from polku.journeys.proposing import concepts
from polku.journeys.proposing.collecting import collect
from polku.journeys.proposing.drafts import Draft
from polku.journeys.proposing.gathering import Received, received_by
from polku.journeys.proposing.leaving_out import LeftOut, left_out_of

MOST_OFFERED = 60
MOST_UNKNOWN_TAKEN = 12
_RARE = 0.002
_RARE_UNKNOWN = 0.01
"""A touchpoint that so small a part of all people reach is offered, but not proposed."""


@dataclass(frozen=True)
class Proposal:
    """`stages` are (key, name) in order; `drafts` in the order of the map, those merely offered among them; `left_out`
    are the events and states of orders that nothing proposed catches."""

    name: str
    stages: list[tuple[str, str]]
    drafts: list[Draft]
    left_out: list[LeftOut] = field(default_factory=list)


_remembered: Remembered[Proposal] = Remembered(8)


def propose(workspace: Workspace) -> Proposal | None:
    """The map that what the workspace has received speaks of, in its language; None where nothing was received.

    The answer is the caller's own to change. Raises StoreError.
    """
    received = received_by(workspace)
    if received.is_empty:
        return None
    key = workspace.key.hex
    named_by = (key, store().state(key).version, workspace.language, workspace.timezone)
    return copy.deepcopy(_remembered.get(named_by, lambda: _propose(workspace, received)))


def _propose(workspace: Workspace, received: Received) -> Proposal:
    with override(workspace.language):
        drafts = collect(received)
        names = {key: str(name) for key, name in concepts.STAGES.items()}
        name = _("The customer’s journey")
        early, along, late = _("Beginning"), _("Along the way"), _("End")
    # The rarest are counted in vain: they are no part of the offer.
    drafts = [draft for draft in drafts if draft.bindings]
    counted = store().count_each(
        workspace.key.hex, [draft.selectors() for draft in drafts], Scope(timezone=workspace.timezone)
    )
    for draft, count in zip(drafts, counted, strict=True):
        draft.signals, draft.people, draft.last = count.signals, count.people, count.last
    drafts = [draft for draft in drafts if draft.signals]
    rare = _choose(drafts, received.people)
    left_out = left_out_of(received, drafts, rare)
    drafts = _most_offered(drafts)
    if not any(draft.stage for draft in drafts if draft.has_visits):
        names = {"early": early, "along": along, "late": late, concepts.AFTER: names[concepts.AFTER]}
        _put_into_thirds(drafts)
    else:
        _put_beside_known(drafts)
    order = list(names)
    placed = [
        draft for stage in order for draft in _in_order([each for each in drafts if each.stage == stage])
    ]
    used = {draft.stage for draft in placed}
    return Proposal(name, [(key, names[key]) for key in order if key in used], placed, left_out)


def _choose(drafts: Sequence[Draft], people: int) -> set[str]:
    """Propose what many reach; of names that nobody knows only the most common. The keys of those too few reach."""
    unknown = 0
    rare = set()
    for draft in sorted(drafts, key=lambda each: (-each.people, each.key)):
        least = (_RARE if draft.is_known else _RARE_UNKNOWN) * people
        if draft.people < least:
            rare.add(draft.key)
        draft.is_taken = draft.is_taken and draft.people >= least
        if not draft.is_known and draft.is_taken:
            unknown += 1
            draft.is_taken = unknown <= MOST_UNKNOWN_TAKEN
    return rare


def _most_offered(drafts: Sequence[Draft]) -> list[Draft]:
    ranked = sorted(drafts, key=lambda each: (not each.is_taken, not each.is_known, -each.people, each.key))
    return ranked[:MOST_OFFERED]


def _put_beside_known(drafts: Sequence[Draft]) -> None:
    """A draft that only people's ways can place goes to the stage whose known touchpoints stand nearest to it."""
    places: dict[str, list[tuple[float, int]]] = {}
    for draft in drafts:
        if draft.stage and draft.place is not None:
            places.setdefault(draft.stage, []).append((draft.place, draft.people))
    middles = {
        stage: sum(place * people for place, people in of) / max(1, sum(people for _place, people in of))
        for stage, of in places.items()
    }
    for draft in drafts:
        if draft.stage:
            continue
        if draft.place is None or not middles:
            draft.stage = concepts.AFTER
        else:
            wanted = draft.place
            draft.stage = min(middles, key=lambda stage: abs(middles[stage] - wanted))


def _put_into_thirds(drafts: Sequence[Draft]) -> None:
    """Where no name is known, the map goes by when people come to each."""
    for draft in drafts:
        if draft.stage == "":
            place = 1.0 if draft.place is None else draft.place
            draft.stage = "early" if place < 1 / 3 else "along" if place < 2 / 3 else "late"
        elif draft.stage != concepts.AFTER:
            draft.stage = "late"


def _in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """A stage's drafts: the known ones as on every map, the others before the first that people come to later."""
    ordered = sorted(
        (draft for draft in drafts if draft.key in concepts.BY_KEY),
        key=lambda draft: concepts.place_of_key(draft.key),
    )
    others = [draft for draft in drafts if draft.key not in concepts.BY_KEY]
    for draft in sorted(others, key=lambda each: (each.place is None, each.place or 0.0, each.key)):
        later = (
            at
            for at, known in enumerate(ordered)
            if draft.place is not None and known.place is not None and known.place > draft.place
        )
        ordered.insert(next(later, len(ordered)), draft)
    return ordered
