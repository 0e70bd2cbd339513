"""Saved questions shown beside touchpoints. Journeys stand above this room and register how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.analytics.models import SavedQuestion


@dataclass(frozen=True)
class Place:
    """A touchpoint beside which a question is shown; `address` opens the map there."""

    touchpoint: int
    name: str
    address: str


@dataclass(frozen=True)
class Placements:
    """`put` and `take` raise ValidationError where the touchpoint is not of the workspace; doing either twice changes
    nothing."""

    places: Callable[[SavedQuestion], Sequence[Place]]
    put: Callable[[SavedQuestion, int, User | None], None]
    take: Callable[[SavedQuestion, int, User | None], None]


_placements: Placements | None = None


def register(placements: Placements) -> None:
    """Let questions be put on touchpoints."""
    global _placements
    _placements = placements


def placements() -> Placements | None:
    """How questions are put on touchpoints; None where there are no journeys."""
    return _placements
