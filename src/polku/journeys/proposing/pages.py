"""Addresses of pages as touchpoints: the part of a site's path that says what kind of page it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from polku.eventstore.port import CatalogEntry
from polku.journeys.proposing.concepts import BY_KEY, Concept, plain, recognise

MOST_PATTERNS = 8
_LANGUAGE = re.compile(r"[a-z]{2}([-_][a-zA-Z]{2})?")
_READ_ON = {"checkout", "account"}
"""What follows these in a path says more than they do: /checkout/payment, /account/orders."""


@dataclass
class PageGroup:
    """Pages of one kind. `concept` is None where nobody knows the word that stands for them, `name`."""

    concept: Concept | None
    name: str
    patterns: dict[str, int] = field(default_factory=dict)
    signals: int = 0

    @property
    def urls(self) -> list[str]:
        """The patterns that take the pages, those of most signals first."""
        return sorted(self.patterns, key=lambda each: -self.patterns[each])[:MOST_PATTERNS]


def group_pages(addresses: Iterable[CatalogEntry]) -> list[PageGroup]:
    """The kinds of pages among these addresses, by signals, most first."""
    groups: dict[str, PageGroup] = {}
    for entry in addresses:
        found = _kind_of(entry.name)
        if found is None:
            continue
        concept, name, pattern = found
        group = groups.setdefault(concept.key if concept else name, PageGroup(concept, name))
        group.signals += entry.signals
        group.patterns[pattern] = group.patterns.get(pattern, 0) + entry.signals
    return sorted(groups.values(), key=lambda group: (-group.signals, group.name))


def _kind_of(address: str) -> tuple[Concept | None, str, str] | None:
    """What kind of page it is, in which word, and the pattern that takes such pages."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    while steps and _LANGUAGE.fullmatch(steps[0]):
        steps = steps[1:]
    if "*" in parts.path or not (parts.netloc or parts.path):
        return None
    if not steps:
        ending = f"{parts.path or ''}{'?*' if parts.query else ''}"
        return BY_KEY["home"], "home", f"*{parts.netloc}{ending}"
    at, concept = 0, recognise(_word(steps[0]))
    for place, step in enumerate(steps[1:3], 1):
        if concept is None or concept.key in _READ_ON:
            further = recognise(_word(step))
            at, concept = (place, further) if further else (at, concept)
    word = steps[at]
    raw = [step for step in parts.path.split("/") if step][-len(steps) :][at]
    if len(steps) > at + 1:
        pattern = f"*/{raw}/*"
    else:
        pattern = f"*/{raw}{'/' if parts.path.endswith('/') else ''}{'?*' if parts.query else ''}"
    return concept, plain(_word(word)), pattern


def _word(step: str) -> str:
    return re.sub(r"\.(html?|php|aspx?)$", "", step)
