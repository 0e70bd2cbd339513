"""What a kind of question knows when it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from polku.eventstore.port import EventStore, Scope, StoreState, Unit

if TYPE_CHECKING:
    from polku.accounts.models import Workspace


Message = str | Promise
"""A text for people, translated when it is read if it is lazy."""


@dataclass(frozen=True)
class Breakdown:
    """Split an answer by `property`; a unit counts where its "first" or its "last" step-1 signal was."""

    property: str
    attribution: str = "first"


@dataclass(frozen=True)
class QueryContext:
    """The parsed common parts of a question and where to find the answer.

    `key` is the workspace's name in `store`. `compare` is the scope of what the answer is compared with, for
    kinds that have the field `compare`. `sees_people`: whoever asks may see customers one by one; a kind whose
    answer depends on it says so in its version. `warnings` may be added to; give lazily translated texts
    (`gettext_lazy`, `format_lazy`), because an answer is kept for readers of every language.
    """

    workspace: Workspace
    store: EventStore
    key: str
    scope: Scope
    unit: Unit
    breakdown: Breakdown | None
    state: StoreState
    compare: Scope | None = None
    sees_people: bool = False
    warnings: list[Message] = field(default_factory=list)
