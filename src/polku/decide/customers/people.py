"""The people of a group of customers, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from polku.accounts.models import Workspace
from polku.analytics.resolvers import person_address
from polku.analytics.rfm import Rhythm, conditions_of
from polku.decide.customers.shown import ShownValue, shown_value
from polku.decide.customers.single import Models, values_of
from polku.eventstore.port import Scope
from polku.eventstore.registry import store
from polku.people.names import PersonName, name_person, read_traits
from polku.people.rules import parse_rule
from polku.site.formats import Reader

PER_PAGE = 50


@dataclass(frozen=True)
class Listed:
    name: PersonName
    address: str
    value: ShownValue | None


@dataclass(frozen=True)
class GroupPeople:
    people: list[Listed]
    is_last: bool


def group_people(
    workspace: Workspace, group: str, rhythm: Rhythm, models: Models | None, *, page: int, reader: Reader
) -> GroupPeople:
    """Those seen last first. Two reads of the store. Raises StoreError."""
    key = workspace.key.hex
    rule = parse_rule(workspace, {"where": conditions_of(group, rhythm)})
    rows = (
        store()
        .find_people(
            key,
            scope=Scope(segment=rule, timezone=workspace.timezone),
            limit=PER_PAGE + 1,
            offset=PER_PAGE * (page - 1),
        )
        .to_pylist()
    )
    shown = rows[:PER_PAGE]
    values = values_of(workspace, [row["person"] for row in shown], models) if shown else {}
    return GroupPeople(
        people=[
            Listed(
                name=name_person(read_traits(row["traits"]), row["ids"], row["kinds"], row["order"]),
                address=person_address(workspace, row["person"]),
                value=shown_value(values[row["person"]], models, reader) if row["person"] in values else None,
            )
            for row in shown
        ],
        is_last=len(rows) <= PER_PAGE,
    )
