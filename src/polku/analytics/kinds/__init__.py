"""The kinds of questions there are. Upper rooms add theirs when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from polku.analytics.context import QueryContext

Answer = dict[str, object]


def _nothing(context: QueryContext, query: Mapping[str, object]) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of question.

    `fields` are those it takes beside the common ones (`kind`, `range`, `where`, `segment`, `breakdown`,
    `unit`); with `compare` among them the second range, or where `compares_segments` the other segment, is parsed
    into `QueryContext.compare`. `run` gets the context and the question without its null fields, and returns a
    JSON-able answer; it may set `rows_scanned`. `breakdown` and `units` say whether it heeds those common
    fields; where it does not, asking for them is a warning. `version` names the state of everything outside the
    event store that the answer depends on (a journey's structure, say): a kept answer is used again only while
    that stays the same.
    """

    name: str
    fields: Collection[str]
    run: Callable[[QueryContext, Mapping[str, object]], Answer]
    breakdown: bool = False
    units: bool = False
    compares_segments: bool = False
    version: Callable[[QueryContext, Mapping[str, object]], str] = field(default=_nothing)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add `kind`; one of the same name is replaced."""
    _kinds[kind.name] = kind


def unregister(name: str) -> None:
    """Take a kind away again, as tests need it."""
    _kinds.pop(name, None)


def find(name: str) -> Kind | None:
    """The kind of that name."""
    return _kinds.get(name)


def names() -> list[str]:
    """The names of all kinds, sorted."""
    return sorted(_kinds)
