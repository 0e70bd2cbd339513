"""Writing whole batches: signals, orders, people, and the hits of rules. Part of the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from polku.eventstore.port import HitRule, Progress, Source


@dataclass(frozen=True)
class Loaded:
    """What one load did, in signals (or orders, or people)."""

    accepted: int
    known: int
    joined: int
    version: int


class Loading(Protocol):
    """Each write is one transaction under the writer's gate, touchpoint hits included: a process that is killed
    leaves all of it or nothing. With `origin` (see streams.STREAM_EVENTS) the signals and the sources' counts say
    where they came from."""

    def load_signals(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule],
        origin: str | None = None,
        withdrawn: Sequence[str] = (),
        thing_digits: int = 0,
        progress: Progress | None = None,
    ) -> Loaded:
        """Rows of SIGNAL_BATCH.

        First the signals with the message ids `withdrawn` are taken back, with their hits and counts, as if they had
        never come; ids of no signal are passed over. So a corrected answer replaces the first, and may have its id.
        The person, order and ids that came with them stay.

        With `thing_digits` the first digits of a message id name a thing that changes, a contract for example, of
        which the batch tells all there is: what came from the same origin under the same first digits and is not in
        the batch is taken back, too. Of other things nothing changes.
        """

    def load_orders(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule],
        lines: bool = False,
        origin: str | None = None,
        progress: Progress | None = None,
    ) -> Loaded: ...
    def load_people(
        self,
        workspace: str,
        source: Source,
        *,
        rules: Sequence[HitRule] = (),
        origin: str | None = None,
        progress: Progress | None = None,
    ) -> Loaded:
        """`rules` keep the hits right whose conditions ask for properties of people. Aliases that stand for a
        missing id (`-`, `unknown`) name nobody; they are among the links refused."""

    def note_import(self, workspace: str, *, origin: str, accepted: int, known: int) -> None:
        """Count what a file brought that is kept elsewhere, such as marketing spend: its source is one among the
        others."""

    def rebuild_hits(
        self,
        workspace: str,
        touchpoints: Sequence[int],
        rules: Sequence[HitRule],
        *,
        progress: Progress | None = None,
    ) -> None:
        """Forget the hits of `touchpoints` and find them again by `rules`, in one transaction."""
