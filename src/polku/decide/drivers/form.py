"""The form of drivers: the outcome, and what may go with it."""

from __future__ import annotations

from functools import cached_property

from django import forms

from polku.analytics import periods
from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.pages import Parameters
from polku.analytics.explore.selecting import Group
from polku.decide.drivers.choices import LONGEST, Choices, asked_as, parts_of
from polku.decide.drivers.proposing import Proposed, proposed
from polku.statistics.drivers import MOST


class DriversForm(QuestionForm):
    """`outcome`, and `driver` as often as there are; a new one comes in `add`. Nothing given is what the data proposes.
    An answer of long ago still says what goes with what, so all data counts unless somebody chooses."""

    repeated = ("driver",)
    default_period = periods.ALL

    outcome = forms.CharField(required=False, max_length=LONGEST)

    @cached_property
    def offered(self) -> Choices:
        return Choices(self.workspace, self.state)

    @cached_property
    def _proposed(self) -> Proposed | None:
        """Only while nobody chose anything."""
        if self.given.get("outcome") or self.values("driver") or not self.state.signals:
            return None
        return proposed(self.workspace, self.state, self.offered)

    @property
    def is_proposed(self) -> bool:
        return self._proposed is not None

    @property
    def chosen_outcome(self) -> str:
        if self._proposed:
            return self._proposed[0]
        value = self["outcome"].value() or ""
        return value if parts_of(value) and not value.startswith("||||") else ""

    @property
    def chosen(self) -> list[str]:
        """The drivers, each once, without the outcome."""
        if self._proposed:
            return list(self._proposed[1])
        found = [
            value for value in self.values("driver") if parts_of(value) and not value.startswith("again")
        ]
        return [value for value in dict.fromkeys(found) if value != self.chosen_outcome][:MOST]

    @property
    def outcome_name(self) -> str:
        return self.offered.name(self.chosen_outcome)

    @property
    def driver_names(self) -> list[tuple[str, str]]:
        """(choice, name), two of one name told apart by a number."""
        names: list[tuple[str, str]] = []
        for value in self.chosen:
            name = self.offered.name(value)
            same = sum(name == other or other.startswith(f"{name} (") for _value, other in names)
            names.append((value, f"{name} ({same + 1})" if same else name))
        return names

    @property
    def outcomes(self) -> list[Group]:
        return self.offered.groups(outcomes=True, chosen=(self.chosen_outcome,))

    @property
    def candidates(self) -> list[Group]:
        """Drivers that may be added."""
        taken = {self.chosen_outcome, *self.chosen}
        groups = [
            Group(group.name, tuple(option for option in group.options if option.value not in taken))
            for group in self.offered.groups(outcomes=False)
        ]
        return [group for group in groups if group.options]

    @property
    def can_add(self) -> bool:
        return len(self.chosen) < MOST

    @property
    def is_asked(self) -> bool:
        return super().is_asked and bool(self.chosen_outcome and self.chosen)

    def own_query(self) -> dict[str, object]:
        return {
            "kind": "drivers",
            "outcome": asked_as(self.chosen_outcome, self.outcome_name),
            "drivers": [asked_as(value, name) for value, name in self.driver_names],
        }

    def parameters(self, **changes: str | None) -> list[tuple[str, str]]:
        """What is shown, also where it was proposed: an address that is shared shows the same tomorrow."""
        own = ("outcome", "driver")
        found = [pair for pair in super().parameters(**changes) if pair[0] not in own]
        if not self.is_asked:
            return found
        said = [("outcome", self.chosen_outcome), *(("driver", value) for value in self.chosen)]
        return [*found, *(pair for pair in said if pair[0] not in changes)]

    def changed(self, wish: str) -> Parameters:
        """After `drop:N`: without driver N."""
        verb, _colon, number = wish.partition(":")
        if verb != "drop" or not (
            number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(self.chosen)
        ):
            return self.parameters()
        gone = ("driver", self.chosen[int(number)])
        return [pair for pair in self.parameters() if pair != gone]
