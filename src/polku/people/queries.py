"""Reads of segments and of the people in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.eventstore.bought import PROPERTIES as BOUGHT
from polku.eventstore.port import Scope, SegmentRule, Selector
from polku.eventstore.registry import store
from polku.people.models import Segment
from polku.people.names import name_person, read_traits
from polku.people.rules import parse_rule

_SUGGESTED = 300


def segments() -> QuerySet[Segment]:
    """Of the workspace in scope, by name."""
    return Segment.objects.order_by("name")


def find_segment(workspace: Workspace, name: str) -> SegmentRule | None:
    """The rule of the segment with this name (exactly, else whatever its letters' case)."""
    with scope(workspace=workspace):
        found = Segment.objects.filter(name=name).first() or Segment.objects.filter(name__iexact=name).first()
    return parse_rule(workspace, found.rule) if found else None


def segment_names(workspace: Workspace) -> list[str]:
    with scope(workspace=workspace):
        return list(segments().values_list("name", flat=True))


@dataclass(frozen=True)
class Matches:
    """How many people a rule takes, of how many there are."""

    people: int
    all_people: int


def count_people(workspace: Workspace, rule: Mapping[str, Any]) -> Matches:
    """People with a signal who fit the rule now. Raises QueryError and StoreError."""
    scope_of_rule = Scope(segment=parse_rule(workspace, rule), timezone=workspace.timezone)
    key = workspace.key.hex
    return Matches(
        people=store().preview(key, [Selector()], scope_of_rule).people,
        all_people=store().state(key).people,
    )


@dataclass(frozen=True)
class Suggestions:
    """Names received, for the fields of the form."""

    person_properties: list[str]
    signal_properties: list[str]
    events: list[str]


def suggestions(workspace: Workspace) -> Suggestions:
    key = workspace.key.hex
    names = [entry.name for entry in store().catalog(key, "property", limit=_SUGGESTED)]
    return Suggestions(
        person_properties=[
            *(name.removeprefix("person.") for name in names if name.startswith("person.")),
            *BOUGHT,
        ],
        signal_properties=[
            "channel",
            "url",
            "value",
            *(name for name in names if not name.startswith("person.")),
        ],
        events=[entry.name for entry in store().catalog(key, "event", limit=_SUGGESTED)],
    )


def names_of(workspace: Workspace, people: Sequence[int]) -> dict[int, str]:
    """What people are called, by their numbers."""
    rows = store().people(workspace.key.hex, people).to_pylist()
    return {
        row["person"]: name_person(read_traits(row["traits"]), row["ids"], row["kinds"]).text for row in rows
    }
