"""The form of perceived value: split by what, weights derived from what, which questions in the data say it."""

from __future__ import annotations

from functools import cached_property

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.analytics import periods, resolvers
from polku.analytics.explore.forms import Option, QuestionForm
from polku.analytics.explore.selecting import Group
from polku.analytics.kinds.perceived_value import ITEMS, TOUCHPOINT
from polku.decide.drivers.choices import AGAIN, LONGEST, Choices, asked_as, parts_of, questions_asked
from polku.decide.perceived.words import NEEDED, item_name
from polku.site import formats

SEGMENTS = "segments"
"""Split by the workspace's segments: one question for each."""
_NPS = "nps||||"


class PerceivedForm(QuestionForm):
    """Besides its fields it takes `economic_benefit=NAME` and so on: what the answers are called in the data."""

    takes_breakdown = True
    default_period = periods.ALL

    outcome = forms.CharField(required=False, max_length=LONGEST)

    @cached_property
    def offered(self) -> Choices:
        return Choices(self.workspace, self.state)

    @cached_property
    def asked(self) -> dict[str, int]:
        """Answers by question."""
        return questions_asked(self.workspace, self.state)

    @property
    def chosen_outcome(self) -> str:
        value = self["outcome"].value() or _NPS
        return value if parts_of(value) and not value.startswith(("||||", f"{AGAIN}|")) else _NPS

    @property
    def outcome_name(self) -> str:
        return self.offered.name(self.chosen_outcome)

    @property
    def outcomes(self) -> list[Group]:
        groups = self.offered.groups(outcomes=False, chosen=(self.chosen_outcome,))
        kept = [
            Group(
                group.name, tuple(option for option in group.options if not option.value.startswith("||||"))
            )
            for group in groups
        ]
        return [group for group in kept if group.options]

    @cached_property
    def named(self) -> dict[str, str]:
        """What is called otherwise in the data."""
        found = {item: self.given.get(item, "").replace("\0", "")[:LONGEST].strip() for item in ITEMS}
        return {item: name for item, name in found.items() if name and name != item}

    @property
    def rows(self) -> list[tuple[str, str, list[Option]]]:
        """(item, its name, the questions to choose from) for each."""
        language = (get_language() or "fi")[:2]
        return [
            (
                item,
                item_name(item),
                [
                    (name, f"{name} ({formats.number(count, language)})", name == self.named.get(item, item))
                    for name, count in self.asked.items()
                ],
            )
            for item in ITEMS
        ]

    @property
    def lacking(self) -> list[str]:
        """Names of what has no answer."""
        return [item_name(item) for item in NEEDED if not self.asked.get(self.named.get(item, item))]

    @property
    def is_asked(self) -> bool:
        return super().is_asked and not self.lacking

    @property
    def has_some(self) -> bool:
        return len(self.lacking) < len(NEEDED)

    @property
    def breakdown_options(self) -> list[Option]:
        first = [
            ("", _("No breakdown"), not self.breakdown),
            (TOUCHPOINT, _("By touchpoint"), self.breakdown == TOUCHPOINT),
        ]
        if resolvers.segment_names(self.workspace):
            first.append((SEGMENTS, _("By segment"), self.breakdown == SEGMENTS))
        chosen = "" if self.breakdown in (TOUCHPOINT, SEGMENTS) else self.breakdown
        return [*first, *self._property_options(chosen)]

    def own_query(self) -> dict[str, object]:
        query: dict[str, object] = {"kind": "perceived_value", "interval": "month"}
        if self.named:
            query["questions"] = self.named
        if self.chosen_outcome != _NPS:
            asked = asked_as(self.chosen_outcome, self.outcome_name)
            if asked is not None:
                query["outcome"] = asked
        return query

    def query(self) -> dict[str, object]:
        found = super().query()
        if self.breakdown == SEGMENTS:
            del found["breakdown"]
        return found

    def parameters(self, **changes: str | None) -> list[tuple[str, str]]:
        found = super().parameters(**changes)
        return [*found, *(pair for pair in self.named.items() if pair[0] not in changes)]
