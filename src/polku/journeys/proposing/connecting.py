"""Proposed data connections for touchpoints that are on a map already: from a template, or drawn in a workshop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from polku.journeys.models import Touchpoint
from polku.journeys.proposing.concepts import plain, recognise
from polku.journeys.proposing.drafts import Draft

_ALSO: Mapping[str, Sequence[str]] = {
    "advertisement": ("campaign",),
    "search_result": (),
    "home": ("visit",),
    "product": ("product_list",),
    "basket": ("checkout",),
    "payment": ("checkout", "order"),
    "checkout": ("payment", "order"),
    "confirmation": ("accepted", "order"),
    "delivery": ("shipped", "tracking"),
    "account": ("registration",),
}
"""What stands for a concept of which nothing of its own was received, the nearest first."""


def draft_for(name: str, drafts: Iterable[Draft]) -> Draft | None:
    """Which of the drafts a touchpoint of that name means: by the very name, by its meaning, or by the nearest."""
    there = list(drafts)
    for draft in there:
        if plain(draft.name) == plain(name) or plain(draft.key.partition(":")[2]) == plain(name):
            return draft
    concept = recognise(name)
    if concept is None:
        return None
    by_key = {draft.key: draft for draft in there}
    return next((by_key[key] for key in (concept.key, *_ALSO.get(concept.key, ())) if key in by_key), None)


def match(touchpoints: Iterable[Touchpoint], drafts: Sequence[Draft]) -> tuple[dict[int, Draft], list[Draft]]:
    """(draft by touchpoint's number, drafts proposed that no touchpoint means)."""
    found: dict[int, Draft] = {}
    for touchpoint in touchpoints:
        draft = draft_for(touchpoint.name, drafts)
        if draft is not None:
            found[touchpoint.pk] = draft
    used = {draft.key for draft in found.values()}
    return found, [draft for draft in drafts if draft.is_taken and draft.key not in used]
