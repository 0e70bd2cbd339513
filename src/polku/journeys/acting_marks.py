"""What the map shows of the work on a touchpoint: marks in its lane of actions, and a section in its panel.

The rows are this room's; what a finished one moved is worded by the room above, which registers its words here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from polku.journeys.models import Journey, Touchpoint
from polku.site.formats import Reader


@dataclass(frozen=True)
class Mark:
    """One action. `state` as in `Action.State`; `state_name` in words. `note` is one line: the owner and the day, or
    what came of it; `more` are further sentences of the panel. `tone` is "good", "bad" or ""."""

    name: str
    address: str
    state: str
    state_name: str
    note: str
    tone: str = ""
    more: tuple[str, ...] = ()
    is_overdue: bool = False


Marks = Callable[[Journey, Reader], Mapping[int, tuple[Mark, ...]]]
NewAddress = Callable[[Touchpoint], str]


def _nothing(journey: Journey, reader: Reader) -> Mapping[int, tuple[Mark, ...]]:
    return {}


def _nowhere(touchpoint: Touchpoint) -> str:
    return ""


_marks: Marks = _nothing
_new_address: NewAddress = _nowhere


def use(marks: Marks, new_address: NewAddress) -> None:
    """Called by the room above, when the program starts: marks by touchpoint, inside the workspace's scope, and where
    an action at a touchpoint is begun."""
    global _marks, _new_address
    _marks, _new_address = marks, new_address


def marks_of(journey: Journey, reader: Reader) -> Mapping[int, tuple[Mark, ...]]:
    """The marks of a map by touchpoint; touchpoints without work are absent."""
    return _marks(journey, reader)


def new_address(touchpoint: Touchpoint) -> str:
    """Of the page where an action at the touchpoint is begun; "" where there is none."""
    return _new_address(touchpoint)
