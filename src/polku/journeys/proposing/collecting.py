"""From what was received to touchpoints with their data connections, each as a draft not yet placed on a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.eventstore.port import CatalogEntry, SignalKind
from polku.journeys import limits
from polku.journeys.models import Binding
from polku.journeys.proposing import concepts
from polku.journeys.proposing.concepts import BY_KEY, Concept, recognise
from polku.journeys.proposing.drafts import Draft, binding
from polku.journeys.proposing.gathering import Answers, Received
from polku.journeys.proposing.pages import group_pages

_MOST_PAGES = 8
LAST_STATES = ("delivery", "cancellation", "returns")
"""Only the last state of an order is known: one that orders merely pass through would hold those still in it."""
_STATE_WORDS = {
    "completed": "delivery", "complete": "delivery", "fulfilled": "delivery", "valmis": "delivery",
}  # fmt: skip


class Drafts:
    """Drafts by key, made when something first belongs to them."""

    def __init__(self) -> None:
        self.by_key: dict[str, Draft] = {}

    def of(self, concept: Concept) -> Draft:
        if concept.key not in self.by_key:
            self.by_key[concept.key] = Draft(
                key=concept.key,
                name=str(concept.name),
                stage=concept.stage or "",
                channels=concept.channels,
                is_moment_of_truth=concept.is_moment_of_truth,
                is_backstage=concept.is_backstage,
            )
        return self.by_key[concept.key]

    def unknown(self, key: str, name: str) -> Draft:
        name = " ".join(name.split())[: limits.NAME] or key[: limits.NAME]
        return self.by_key.setdefault(key, Draft(key=key, name=name, stage="", is_known=False))


def collect(received: Received) -> list[Draft]:
    """Every touchpoint that what was received speaks of, with its connections; names in the language in use."""
    drafts = Drafts()
    _take_events(drafts, received)
    _take_pages(drafts, received)
    _take_orders(drafts, received)
    _take_contacts(drafts, received.reasons)
    _take_answers(drafts, received.answers)
    for draft in drafts.by_key.values():
        draft.bindings = draft.bindings[: limits.BINDINGS]
    return list(drafts.by_key.values())


def _take_events(drafts: Drafts, received: Received) -> None:
    named: dict[str, list[str]] = {}
    for entry in received.events:
        concept = None if concepts.is_technical(entry.name) else recognise(entry.name)
        if concept:
            draft = drafts.of(concept)
        else:
            draft = drafts.unknown(f"event:{entry.name}", resolvers.words().event(entry.name))
            draft.is_taken = not concepts.is_technical(entry.name)
        named.setdefault(draft.key, []).append(entry.name)
    for key, names in named.items():
        draft = drafts.by_key[key]
        draft.bindings += _named(Binding.Kind.EVENT, names)
        places = [received.places.get((SignalKind.EVENT, name)) for name in names]
        known = [place for place in places if place is not None]
        draft.place = sum(known) / len(known) if known else None


def _take_pages(drafts: Drafts, received: Received) -> None:
    """Pages of which no event tells; where nothing tells of the way in, coming to the site stands for it."""
    views = [entry.name for entry in received.events if concepts.is_page_view(entry.name)]
    unknown = 0
    for group in group_pages(received.addresses) if views else ():
        if group.concept is not None:
            draft = drafts.of(group.concept)
            if draft.has_visits:
                continue
        else:
            unknown += 1
            if unknown > _MOST_PAGES:
                continue
            draft = drafts.unknown(f"page:{group.name}", _("Page “%s”") % group.name)
            draft.channels, draft.is_taken = ("web", "mobile"), False
        draft.bindings += [binding(Binding.Kind.EVENT, names=views, url=url) for url in group.urls]
    arrivals = views or [entry.name for entry in received.events if concepts.is_arrival(entry.name)]
    if arrivals and not any(draft.stage == concepts.START for draft in drafts.by_key.values()):
        visit = drafts.of(BY_KEY[concepts.VISIT])
        visit.bindings += _named(Binding.Kind.EVENT, arrivals)


def _take_orders(drafts: Drafts, received: Received) -> None:
    if not received.orders:
        return
    drafts.of(BY_KEY[concepts.ORDER]).bindings.append(binding(Binding.Kind.ORDER))
    states: dict[str, list[str]] = {}
    for entry in received.states:
        concept = concept_of_state(entry.name)
        if concept is not None and concept.key in LAST_STATES:
            states.setdefault(concept.key, []).append(entry.name)
    for key, names in states.items():
        draft = drafts.of(BY_KEY[key])
        if not draft.has_visits:
            draft.bindings += _named(Binding.Kind.ORDER, names)


def concept_of_state(name: str) -> Concept | None:
    """The concept that an order's state means; None where nobody knows it."""
    key = _STATE_WORDS.get(concepts.plain(name))
    return BY_KEY[key] if key else recognise(name)


def _take_contacts(drafts: Drafts, reasons: Iterable[CatalogEntry]) -> None:
    """A contact belongs where what it is about happens, if something is known to happen there; else to customer
    service. Contacts alone make no touchpoint: each who came would have contacted, by definition."""
    taken: dict[str, list[str]] = {}
    for entry in reasons:
        concept = recognise(entry.name)
        there = drafts.by_key.get(concept.key) if concept else None
        own = there is not None and there.has_visits
        taken.setdefault(there.key if own and there else concepts.SUPPORT, []).append(entry.name)
    for key, names in taken.items():
        drafts.of(BY_KEY[key]).bindings += _named(Binding.Kind.CONTACT, names)


def _take_answers(drafts: Drafts, answers: Sequence[Answers]) -> None:
    by_metric = groupby(sorted(answers, key=lambda each: each.metric), key=lambda each: each.metric)
    for metric, group in by_metric:
        given = list(group)
        property = next((each.property for each in given if each.property), None)
        for each in given:
            where: list[dict[str, Any]] = []
            if property:
                where = [
                    {"property": property, "op": "exists", "value": False}
                    if each.value is None
                    else {"property": property, "op": "eq", "value": each.value}
                ]
            _place_of_answers(drafts, each.value).bindings.append(
                binding(Binding.Kind.SCORE, names=[metric], where=where)
            )


def _place_of_answers(drafts: Drafts, said: str | None) -> Draft:
    """The touchpoint that answers name: by its meaning, by its very name, or a new one."""
    if said is None:
        return drafts.of(BY_KEY[concepts.SURVEY])
    concept = recognise(said)
    if concept:
        return drafts.of(concept)
    for draft in drafts.by_key.values():
        if concepts.plain(said) in (concepts.plain(draft.name), concepts.plain(draft.key.partition(":")[2])):
            return draft
    return drafts.unknown(f"answers:{said}", said[:1].upper() + said[1:])


def _named(kind: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Connections for these names, as many of them as one connection takes in each."""
    most = limits.SIGNAL_NAMES
    return [binding(kind, names=list(names[start : start + most])) for start in range(0, len(names), most)]
