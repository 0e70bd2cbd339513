"""What the reader of the page chose: the period and segment above it, and what they clicked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.analytics.periods import CUSTOM, DEFAULT, Period, newest_day, period_choices, read_period
from polku.eventstore.web import DIMENSIONS, Dimension

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

METRICS = ("visits", "visitors", "converted", "revenue")
SOURCES: tuple[Dimension, ...] = ("channel", "source", "campaign")
DEVICES: tuple[Dimension, ...] = ("device", "browser")
LONGEST = 1_000


@dataclass(frozen=True)
class Choices:
    """A valid choice. `only` is what was clicked at (None: of which it is not known); `metric` is what the chart
    shows, `sources` and `devices` by what these lists are told apart."""

    period: Period
    segment: str = ""
    is_compared: bool = False
    only: Mapping[Dimension, str | None] = field(default_factory=dict)
    metric: str = METRICS[0]
    sources: Dimension = SOURCES[0]
    devices: Dimension = DEVICES[0]
    problem: str = ""

    def query(self, timezone: str) -> dict[str, object]:
        """The Query object of the page."""
        previous = self.period.previous() if self.is_compared else None
        return {
            "kind": "overview",
            "range": self.period.range(timezone),
            "segment": self.segment or None,
            "compare": previous.range(timezone) if previous else None,
            "only": dict(self.only) or None,
        }

    def address(self, **changes: object) -> str:
        """The query string that says the same with `changes` (fields of this class); defaults are left out."""
        said = replace(self, **changes)  # type: ignore[arg-type]
        parts: dict[str, str] = {}
        if said.period.choice != DEFAULT:
            parts["range"] = said.period.choice
        if said.period.choice == CUSTOM and said.period.first and said.period.last:
            parts |= {"from": said.period.first.isoformat(), "to": said.period.last.isoformat()}
        if said.segment:
            parts["segment"] = said.segment
        if said.is_compared:
            parts["compare"] = "previous"
        parts |= {dimension: value or "" for dimension, value in said.only.items()}
        for name, chosen, default in (
            ("metric", said.metric, METRICS[0]),
            ("sources", said.sources, SOURCES[0]),
            ("devices", said.devices, DEVICES[0]),
        ):
            if chosen != default:
                parts[name] = chosen
        return f"?{urlencode(parts)}" if parts else "?"

    def with_only(self, dimension: Dimension, value: str | None) -> str:
        """The address with one filter more."""
        return self.address(only={**self.only, dimension: value})

    def without(self, dimension: Dimension) -> str:
        """The address with one filter less."""
        return self.address(only={name: value for name, value in self.only.items() if name != dimension})

    def hidden(self) -> list[tuple[str, str]]:
        """What the form above the page must carry along: (name, value)."""
        carried = [(str(name), value or "") for name, value in self.only.items()]
        return [
            *carried,
            *(
                (name, str(value))
                for name, value in (
                    ("metric", self.metric),
                    ("sources", self.sources),
                    ("devices", self.devices),
                )
            ),
        ]


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
    only: dict[Dimension, str | None] = {}
    for dimension in DIMENSIONS:
        if dimension in data:
            value = str(data[dimension]).replace("\x00", "")[:LONGEST]
            if value or dimension != "page":
                only[dimension] = value or None
    return Choices(
        period=period,
        segment=segment,
        is_compared=data.get("compare") == "previous" and period.first is not None,
        only=only,
        metric=_one_of(METRICS, data.get("metric", "")),
        sources=_dimension(SOURCES, data.get("sources", "")),
        devices=_dimension(DEVICES, data.get("devices", "")),
        problem=problem,
    )


def form_of(choices: Choices, workspace: Workspace) -> dict[str, object]:
    """The options of the form's lists: (value, name, chosen)."""
    period = choices.period
    return {
        "periods": [(value, name, value == period.choice) for value, name in period_choices()],
        "segments": [(name, name, name == choices.segment) for name in resolvers.segment_names(workspace)],
        "is_custom": period.choice == CUSTOM,
        "first_day": period.first.isoformat() if period.first else "",
        "last_day": period.last.isoformat() if period.last else "",
        "hidden": choices.hidden(),
    }


def _one_of(known: tuple[str, ...], word: str) -> str:
    return word if word in known else known[0]


def _dimension(known: tuple[Dimension, ...], word: str) -> Dimension:
    return next((name for name in known if name == word), known[0])
