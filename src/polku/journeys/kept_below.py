"""What hangs on parts of a map: deleting a part keeps it, undoing brings it back. Rooms above register their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

_FIELDS = ("journey", "stage", "touchpoint")


@dataclass(frozen=True)
class Below:
    """Rows of `model`; each of `journey`, `stage`, `touchpoint` is the lookup from it to the part that it falls with,
    "" where it has none."""

    model: type[Model]
    journey: str = ""
    stage: str = ""
    touchpoint: str = ""


_kept: list[Below] = []


def register(below: Below) -> None:
    """Keep these rows with what they hang on (once). Models that hang on others are registered after them."""
    if below not in _kept:
        _kept.append(below)


def rows_below(*, journeys: Sequence[int], stages: Sequence[int], touchpoints: Sequence[int]) -> list[Any]:
    """The rows that fall with these parts, in the order of registration; inside the workspace's scope."""
    numbers = dict(zip(_FIELDS, (journeys, stages, touchpoints), strict=True))
    found: list[Any] = []
    for below in _kept:
        falls = Q(pk__in=())
        for field in _FIELDS:
            lookup = getattr(below, field)
            if lookup and numbers[field]:
                falls |= Q(**{f"{lookup}__in": list(numbers[field])})
        found += below.model._default_manager.filter(falls).distinct()
    return found
