"""Who answers, as far as honesty needs it: keyed digests that live at most a day, in memory only."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from threading import Lock

_DAY = 86_400
_NETWORK = 64  # bits of an IPv6 address that one household has for itself


def network_of(address: str) -> str:
    """The address, or of IPv6 the network that one household has: whoever has one has 2^64 addresses of it."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _NETWORK), strict=False))
    return str(parsed)


class DailyDigests:
    """Digests by a key that is made anew every day and is on no disk: afterwards nobody can tell of what they were."""

    def __init__(self) -> None:
        self._day = -1
        self._key = b""
        self._lock = Lock()

    def of(self, *parts: str) -> bytes:
        """16 bytes."""
        day = int(time.time()) // _DAY
        with self._lock:
            if day != self._day:
                self._key, self._day = secrets.token_bytes(32), day
            key = self._key
        joined = "\0".join(parts).encode("utf-8", "replace")
        return hashlib.blake2b(joined, digest_size=16, key=key).digest()


digests = DailyDigests()
