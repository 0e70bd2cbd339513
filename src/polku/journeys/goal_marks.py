"""The goals that the panel of a touchpoint shows. The room that keeps them registers here how they are looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polku.journeys.models import Touchpoint
from polku.site.formats import Reader


@dataclass(frozen=True)
class Mark:
    """One goal in words: the figure's name, what it is now, the target and its day. `tone` is "good", "bad" or ""."""

    name: str
    now: str
    target: str
    by: str
    state_name: str
    tone: str
    note: str
    address: str
    is_small: bool = False


@dataclass(frozen=True)
class PanelGoals:
    """`new_address` is where another is set, "" where none can be."""

    marks: tuple[Mark, ...] = ()
    new_address: str = ""


Lookup = Callable[[Touchpoint, Reader], PanelGoals]


def _nothing(touchpoint: Touchpoint, reader: Reader) -> PanelGoals:
    return PanelGoals()


_lookup: Lookup = _nothing


def use(lookup: Lookup) -> None:
    """Called by the room above, when the program starts; it is asked inside the workspace's scope."""
    global _lookup
    _lookup = lookup


def goals_at(touchpoint: Touchpoint, reader: Reader) -> PanelGoals:
    """The goals of one touchpoint."""
    return _lookup(touchpoint, reader)
