"""Where the open store and the rules of upper rooms meet the code that needs them."""

from __future__ import annotations

from collections.abc import Sequence

from polku.eventstore.port import EventStore, HitRule, HitRules

_store: EventStore | None = None
_sources: list[HitRules] = []


def use_store(store: EventStore | None) -> None:
    """Make `store` the one that this process asks (None: forget it)."""
    global _store
    _store = store


def store() -> EventStore:
    """The store of this process.

    Raises RuntimeError where none was opened, which is a fault of the program, not of its user.
    """
    if _store is None:
        raise RuntimeError("no event store is open in this process")
    return _store


def register_hit_rules(source: HitRules) -> None:
    """Add a source of rules; `journeys` does so when the program starts."""
    if source not in _sources:
        _sources.append(source)


def hit_rules(workspace: str) -> Sequence[HitRule]:
    """All rules of the workspace, from every source."""
    return [rule for source in _sources for rule in source(workspace)]
