"""The company's own addresses: what people write as rules, and whether a request came from one of them.

Addresses are only compared here and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.utils.translation import gettext as _

Network = IPv4Network | IPv6Network

MOST_RULES = 200


def parse_rule(text: str) -> Network:
    """One address or network (CIDR) as people write it: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.

    An address with a length that cuts it short means its network, as `192.0.2.7/24` does for most who write it.
    Raises ValueError with a sentence for whoever wrote it.
    """
    written = text.strip()
    try:
        network = ip_network(written, strict=False)
    except ValueError:
        raise ValueError(
            _(
                "“%s” is not an IP address or network. Write for example 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32."
            )
            % written[:60]
        ) from None
    if network.prefixlen == 0:
        raise ValueError(_("“%s” means every address there is, so nothing would be counted.") % written[:60])
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96), strict=False)
    return network


def parse_rules(text: str) -> list[str]:
    """The rules of a text, one a line (commas will do), in their plain form, each once, in order.

    Raises ValueError with a sentence about the first line that is wrong, or where there are too many.
    """
    written = [part.strip() for line in text.splitlines() for part in line.split(",")]
    rules = list(dict.fromkeys(_plain(parse_rule(part)) for part in written if part))
    if len(rules) > MOST_RULES:
        raise ValueError(_("At most %d addresses or networks can be left out.") % MOST_RULES)
    return rules


class OwnAddresses:
    """Tells whether an address is the company's own; made from rules that `parse_rules` has passed.

    A rule that cannot be read (the database was written to by hand) is left out rather than stopping the way in.
    """

    def __init__(self, rules: Iterable[str]) -> None:
        self._starts: dict[tuple[int, int], set[int]] = {}
        for network in _readable(rules):
            key = (network.version, network.max_prefixlen - network.prefixlen)
            self._starts.setdefault(key, set()).add(int(network.network_address) >> key[1])

    def __bool__(self) -> bool:
        return bool(self._starts)

    def holds(self, address: str) -> bool:
        """Whether the address is in one of the networks; what is no address is not."""
        if not self._starts:
            return False
        found = _address(address)
        if found is None:
            return False
        number, version = int(found), found.version
        return any(
            number >> bits in starts for (kind, bits), starts in self._starts.items() if kind == version
        )


def _plain(network: Network) -> str:
    alone = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if alone else str(network)


def _readable(rules: Iterable[str]) -> Iterable[Network]:
    for rule in rules:
        try:
            yield parse_rule(str(rule))
        except ValueError:
            continue


@lru_cache(maxsize=4096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address of a text, that of an IPv4 client in its plain form however the socket shows it."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
