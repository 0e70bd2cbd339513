"""Ballot stuffing: of the answers that one address begins through one open link, ten a minute count.

The others are kept, held and flagged, until somebody who looked at them lets them in. An address is a keyed digest
that lives in memory for at most a day; after a restart the count begins anew.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from threading import Lock

from polku.site.clients import network_of
from polku.surveys.honesty.clients import digests
from polku.surveys.models import SurveyLink

MOST = 10
WINDOW = 60.0
_MOST_KEPT = 50_000

OPEN_TO_ALL = frozenset({SurveyLink.Kind.OPEN, SurveyLink.Kind.QR, SurveyLink.Kind.WEB})
"""Links through which anybody can answer as often as they like."""


class Stuffing:
    def __init__(self) -> None:
        self._counted: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._lock = Lock()

    def is_too_many(self, link: SurveyLink, client: str, now: float | None = None) -> bool:
        """Whether an answer begun now is to be held; one that is not takes one of the address's ten places."""
        if link.kind not in OPEN_TO_ALL:
            return False
        now = time.monotonic() if now is None else now
        key = digests.of("stuffing", str(link.pk), network_of(client))
        with self._lock:
            counted = self._counted.setdefault(key, deque(maxlen=MOST))
            self._counted.move_to_end(key)
            while len(self._counted) > _MOST_KEPT:
                self._counted.popitem(last=False)
            if len(counted) == MOST and now - counted[0] < WINDOW:
                return True
            counted.append(now)
            return False

    def forget(self) -> None:
        with self._lock:
            self._counted.clear()


stuffing = Stuffing()
