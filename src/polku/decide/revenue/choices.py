"""What the reader of the page of the revenue chose: period, segment, comparison, and by what it is told apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.analytics import resolvers
from polku.analytics.periods import CUSTOM, DEFAULT, Period, newest_day, period_choices, read_period
from polku.eventstore.registry import store

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

PREVIOUS, NONE = "previous", "none"
WAYS = {
    "channel": pgettext_lazy("traffic", "Channel"),
    "source": pgettext_lazy("traffic", "Source"),
    "device": gettext_lazy("Device"),
    "payment": gettext_lazy("Payment method"),
}
"""By what the revenue is told apart, beside any property that was received."""

PROPERTIES = {
    "channel": ("traffic_channel", "channel"),
    "source": ("traffic_source", "utm_source", "source"),
    "device": ("device_type", "device", "platform"),
    "payment": (
        "order.payment_method_title",
        "order.payment_method",
        "order.payment",
        "order.payment_gateway",
        "payment_method",
        "payment",
    ),
}
"""Names under which these are received, our own first."""

MOST_PROPERTIES = 200
_PERSONAL = ("person.email", "person.phone", "person.name", "order.id")


@dataclass(frozen=True)
class Choices:
    """A valid choice. `way` is one of WAYS or, for any other property, its name; `property` is what is asked, "" where
    nothing is received that tells it."""

    period: Period
    segment: str = ""
    is_compared: bool = True
    way: str = "channel"
    property: str = ""
    problem: str = ""

    def query(self, timezone: str) -> dict[str, object]:
        """The Query object of the page."""
        previous = self.period.previous() if self.is_compared else None
        return {
            "kind": "revenue",
            "range": self.period.range(timezone),
            "segment": self.segment or None,
            "compare": previous.range(timezone) if previous else None,
            "breakdown": {"property": self.property} if self.property else None,
        }

    def parts(self) -> dict[str, str]:
        """What the address must say; defaults are left out."""
        said: dict[str, str] = {}
        if self.period.choice != DEFAULT:
            said["range"] = self.period.choice
        if self.period.choice == CUSTOM and self.period.first and self.period.last:
            said |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        if self.segment:
            said["segment"] = self.segment
        if not self.is_compared:
            said["compare"] = NONE
        if self.way != "channel":
            said["by"] = self.way
        return said

    def address(self, **changes: object) -> str:
        """The query string that says the same with `changes` (fields of this class)."""
        return f"?{urlencode(replace(self, **changes).parts())}"  # type: ignore[arg-type]


def read_choices(data: QueryDict, workspace: Workspace, state: StoreState) -> Choices:
    """What the address asks for. What makes no sense falls back to the default and is said in `problem`."""
    period = read_period(
        data.get("range", DEFAULT),
        data.get("from", ""),
        data.get("to", ""),
        newest=newest_day(state, workspace.timezone),
    )
    problem = period.problem
    segment = data.get("segment", "")
    if segment and segment not in resolvers.segment_names(workspace):
        problem = problem or _("There is no segment called “%s”.") % segment[:80]
        segment = ""
    received = properties(workspace)
    way = data.get("by", "channel")
    if way not in WAYS and way not in received:
        problem = problem or _("No property called “%s” was received.") % way[:80]
        way = "channel"
    way = next((name for name in WAYS if way and way == _property(name, received)), way)
    return Choices(
        period=period,
        segment=segment,
        is_compared=data.get("compare") != NONE and period.first is not None,
        way=way,
        property=_property(way, received),
        problem=problem,
    )


def properties(workspace: Workspace) -> list[str]:
    """Names of properties received by which the revenue may be told apart, those of most signals first."""
    found = store().catalog(workspace.key.hex, "property", limit=MOST_PROPERTIES)
    return [entry.name for entry in found if entry.name not in _PERSONAL]


def form_of(choices: Choices, workspace: Workspace) -> dict[str, object]:
    """The options of the form's lists: (value, name, chosen)."""
    period = choices.period
    named = {name for names in PROPERTIES.values() for name in names}
    others = [name for name in properties(workspace) if name not in named]
    words = resolvers.words()
    return {
        "periods": [(value, name, value == period.choice) for value, name in period_choices()],
        "segments": [(name, name, name == choices.segment) for name in resolvers.segment_names(workspace)],
        "is_custom": period.choice == CUSTOM,
        "first_day": period.first.isoformat() if period.first else "",
        "last_day": period.last.isoformat() if period.last else "",
        "ways": [(way, str(name), way == choices.way) for way, name in WAYS.items()],
        "properties": sorted(
            ((name, words.property(name), name == choices.way) for name in others),
            key=lambda row: row[1].casefold(),
        ),
    }


def _property(way: str, received: Collection[str]) -> str:
    if way not in WAYS:
        return way
    return next((name for name in PROPERTIES[way] if name in received), "")
