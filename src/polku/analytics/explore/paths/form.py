"""The form of paths: what they go through, where they begin or end, whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics import resolvers
from polku.analytics.explore.forms import QuestionForm
from polku.analytics.explore.selecting import Group, SelectorField
from polku.analytics.resolvers import JourneyChoice

JOURNEY = "journey:"
DEPTHS = [(str(number), str(number)) for number in (2, 3, 4, 5)]
UNITS = [
    ("person", gettext_lazy("customers, across devices and stores")),
    ("session", gettext_lazy("visits")),
    ("order", gettext_lazy("orders")),
]
REPEATS = [
    ("once", gettext_lazy("counts once")),
    ("each", gettext_lazy("counts each time")),
]
TOP = 40


@dataclass(frozen=True)
class Through:
    """What paths may go through: "event", "page", or a journey's touchpoints as "journey:NUMBER"."""

    value: str
    name: str


class PathsForm(QuestionForm):
    through = forms.CharField(required=False, max_length=40)
    begin = SelectorField()
    end = SelectorField()
    depth = forms.ChoiceField(choices=DEPTHS, initial="3", required=False)
    unit = forms.ChoiceField(choices=UNITS, initial="person", required=False)
    repeats = forms.ChoiceField(choices=REPEATS, initial="once", required=False)

    @cached_property
    def journeys(self) -> list[JourneyChoice]:
        """Those with enough touchpoints that data is connected to."""
        return [
            journey
            for journey in resolvers.journey_choices(self.workspace)
            if sum(len(stage.touchpoints) for stage in journey.stages) > 1
        ]

    @property
    def through_options(self) -> list[Through]:
        return [
            *(
                Through(
                    f"{JOURNEY}{journey.id}", _("touchpoints of “%(journey)s”") % {"journey": journey.name}
                )
                for journey in self.journeys
            ),
            Through("event", _("events")),
            Through("page", _("pages of the website")),
        ]

    @property
    def chosen_through(self) -> str:
        """As asked; by default the touchpoints of the first journey, where there is one, else events."""
        known = [option.value for option in self.through_options]
        asked = self["through"].value() or ""
        return asked if asked in known else known[0]

    @property
    def chosen_begin(self) -> str:
        return self["begin"].value() or ""

    @property
    def chosen_end(self) -> str:
        return self["end"].value() or ""

    @property
    def groups(self) -> list[Group]:
        return self.choices.with_chosen(self.chosen_begin, self.chosen_end)

    @property
    def begin_name(self) -> str:
        return self.choices.name(self.chosen_begin) if self.chosen_begin else ""

    @property
    def end_name(self) -> str:
        return self.choices.name(self.chosen_end) if self.chosen_end else ""

    @property
    def has_details(self) -> bool:
        """Whether something stands under “More choices” that a reader should see without opening it."""
        usual = (("depth", "3"), ("unit", "person"), ("repeats", "once"))
        return any(self[name].value() != value for name, value in usual)

    def own_query(self) -> dict[str, object]:
        chosen = self.cleaned_data
        query: dict[str, object] = {
            "kind": "paths",
            **self.nodes(),
            "unit": chosen["unit"] or "person",
            "collapse_repeats": chosen["repeats"] != "each",
            "depth": int(chosen["depth"] or 3),
            "top": TOP,
        }
        if chosen["begin"]:
            query["from"] = chosen["begin"]
        if chosen["end"]:
            query["to"] = chosen["end"]
        return query

    def nodes(self) -> dict[str, object]:
        """What paths go through, as the Query object says it."""
        through = self.chosen_through
        if through.startswith(JOURNEY):
            return {"nodes": "touchpoint", "journey": int(through.removeprefix(JOURNEY))}
        return {"nodes": through}
