"""What is lost at each touchpoint, for the map. The room that counts it registers here how it is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_scopes import scope

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.journeys.models import Journey


@dataclass(frozen=True)
class LossCell:
    """The greatest estimated loss at a touchpoint: margin a year in the workspace's money.

    `pain_key` names the row of the list of losses that it is; `others` counts further rows with euros here, which
    are not added to it, because they may be of the same people. `n` is how many the row was counted from.
    """

    p10: float
    p50: float
    p90: float
    grade: str
    is_at_most: bool
    n: int | None
    pain_key: str
    others: int

    def as_data(self) -> dict[str, Any]:
        """As the answer of kind "journey" has it; `ci` runs from the cautious to the high estimate."""
        return {
            "value": self.p50,
            "ci": [self.p10, self.p90],
            "n": self.n,
            "grade": self.grade,
            "at_most": self.is_at_most,
            "pain": self.pain_key,
            "others": self.others,
        }


Lookup = Callable[["Workspace", "Journey"], Mapping[int, LossCell]]
Address = Callable[["Workspace", "Journey", str], str]

_lookup: Lookup = lambda workspace, journey: {}  # noqa: E731
_address: Address = lambda workspace, journey, pain_key: ""  # noqa: E731


def register(lookup: Lookup, *, address: Address) -> None:
    """`lookup` gives the cells of a map by touchpoint, from one cheap read: it runs for every look at a map, inside
    the workspace's scope. `address` is the page that tells how a row was counted."""
    global _lookup, _address
    _lookup, _address = lookup, address


def losses_of(workspace: Workspace, journey: Journey) -> Mapping[int, LossCell]:
    """By touchpoint; those without an estimate are not in it."""
    with scope(workspace=workspace):
        return _lookup(workspace, journey)


def derivation_address(workspace: Workspace, journey: Journey, pain_key: str) -> str:
    """Where the row is explained; "" where nobody registered such a page."""
    return _address(workspace, journey, pain_key)
