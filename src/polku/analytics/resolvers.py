"""How the upper rooms tell what a segment's or a touchpoint's name means; they register when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


FindSegment = Callable[["Workspace", str], SegmentRule | None]
FindTouchpoint = Callable[["Workspace", int | str], NamedTouchpoint | None]
ListNames = Callable[["Workspace"], Sequence[str]]

_segments: tuple[FindSegment, ListNames] | None = None
_touchpoints: tuple[FindTouchpoint, ListNames] | None = None


def register_segment(find: FindSegment, names: ListNames) -> None:
    """`find` gives the rule of a segment by its name, None where there is none; `names` lists what there is."""
    global _segments
    _segments = (find, names)


def register_touchpoint(find: FindTouchpoint, names: ListNames) -> None:
    """`find` gives a touchpoint of the workspace by its number or name, None where there is none."""
    global _touchpoints
    _touchpoints = (find, names)


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
