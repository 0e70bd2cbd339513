"""What every page of questions has above it: the period, whose signals, what they are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from polku.analytics import conditions, periods, resolvers
from polku.analytics.explore.selecting import Choices
from polku.eventstore.registry import store

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.analytics.explore.pages import Parameters
    from polku.eventstore.port import StoreState

LONGEST_VALUE = 500
MOST_VALUES = 60
MOST_PROPERTIES = 300
MOST_FILTERS = 10
FILTER = ("property", "op", "value")
"""Parameters that come together, once for each filter."""
PREVIOUS, SEGMENT = "previous", "segment:"
Option = tuple[str, str, bool]
"""(value, name, whether it is chosen)"""


class QuestionForm(forms.Form):
    """A form that lives in the address of its page: nothing is posted, and any choice may be left out.

    A kind's own form adds fields (all with `required=False`; the `initial` of a field is what stands where the address
    says nothing) and gives `own_query`. `repeated` names parameters that may come many times and are no fields:
    `values(name)` lists them. Bad input makes errors on the form, never anything worse.
    """

    takes_compare: ClassVar[bool] = False
    takes_breakdown: ClassVar[bool] = False
    repeated: ClassVar[Sequence[str]] = ()
    passing: ClassVar[Sequence[str]] = ()
    """Fields that say what is looked at just now, and are not kept with a saved question."""
    default_period: ClassVar[str] = periods.DEFAULT

    def __init__(self, data: QueryDict, *, workspace: Workspace, state: StoreState) -> None:
        self.workspace, self.state = workspace, state
        self.given = data
        filled = {name: _readable(str(value)) for name, value in data.items()}
        for name, each in self.base_fields.items():
            if name not in filled and each.initial is not None:
                filled[name] = str(each.initial)
        super().__init__(filled)
        newest = periods.newest_day(state, workspace.timezone)
        self.period = periods.read_period(
            filled.get("range", self.default_period),
            filled.get("from", ""),
            filled.get("to", ""),
            newest=newest,
            default=self.default_period,
        )
        self.problem = self.period.problem
        self.segment = self._known_segment(filled.get("segment", ""))
        compare = filled.get("compare", "") if self.takes_compare else ""
        if compare.startswith(SEGMENT):
            named = self._known_segment(compare.removeprefix(SEGMENT))
            compare = f"{SEGMENT}{named}" if named else ""
        elif compare != PREVIOUS or self.period.first is None:
            compare = ""
        self.compare = compare
        self.breakdown = filled.get("breakdown", "") if self.takes_breakdown else ""

    # what a kind's own form gives

    @property
    def is_asked(self) -> bool:
        """Whether enough is chosen for an answer, and there is data to ask; until then the page shows proposals."""
        return self.state.signals > 0

    @property
    def hint(self) -> str:
        """What to do next where something is chosen and it is not enough; "" shows the proposals."""
        return ""

    def own_query(self) -> dict[str, object]:
        """The kind's own fields of the Query object, `kind` among them; only after `is_valid`."""
        raise NotImplementedError

    def changed(self, wish: str) -> Parameters:
        """The parameters after a button of the builder (`<button name="do" value="…">`) was pressed."""
        return self.parameters()

    # what pages ask

    def after(self, wish: str) -> Parameters:
        """The parameters after any button with `name="do"` was pressed: `unfilter:N`, or one of the builder's own."""
        verb, _colon, number = wish.partition(":")
        if verb != "unfilter":
            return self.changed(wish)
        left = [row for place, row in enumerate(self.filters) if str(place) != number]
        rest = [pair for pair in self.parameters() if pair[0] not in FILTER]
        return [*rest, *_flat(left)]

    @cached_property
    def filters(self) -> list[dict[str, str]]:
        """Rows {"property", "op", "value"} that say which signals count; what is not whole is left out."""
        columns = [[_readable(value) for value in self.given.getlist(name)[:MOST_FILTERS]] for name in FILTER]
        rows = [dict(zip(FILTER, row, strict=True)) for row in zip(*columns, strict=False)]
        return [
            conditions.as_in_data(row)
            for row in rows
            if row["property"]
            and row["op"] in dict(conditions.OPERATORS)
            and (row["value"].strip(" ,") or row["op"] in ("known", "unknown"))
        ]

    @property
    def filter_words(self) -> list[str]:
        """Each filter as people say it."""
        return [conditions.in_words(condition) for condition in self._conditions]

    @property
    def can_filter(self) -> bool:
        return len(self.filters) < MOST_FILTERS

    @property
    def _conditions(self) -> list[dict[str, Any]]:
        return [condition for row in self.filters if (condition := conditions.condition_of(row))]

    @property
    def operators(self) -> list[tuple[str, Any]]:
        return list(conditions.OPERATORS)

    def query(self) -> dict[str, object]:
        """The Query object; only after `is_valid`."""
        zone = self.workspace.timezone
        common: dict[str, object] = {
            "range": self.period.range(zone),
            "where": self._conditions or None,
            "segment": self.segment or None,
            "compare": self._compared(zone),
            "breakdown": {"property": self.breakdown} if self.breakdown else None,
        }
        return self.own_query() | {name: value for name, value in common.items() if value is not None}

    def parameters(self, **changes: str | None) -> list[tuple[str, str]]:
        """The shortest address parameters that say the same, with `changes` made; None takes one away."""
        found = [
            (name, value)
            for name, value in (
                ("range", "" if self.period.choice == self.default_period else self.period.choice),
                ("from", self._day(self.period.first)),
                ("to", self._day(self.period.last)),
                ("segment", self.segment),
                ("compare", self.compare),
                ("breakdown", self.breakdown),
            )
            if value
        ]
        for name, each in self.base_fields.items():
            value = _readable(self.given.get(name, ""))
            if value and value != str(each.initial if each.initial is not None else ""):
                found.append((name, value))
        found += [(name, value) for name in self.repeated for value in self.values(name)]
        found += _flat(self.filters)
        found = [(name, value) for name, value in found if name not in changes]
        return [*found, *((name, value) for name, value in changes.items() if value)]

    def kept(self) -> list[tuple[str, str]]:
        """The parameters that a saved question keeps."""
        return [(name, value) for name, value in self.parameters() if name not in self.passing]

    def values(self, name: str) -> list[str]:
        """What the address gives for a name that may come many times; empty ones are left out."""
        return [value for value in map(_readable, self.given.getlist(name)[:MOST_VALUES]) if value]

    @cached_property
    def choices(self) -> Choices:
        """Touchpoints and events to choose from."""
        return Choices(self.workspace, self.state)

    @property
    def period_options(self) -> list[Option]:
        return [(value, name, value == self.period.choice) for value, name in periods.period_choices()]

    @property
    def is_custom(self) -> bool:
        return self.period.choice == periods.CUSTOM

    @property
    def segment_options(self) -> list[Option]:
        names = resolvers.segment_names(self.workspace)
        return [("", _("All customers"), not self.segment)] + [
            (name, name, name == self.segment) for name in names
        ]

    @property
    def compare_options(self) -> list[Option]:
        options = [("", _("No comparison"), not self.compare)]
        if self.period.first is not None:
            options.append((PREVIOUS, _("Compare: previous period"), self.compare == PREVIOUS))
        for name in resolvers.segment_names(self.workspace):
            value = f"{SEGMENT}{name}"
            options.append((value, _("Compare: %(segment)s") % {"segment": name}, self.compare == value))
        return options

    @property
    def breakdown_options(self) -> list[Option]:
        return [("", _("No breakdown"), not self.breakdown), *self._property_options(self.breakdown)]

    @property
    def filter_options(self) -> list[Option]:
        """Properties that a new filter may look at."""
        return self._property_options("")

    def _property_options(self, chosen: str) -> list[Option]:
        names = properties_received(self.workspace.key.hex, self.state.version)
        if chosen and chosen not in names:
            names = (*names, chosen)
        return [
            (name, label[:1].upper() + label[1:], name == chosen)
            for label, name in sorted((label, name) for name, label in _labels(names).items())
        ]

    @property
    def compared_segment(self) -> str:
        """The segment that the answer is compared with; "" for none."""
        return self.compare.removeprefix(SEGMENT) if self.compare.startswith(SEGMENT) else ""

    def _known_segment(self, name: str) -> str:
        if name and name not in resolvers.segment_names(self.workspace):
            self.problem = self.problem or _("There is no segment called “%s”.") % name[:80]
            return ""
        return name

    def _compared(self, timezone: str) -> Mapping[str, object] | None:
        if self.compare == PREVIOUS:
            before = self.period.previous()
            return before.range(timezone) if before else None
        return {"segment": self.compared_segment} if self.compared_segment else None

    def _day(self, day: Any) -> str:
        return day.isoformat() if day and self.is_custom else ""


def _labels(names: Sequence[str]) -> dict[str, str]:
    """What each property is called, told apart where several are called the same: first by whether it is a detail of
    the customer or what Polku tells of the visit's machine, then by the name in the data."""
    called = {name: resolvers.words().property(name) for name in names}
    seen = Counter(called.values())
    for name, label in called.items():
        if seen[label] > 1 and name.startswith("person."):
            called[name] = _("%(property)s (customer’s details)") % {"property": label}
        elif seen[label] > 1 and name == "device_type":
            called[name] = _("%(property)s (recognised by Polku)") % {"property": label}
    seen = Counter(called.values())
    return {name: label if seen[label] == 1 else f"{label} ({name})" for name, label in called.items()}


def _flat(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(name, row[name]) for row in rows for name in FILTER]


def _readable(value: str) -> str:
    return value.replace("\0", "").strip()[:LONGEST_VALUE]


@lru_cache(maxsize=64)
def properties_received(key: str, version: int) -> tuple[str, ...]:
    """Names of properties of signals and people that may split an answer; `version` makes it new after a load."""
    found = store().catalog(key, "property", limit=MOST_PROPERTIES)
    return ("channel", *(entry.name for entry in found if entry.name and entry.name != "channel"))
