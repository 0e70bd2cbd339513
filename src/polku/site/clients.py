"""Who sends a request, as far as limits need it."""

from __future__ import annotations

import ipaddress

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
