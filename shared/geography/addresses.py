"""What an IP address says of a place: whether it is on the open internet, and its country. Offline (package iptocc)."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

LONGEST = 45  # characters of an IPv6 address that ends in a dotted quad
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Not `is_private`: that calls the documentation ranges private (203.0.113.0/24), which drills and examples use as
# addresses of strangers. 100.64.0.0/10 is shared by a provider's customers (RFC 6598).
UNROUTED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)


@lru_cache(maxsize=4096)
def parse(text: str | None) -> Address | None:
    """The address, an IPv4 one out of its IPv6 wrapping; None for anything else."""
    if not isinstance(text, str) or not text or len(text) > LONGEST:
        return None
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def inside(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether one of the networks holds the address."""
    return any(address.version == network.version and address in network for network in networks)


def is_unrouted(text: str | None) -> bool:
    """Whether an address is private, shared or local, and so the same in many places at once."""
    address = parse(text)
    return address is not None and inside(address, UNROUTED)


def country_code(text: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a public address, by the registries' lists; None when unknown or not public."""
    address = parse(text)
    if address is None or inside(address, UNROUTED):
        return None
    import iptocc  # a compiled table of 1.8 MB: only for those who ask

    code: str | None = iptocc.country_code(str(address))
    return code
