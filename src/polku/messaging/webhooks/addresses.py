"""Which addresses webhooks may go to: those of the internet, and of one's own networks only where a setting says so.

Whoever manages a workspace chooses addresses; the server must not become their way into the network it stands in.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST = 500
_USUAL = {"https": 443, "http": 80}
_FIRST_FREE_PORT = 1024
_LOOKS_PUBLIC = {ipaddress.ip_address("168.63.129.16")}
"""Where a cloud answers its machines about themselves, at an address that looks like one of the internet."""
_CARRIES_OTHERS = tuple(
    ipaddress.IPv6Network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "::/96", "::ffff:0:0:0/96")
)
"""IPv6 in which an IPv4 address is hidden that something on the way goes on to."""


class NotAllowed(Exception):
    """`why` is a word of `client.Why`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Target:
    """An address taken apart. `path` holds the query, too."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Raises NotAllowed("address") for what is no address of a webhook, NotAllowed("own_network") for http where no
    network of one's own is named, and for a literal address that is not allowed."""
    if len(url) > LONGEST or any(not 33 <= ord(letter) <= 126 for letter in url) or "\\" in url:
        raise NotAllowed("address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("address") from error
    if (
        parts.scheme not in _USUAL
        or not parts.hostname
        or parts.username is not None
        or parts.password is not None
    ):
        raise NotAllowed("address")
    if parts.fragment or parts.netloc.endswith(":"):
        raise NotAllowed("address")
    if port is not None and port != _USUAL[parts.scheme] and port < _FIRST_FREE_PORT:
        raise NotAllowed("port")  # mail, shells, databases of old: nobody receives webhooks there
    if parts.scheme == "http" and not settings.WEBHOOK_NETWORKS:
        raise NotAllowed("http")
    literal = _literal(parts.hostname)
    if literal is not None:
        require_allowed(literal, parts.scheme)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or _USUAL[parts.scheme], path)


def resolve(target: Target) -> list[str]:
    """The numbers behind the name, looked up once: whoever connects uses these and asks no second time. All of them
    must be allowed, else NotAllowed. Raises OSError where the name leads nowhere."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for number in numbers:
        require_allowed(ipaddress.ip_address(number.partition("%")[0]), target.scheme)
    return numbers


def require_allowed(address: Address, scheme: str) -> None:
    """Raises NotAllowed. Plain http is for one's own networks only."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    meant: Address = inner or address
    if any(meant in network for network in settings.WEBHOOK_NETWORKS):
        return
    if not is_public(meant):
        raise NotAllowed("own_network")
    if scheme != "https":
        raise NotAllowed("http")


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet: no private, loopback, link-local, metadata, multicast or reserved
    one, and none that hides such a one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.scope_id or any(address in network for network in _CARRIES_OTHERS):
            return False
        if address.is_site_local:
            return False
    return (
        address.is_global
        and not (address.is_private or address.is_loopback or address.is_link_local or address.is_multicast)
        and not (address.is_reserved or address.is_unspecified)
        and address not in _LOOKS_PUBLIC
    )


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
