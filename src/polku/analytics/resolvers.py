"""How the upper rooms tell what a segment's or a touchpoint's name means; they register when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from polku.eventstore.port import SegmentRule

if TYPE_CHECKING:
    from polku.accounts.models import Workspace


class NamedTouchpoint(Protocol):
    """All that questions need to know of a touchpoint."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class StageChoice:
    """A stage and its touchpoints as (number, name), in order."""

    name: str
    touchpoints: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class JourneyChoice:
    """A journey whose touchpoints may be chosen. Touchpoints without a data connection are left out."""

    id: int
    name: str
    stages: Sequence[StageChoice]


@dataclass(frozen=True)
class Words:
    """How names that came with the data are said to people. `value` takes the property's name first, and so does
    `meant`, which finds the value in the data by what people call it and gives any other text back."""

    event: Callable[[str], str]
    property: Callable[[str], str]
    value: Callable[[str, str], str]
    meant: Callable[[str, str], str]


FindSegment = Callable[["Workspace", str], SegmentRule | None]
FindTouchpoint = Callable[["Workspace", int | str], NamedTouchpoint | None]
ListNames = Callable[["Workspace"], Sequence[str]]
ListJourneys = Callable[["Workspace"], Sequence[JourneyChoice]]
AddressOfPerson = Callable[["Workspace", int], str]
NamesOfPeople = Callable[["Workspace", Sequence[int]], Mapping[int, str]]

_segments: tuple[FindSegment, ListNames] | None = None
_touchpoints: tuple[FindTouchpoint, ListNames] | None = None
_journeys: ListJourneys = lambda workspace: ()  # noqa: E731
_address_of_person: AddressOfPerson = lambda workspace, person: ""  # noqa: E731
_names_of_people: NamesOfPeople = lambda workspace, people: {}  # noqa: E731
_words = Words(event=str, property=str, value=lambda name, value: value, meant=lambda name, said: said)


def register_segment(find: FindSegment, names: ListNames) -> None:
    """`find` gives the rule of a segment by its name, None where there is none; `names` lists what there is."""
    global _segments
    _segments = (find, names)


def register_touchpoint(find: FindTouchpoint, names: ListNames) -> None:
    """`find` gives a touchpoint of the workspace by its number or name, None where there is none."""
    global _touchpoints
    _touchpoints = (find, names)


def register_journeys(journeys: ListJourneys) -> None:
    """`journeys` lists the workspace's journeys with the touchpoints that questions may be asked of."""
    global _journeys
    _journeys = journeys


def register_people(*, address: AddressOfPerson, names: NamesOfPeople, words: Words) -> None:
    """`address` is that of a person's page, `names` what people are called; `words` say names of events, properties
    and values to people."""
    global _address_of_person, _names_of_people, _words
    _address_of_person, _names_of_people, _words = address, names, words


def find_segment(workspace: Workspace, name: str) -> SegmentRule | None:
    """The rule of the workspace's segment `name`."""
    return _segments[0](workspace, name) if _segments else None


def segment_names(workspace: Workspace) -> list[str]:
    """The names of the workspace's segments."""
    return list(_segments[1](workspace)) if _segments else []


def find_touchpoint(workspace: Workspace, reference: int | str) -> NamedTouchpoint | None:
    """The workspace's touchpoint by its number or name."""
    return _touchpoints[0](workspace, reference) if _touchpoints else None


def touchpoint_names(workspace: Workspace) -> list[str]:
    """The names of the workspace's touchpoints."""
    return list(_touchpoints[1](workspace)) if _touchpoints else []


def journey_choices(workspace: Workspace) -> list[JourneyChoice]:
    """The workspace's journeys with their connected touchpoints, stage by stage."""
    return list(_journeys(workspace))


def touchpoint_choices(workspace: Workspace) -> list[tuple[str, list[tuple[int, str]]]]:
    """[(journey, [(number, name)])]: the connected touchpoints to choose from, in the order of the maps."""
    return [
        (journey.name, [point for stage in journey.stages for point in stage.touchpoints])
        for journey in journey_choices(workspace)
    ]


def person_address(workspace: Workspace, person: int) -> str:
    """The page of a person; "" where there is none."""
    return _address_of_person(workspace, person)


def names_of_people(workspace: Workspace, people: Sequence[int]) -> Mapping[int, str]:
    """What people are called, by their numbers; one read of the store. Only for who may see customers one by one."""
    return _names_of_people(workspace, people)


def words() -> Words:
    """How names that came with the data are said to people."""
    return _words
