"""Of which state of the signals a reader's clicks are answered while new ones pour in.

Where reading a range takes long, the state that it was read of is good for a while: each click would otherwise read
everything again for the sake of the last second's signals.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from polku import analytics
from polku.eventstore.registry import store

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

_MOST = 200


@dataclass(frozen=True)
class _Read:
    state: StoreState
    until: float


class Latest:
    """Remembers the states of answers that took `long` seconds or longer: for `times` as long as they took, and for
    `longest` seconds at most."""

    def __init__(self, *, long: float = 0.1, times: float = 20.0, longest: float = 30.0) -> None:
        self._long, self._times, self._longest = long, times, longest
        self._reads: OrderedDict[tuple[str, str], _Read] = OrderedDict()
        self._lock = Lock()

    def state_for(self, workspace: Workspace, asked_range: object) -> StoreState:
        """The newest state, or the one that this range was read of a moment ago."""
        with self._lock:
            read = self._reads.get((workspace.key.hex, repr(asked_range)))
        if read is not None and time.monotonic() < read.until:
            return read.state
        return store().state(workspace.key.hex)

    def ask(self, workspace: Workspace, query: Mapping[str, object]) -> dict[str, Any]:
        """Answer `query`. Raises as `analytics.run` does."""
        state = self.state_for(workspace, query.get("range"))
        begun = time.monotonic()
        answer = analytics.run(workspace, query, state=state)
        now = time.monotonic()
        if (took := now - begun) >= self._long:
            read = _Read(state, now + min(self._longest, self._times * took))
            with self._lock:
                known = self._reads.pop((workspace.key.hex, repr(query.get("range"))), None)
                # Clicks through a state do not make it good for longer.
                self._reads[workspace.key.hex, repr(query.get("range"))] = (
                    known if known is not None and known.state == state else read
                )
                while len(self._reads) > _MOST:
                    self._reads.popitem(last=False)
        return answer


latest = Latest()
