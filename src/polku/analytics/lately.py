"""Answers for pages while signals pour in: the one of a moment ago at once, the next worked out meanwhile.

Where the data changes every second, no answer kept under its version is ever asked for again, and each reader of a
page would wait for a new one. So a page may be given an answer that took long to work out for a while longer: twenty
times as long as it took, and half a minute at most. Quick answers are always the newest, but where the asker says for
how long an older one is good. Who asks for an older one sets off the next in a thread, but only after a pause of four
times the work, lest the pages of one map take the processor from everybody; the page says of which version it is, and
draws itself anew when there is a newer one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db import connections

from polku.analytics.questions import canonical_text, run
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store as open_store
from polku.jobs.giving_way import come_after_others

if TYPE_CHECKING:
    from polku.accounts.models import Workspace

logger = logging.getLogger(__name__)
_LONG = 0.1  # seconds of work from which on an answer may be given again
_PAUSE_TIMES, _TIMES_AS_LONG, _LONGEST = 4, 20, 30.0
_MOST = 500

Answer = TypeVar("Answer")


class _Known(NamedTuple):
    state: StoreState
    at: float
    took: float
    is_first: bool

    def is_good(self, good_for: float) -> bool:
        long = _TIMES_AS_LONG * self.took if self.took >= _LONG else 0.0
        return self._age <= min(_LONGEST, max(good_for, long))

    def is_due(self, good_for: float) -> bool:
        # The first may have read much that the next finds in memory: that one tells how long it takes.
        pause = self.took if self.is_first else _PAUSE_TIMES * self.took
        return self._age >= min(_LONGEST / 2, max(good_for / 2, pause))

    @property
    def _age(self) -> float:
        return time.monotonic() - self.at


_known: OrderedDict[Hashable, _Known] = OrderedDict()
_under_way: set[Hashable] = set()
_lock = threading.Lock()


def run_lately(
    workspace: Workspace, query: Mapping[str, object], *, now: StoreState | None = None
) -> tuple[dict[str, object], StoreState]:
    """As `run`, and the state of the store that the answer is of, which may be some seconds old.

    `now` is the store's state where the caller has just asked for it. Side effect: may start a thread that works out
    the next answer. Raises as `run` does.
    """
    return answer_lately(
        (workspace.key.hex, canonical_text(query)),
        workspace,
        lambda state: run(workspace, query, state=state),
        now=now,
    )


def answer_lately(
    question: Hashable,
    workspace: Workspace,
    work_out: Callable[[StoreState], Answer],
    *,
    now: StoreState | None = None,
    good_for: float = 0.0,
) -> tuple[Answer, StoreState]:
    """The answer of `work_out` about `workspace` and the state that it is of, the newest or one of a moment ago.

    `question` names what is asked, `work_out` is called with a state of the store and keeps its answers under that.
    For `good_for` seconds an answer may be given again however quickly it was worked out.
    """
    now = now or open_store().state(workspace.key.hex)
    with _lock:
        known = _known.get(question)
    if known is None or known.state.version == now.version or not known.is_good(good_for):
        return _work_out(question, work_out, now), now
    with _lock:
        starts = known.is_due(good_for) and question not in _under_way
        if starts:
            _under_way.add(question)
    if starts:
        threading.Thread(
            target=_work_out_aside, args=(question, workspace, work_out), name="polku-answer", daemon=True
        ).start()
    # Kept under the older version; should it have been thrown out, it is worked out anew.
    return work_out(known.state), known.state


def _work_out(question: Hashable, work_out: Callable[[StoreState], Answer], state: StoreState) -> Answer:
    begun = time.monotonic()
    answer = work_out(state)
    now = time.monotonic()
    with _lock:
        before = _known.pop(question, None)
        # One found in memory took no time, but so did the work that it spares.
        took = max(now - begun, before.took if before and before.state.version == state.version else 0.0)
        _known[question] = _Known(state, now, took, is_first=before is None)
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return answer


def _work_out_aside(
    question: Hashable, workspace: Workspace, work_out: Callable[[StoreState], Answer]
) -> None:
    come_after_others()
    try:
        _work_out(question, work_out, open_store().state(workspace.key.hex))
    except Exception as error:  # whoever asks next meets it too, and is told
        logger.info("an answer could not be worked out ahead: %s", type(error).__name__)
    finally:
        with _lock:
            _under_way.discard(question)
        connections.close_all()
