"""How often one address may try tokens that open nothing.

Tokens have 192 random bits: nobody finds one by trying. The limit keeps whoever tries from keeping the server busy.
Only wrong ones count; once there are too many, right ones wait as well, or the answer would tell them apart.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from threading import Lock

from django.http import HttpRequest, HttpResponse

from polku.site.clients import network_of

MOST = 30
WINDOW = 60.0
_MOST_ADDRESSES = 20_000


class WrongTokens:
    """Times at which addresses tried a wrong token, in memory."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, client: str, now: float | None = None) -> int:
        """Whole seconds until the address may try again; 0: now."""
        now = time.monotonic() if now is None else now
        with self._lock:
            tries = self._tries.get(client)
            if tries is None or len(tries) < MOST or now - tries[0] >= WINDOW:
                return 0
            return max(1, round(WINDOW - (now - tries[0])))

    def note(self, client: str, now: float | None = None) -> None:
        """Another wrong one."""
        now = time.monotonic() if now is None else now
        with self._lock:
            self._tries.setdefault(client, deque(maxlen=MOST)).append(now)
            self._tries.move_to_end(client)
            while len(self._tries) > _MOST_ADDRESSES:
                self._tries.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._tries.clear()


wrong_tokens = WrongTokens()


def refused_for_guessing(request: HttpRequest) -> HttpResponse | None:
    """An empty 429 that says how long to wait, for whoever tried too many; None for others."""
    wait = wrong_tokens.wait(network_of(request.META.get("REMOTE_ADDR", "")))
    return HttpResponse(status=429, headers={"Retry-After": str(wait)}) if wait else None


def note_wrong_token(request: HttpRequest) -> None:
    """The sender of this request has tried another one that opens nothing."""
    wrong_tokens.note(network_of(request.META.get("REMOTE_ADDR", "")))
