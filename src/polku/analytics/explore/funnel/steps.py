"""A step of a funnel with its figures, and how its units are counted in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.site.formats import Reader

ENOUGH = 30
"""Below so many nothing is made of a share."""


@dataclass(frozen=True)
class Step:
    """One step as it is shown. Shares are 0–1; `lost` are those of the step before who did not come here."""

    number: int
    name: str
    count: int
    from_first: float
    from_previous: float | None
    interval: tuple[float, float] | None
    lost: int | None
    wait: float | None
    quartiles: Sequence[float] | None
    is_worst: bool
    before: float | None = None
    before_first: float | None = None
    change: Mapping[str, Any] | None = None

    @property
    def is_small(self) -> bool:
        return self.count + (self.lost or 0) < ENOUGH


def unit_names(unit: str) -> dict[str, str]:
    """The unit in the forms that sentences need."""
    return {
        "person": {"many": _("people"), "column": _("People")},
        "session": {"many": _("visits"), "column": _("Visits")},
        "order": {"many": _("orders"), "column": _("Orders")},
    }[unit]


def count_words(number: int, unit: str, reader: Reader) -> str:
    """ "4,120 people" """
    text = {
        "person": ngettext("%s person", "%s people", number),
        "session": ngettext("%s visit", "%s visits", number),
        "order": ngettext("%s order", "%s orders", number),
    }[unit]
    return text % reader.number(number)


def share_decimals(share: float) -> int:
    """Decimals with which a share says something: 35 %, 5,3 %, 0,06 %."""
    if not share or share >= 0.095:
        return 0
    return 1 if share >= 0.0095 else 2
