"""Of which state of the signals a reader's clicks are answered while new ones pour in.

Where reading a range takes long, the state that it was read of is good for a while: each click would otherwise read
everything again for the sake of the last second's signals. The page says until when its data is.
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

_LONG = 0.1  # seconds of work from which on a state is good for longer than a moment
_TIMES_AS_LONG, _LONGEST = 20, 30.0
_MOST = 200


@dataclass(frozen=True)
class _Read:
    state: StoreState
    until: float


_reads: OrderedDict[tuple[str, str], _Read] = OrderedDict()
_lock = Lock()


def state_for(workspace: Workspace, asked_range: object) -> StoreState:
    """The newest state, or the one that this range was read of a moment ago."""
    with _lock:
        read = _reads.get((workspace.key.hex, repr(asked_range)))
    if read is not None and time.monotonic() < read.until:
        return read.state
    return store().state(workspace.key.hex)


def ask(workspace: Workspace, query: Mapping[str, object], state: StoreState) -> dict[str, Any]:
    """Answer `query` as of `state`. Raises as `analytics.run` does."""
    begun = time.monotonic()
    answer = analytics.run(workspace, query, state=state)
    now = time.monotonic()
    if now - begun >= _LONG:
        key = (workspace.key.hex, repr(query.get("range")))
        with _lock:
            _reads[key] = _Read(state, now + min(_LONGEST, _TIMES_AS_LONG * (now - begun)))
            while len(_reads) > _MOST:
                _reads.popitem(last=False)
    return answer
