"""An IP address and the networks that the owner allows -> may we connect to it, and if not, why; no network here."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What is not the public internet (IANA's special-purpose registry, RFC 6890 and its successors). Written out rather
# than asked of ipaddress.is_global: that misses 192.0.0.9, 224/4 and 192.88.99/24, and varies with Python's version.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent: a public number, answered by the machine's own hypervisor
        "169.254.0.0/16",  # link-local, and the metadata services of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

# Of IPv6 only 2000::/3 is handed out for the public internet; within it these are not.
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments, Teredo among them (it carries an IPv4 address)
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address; in disuse since 2015, so refused as a whole
        "3fff::/20",
    )
)

_NAT64 = IPv6Network("64:ff9b::/96")  # the last 32 bits are the IPv4 address that is meant

_REMEMBERED = 4096  # addresses whose judgement is kept: each is asked about twice a request, and a day brings no more


class AddressGuard:
    """Tells public addresses from others. allow_private: CIDR networks to be let through as well.

    Raises ValueError for a network that is not one.
    """

    def __init__(self, allow_private: Sequence[str] = ()) -> None:
        self._allowed: tuple[Network, ...] = tuple(ip_network(text, strict=False) for text in allow_private)
        self._known: dict[str, str | None] = {}

    def refusal(self, literal: str) -> str | None:
        """Why this address (as text, without port) must not be connected to; None if it may be."""
        if literal not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[literal] = self._judge(literal)
        return self._known[literal]

    def _judge(self, literal: str) -> str | None:
        try:
            address = _meant(literal)
        except ValueError:
            return f"{literal!r} is not an IP address"
        if _is_public(address) or any(address in network for network in self._allowed):
            return None
        return f"{literal} is not a public address (allow_private in watcher.yaml can allow its network)"


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _meant(literal: str) -> Address:
    """The address that packets will reach: the IPv4 one inside an IPv4-mapped or NAT64 address."""
    address = ip_address(literal)
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if IPv6Address(int(address)) in _NAT64:  # int() drops the zone of fe80::1%eth0, which `in` cannot compare
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return IPv6Address(int(address))
