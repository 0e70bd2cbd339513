"""Choosing what a question is about: a touchpoint of a journey, or an event by its name, from one list.

In addresses and forms a choice is a text: `event:Product Viewed` or `touchpoint:12`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.eventstore.port import CatalogEntry
from polku.eventstore.registry import store
from polku.site import formats

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

MOST_EVENTS = 300
LONGEST = 220
EVENT, TOUCHPOINT = "event:", "touchpoint:"


@dataclass(frozen=True)
class Option:
    """`note` is the name as it came with the data, where people are shown another; `people` how many have it."""

    value: str
    name: str
    note: str = ""
    people: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    options: tuple[Option, ...]


class Choices:
    """What may be chosen in a workspace, in the language in use."""

    def __init__(self, workspace: Workspace, state: StoreState) -> None:
        self.groups = [
            Group(
                _("Touchpoints: %(journey)s") % {"journey": journey},
                tuple(Option(f"{TOUCHPOINT}{number}", name) for number, name in points),
            )
            for journey, points in resolvers.touchpoint_choices(workspace)
            if points
        ]
        events = _events(workspace.key.hex, state.version)
        if events:
            self.groups.append(Group(_("Events"), tuple(_event_options(events))))
        self._names = {option.value: option.name for group in self.groups for option in group.options}

    def name(self, value: str) -> str:
        """How the choice is called; an event never received by its own name, a touchpoint that is gone by its
        number."""
        if value in self._names:
            return self._names[value]
        if value.startswith(EVENT):
            return resolvers.words().event(value.removeprefix(EVENT))
        return _("Touchpoint %(number)s") % {"number": value.removeprefix(TOUCHPOINT)}

    def with_chosen(self, *chosen: str) -> list[Group]:
        """The groups, and one more with those chosen that the list lacks, so that no form loses them."""
        lacking = [value for value in dict.fromkeys(chosen) if value and value not in self._names]
        if not lacking:
            return self.groups
        return [
            *self.groups,
            Group(_("Not in the data"), tuple(Option(value, self.name(value)) for value in lacking)),
        ]


def selector_of(value: str) -> dict[str, object]:
    """The selector of a Query object. Raises forms.ValidationError."""
    kind, _colon, name = value.partition(":")
    if "\0" not in value and len(value) <= LONGEST:
        if f"{kind}:" == EVENT and name.strip():
            return {"event": name}
        if f"{kind}:" == TOUCHPOINT and name.isascii() and name.isdigit() and 0 < int(name) < 2**63:
            return {"touchpoint": int(name)}
    raise forms.ValidationError(_("Choose an event or a touchpoint from the list."))


class SelectorField(forms.CharField):
    """One choice of the list; cleaned to a selector, or None. Draw it with the template `parts/picker.html`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": LONGEST, **options})

    def clean(self, value: Any) -> dict[str, object] | None:
        text = super().clean(value)
        return selector_of(text) if text else None


@lru_cache(maxsize=64)
def _events(key: str, version: int) -> tuple[CatalogEntry, ...]:
    """Names of events received, the commonest first; `version` makes the answer new after a load."""
    return tuple(entry for entry in store().catalog(key, "event", limit=MOST_EVENTS) if entry.name)


def events_received(workspace: Workspace, state: StoreState) -> tuple[CatalogEntry, ...]:
    """Names of events that the workspace has received, the commonest first."""
    return _events(workspace.key.hex, state.version)


def _event_options(events: tuple[CatalogEntry, ...]) -> list[Option]:
    language = (get_language() or "fi")[:2]
    said = [(entry, resolvers.words().event(entry.name)) for entry in events if len(entry.name) <= 200]
    how_many = Counter(name for _entry, name in said)
    return [
        Option(
            f"{EVENT}{entry.name}",
            # Two shops may name the same thing differently; the names in the data tell them apart.
            name if how_many[name] == 1 else f"{name} ({entry.name})",
            note=entry.name if name != entry.name else "",
            people=formats.number(entry.people, language),
        )
        for entry, name in said
    ]
