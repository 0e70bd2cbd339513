"""Answers for pages while signals pour in: the one of a moment ago at once, the next worked out meanwhile.

Where the data changes every second, no answer kept under its version is ever asked for again, and each reader of a
page would wait for a new one. So a page may be given an answer that took long to work out for a while longer: twenty
times as long as it took, and half a minute at most. Quick answers are always the newest. Who asks for an older one
sets off the next in a thread, but only after a pause of four times the work, lest the pages of one map take the
processor from everybody; the page says of which version it is, and draws itself anew when there is a newer one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from django.db import connections

from polku.analytics.questions import canonical_text, run
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store as open_store

if TYPE_CHECKING:
    from polku.accounts.models import Workspace

logger = logging.getLogger(__name__)
_LONG = 0.1  # seconds of work from which on an answer may be given again
_PAUSE_TIMES, _TIMES_AS_LONG, _LONGEST = 4, 20, 30.0
_MOST = 500


class _Known(NamedTuple):
    state: StoreState
    at: float
    took: float

    @property
    def is_good(self) -> bool:
        return self.took >= _LONG and self._age <= min(_LONGEST, _TIMES_AS_LONG * self.took)

    @property
    def is_due(self) -> bool:
        return self._age >= min(_LONGEST / 2, _PAUSE_TIMES * self.took)

    @property
    def _age(self) -> float:
        return time.monotonic() - self.at


_known: OrderedDict[tuple[str, bytes], _Known] = OrderedDict()
_under_way: set[tuple[str, bytes]] = set()
_lock = threading.Lock()


def run_lately(workspace: Workspace, query: Mapping[str, object]) -> tuple[dict[str, object], StoreState]:
    """As `run`, and the state of the store that the answer is of, which may be some seconds old.

    Side effect: may start a thread that works out the next answer. Raises as `run` does.
    """
    question = (workspace.key.hex, canonical_text(query))
    now = open_store().state(workspace.key.hex)
    with _lock:
        known = _known.get(question)
    if known is None or known.state.version == now.version or not known.is_good:
        return _work_out(question, workspace, query, now), now
    with _lock:
        starts = known.is_due and question not in _under_way
        if starts:
            _under_way.add(question)
    if starts:
        threading.Thread(
            target=_work_out_aside, args=(question, workspace, query), name="polku-answer", daemon=True
        ).start()
    # Kept under the older version; should it have been thrown out, it is worked out anew.
    return run(workspace, query, state=known.state), known.state


def _work_out(
    question: tuple[str, bytes], workspace: Workspace, query: Mapping[str, object], state: StoreState
) -> dict[str, object]:
    begun = time.monotonic()
    answer = run(workspace, query, state=state)
    now = time.monotonic()
    with _lock:
        before = _known.pop(question, None)
        # One found in memory took no time, but so did the work that it spares.
        took = max(now - begun, before.took if before and before.state.version == state.version else 0.0)
        _known[question] = _Known(state, now, took)
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return answer


def _work_out_aside(question: tuple[str, bytes], workspace: Workspace, query: Mapping[str, object]) -> None:
    try:
        _work_out(question, workspace, query, open_store().state(workspace.key.hex))
    except Exception as error:  # whoever asks next meets it too, and is told
        logger.info("an answer could not be worked out ahead: %s", type(error).__name__)
    finally:
        with _lock:
            _under_way.discard(question)
        connections.close_all()
