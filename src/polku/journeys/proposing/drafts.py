"""A proposed map while it is being made: what people then accept, rename, drop and move."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from polku.eventstore.port import Selector
from polku.journeys.hit_rules import selector_of
from polku.journeys.models import Binding


@dataclass
class Draft:
    """A proposed touchpoint. `key` tells it from the others of the proposal; `bindings` are as documents write them.

    `place` is how early people usually come to it (0 … 1, None where nothing tells); `is_known` whether its name was
    recognised; `is_taken` whether it is proposed, or only offered because it was received. What it catches:
    `signals`, `people`, `last` (UTC).
    """

    key: str
    name: str
    stage: str
    bindings: list[dict[str, Any]] = field(default_factory=list)
    channels: tuple[str, ...] = ()
    is_moment_of_truth: bool = False
    is_backstage: bool = False
    is_known: bool = True
    is_taken: bool = True
    place: float | None = None
    signals: int = 0
    people: int = 0
    last: datetime | None = None

    @property
    def has_visits(self) -> bool:
        """Whether something happens at it, beside what people say about it."""
        return any(each["kind"] in (Binding.Kind.EVENT, Binding.Kind.ORDER) for each in self.bindings)

    def selectors(self) -> list[Selector]:
        return [selector_of(Binding(**binding)) for binding in self.bindings]

    def document(self, name: str) -> dict[str, Any]:
        """The touchpoint as a journey's document has it, under the name it was given."""
        return {
            "name": name,
            "channels": list(self.channels),
            "moment_of_truth": self.is_moment_of_truth,
            "backstage": self.is_backstage,
            "bindings": self.bindings,
        }


def binding(
    kind: str, *, names: list[str] | None = None, url: str = "", where: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A data connection as a document writes it."""
    return {"kind": str(kind), "names": names or [], "url": url, "channel": "", "where": where or []}
