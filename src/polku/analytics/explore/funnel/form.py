"""The funnel's form: its steps in order, and how strictly they are to be walked."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.pages import Parameters
from polku.analytics.explore.selecting import Group, selector_of
from polku.analytics.parsing import MOST_SELECTORS

MOST_EXCLUSIONS = 5
WINDOWS = [
    ("PT30M", gettext_lazy("30 minutes")),
    ("PT2H", gettext_lazy("2 hours")),
    ("P1D", gettext_lazy("1 day")),
    ("P7D", gettext_lazy("7 days")),
    ("P14D", gettext_lazy("14 days")),
    ("P30D", gettext_lazy("30 days")),
    ("P90D", gettext_lazy("90 days")),
    ("none", gettext_lazy("no limit")),
]
ORDERS = [
    ("ordered", gettext_lazy("in this order, other things may come between")),
    ("strict", gettext_lazy("in this order, one straight after another")),
    ("any", gettext_lazy("in any order")),
]
UNITS = [
    ("person", gettext_lazy("people")),
    ("session", gettext_lazy("visits")),
    ("order", gettext_lazy("orders")),
]


@dataclass(frozen=True)
class Row:
    """A step or an exclusion in the builder, with the list it is chosen from."""

    id: str
    number: int
    value: str
    name: str
    groups: list[Group]
    is_first: bool = False
    is_last: bool = False


class FunnelForm(QuestionForm):
    takes_compare = True
    takes_breakdown = True
    repeated = ("step", "exclude")
    passing = ("who",)

    window = forms.ChoiceField(choices=WINDOWS, initial="P7D", required=False)
    order = forms.ChoiceField(choices=ORDERS, initial="ordered", required=False)
    unit = forms.ChoiceField(choices=UNITS, initial="person", required=False)
    who = forms.RegexField(regex=r"\A\d{1,2}-(dropped|reached)\Z", required=False)

    @property
    def steps(self) -> list[str]:
        return self.values("step")[:MOST_SELECTORS]

    @property
    def exclusions(self) -> list[str]:
        return self.values("exclude")[:MOST_EXCLUSIONS]

    @property
    def is_asked(self) -> bool:
        return len(self.steps) > 1

    @property
    def hint(self) -> str:
        return _("Add the next step, and the funnel is drawn here.") if len(self.steps) == 1 else ""

    @property
    def can_grow(self) -> bool:
        return len(self.steps) < MOST_SELECTORS

    @property
    def next_number(self) -> int:
        return len(self.steps) + 1

    @property
    def step_names(self) -> list[str]:
        return [self.choices.name(step) for step in self.steps]

    @property
    def step_rows(self) -> list[Row]:
        return _rows(self, "step", self.steps)

    @property
    def exclusion_rows(self) -> list[Row]:
        return _rows(self, "exclude", self.exclusions)

    @property
    def has_details(self) -> bool:
        """Whether something stands under “More choices” that a reader should see without opening it."""
        return bool(self.exclusions) or self["order"].value() != "ordered" or self["unit"].value() != "person"

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        for value in (*self.steps, *self.exclusions):
            selector_of(value)
        return cleaned

    def own_query(self) -> dict[str, object]:
        chosen = self.cleaned_data
        window = chosen["window"] or "P7D"
        query: dict[str, object] = {
            "kind": "funnel",
            "steps": [selector_of(step) for step in self.steps],
            "window": None if window == "none" else window,
            "order": chosen["order"] or "ordered",
            "unit": chosen["unit"] or "person",
        }
        if self.exclusions:
            query["exclude"] = [selector_of(value) for value in self.exclusions]
        return query

    @property
    def chosen_who(self) -> tuple[int, str] | None:
        """(step, "dropped" or "reached") of the people to be shown; only after `is_valid`."""
        step, _dash, outcome = self.cleaned_data["who"].partition("-")
        if not step or not 1 <= int(step) <= len(self.steps):
            return None
        return int(step), outcome

    def changed(self, wish: str) -> Parameters:
        """`up:N`, `down:N`, `remove:N` (steps count from 0), `clear`."""
        steps = self.steps
        verb, _colon, text = wish.partition(":")
        place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
        if verb == "clear":
            steps = []
        elif 0 <= place < len(steps):
            if verb == "remove":
                del steps[place]
            other = place + {"up": -1, "down": 1}.get(verb, 0)
            if verb in ("up", "down") and 0 <= other < len(steps):
                steps[place], steps[other] = steps[other], steps[place]
        # Whose people are shown is of the funnel as it was.
        rest = [(name, value) for name, value in self.parameters() if name not in ("step", "who")]
        return [*rest, *(("step", step) for step in steps)]


def _rows(form: FunnelForm, name: str, values: list[str]) -> list[Row]:
    groups = form.choices.with_chosen(*values)
    last = len(values) - 1
    return [
        Row(f"{name}-{number}", number, value, form.choices.name(value), groups, number == 0, number == last)
        for number, value in enumerate(values)
    ]
