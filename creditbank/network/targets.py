"""Which addresses may be asked at all: https, port 443, a host with a public name. Pure.

An address comes from whoever shows a credential. None of it may lead into the network that the
bank stands in, so names of one label, addresses written as numbers, other ports and passwords are
refused before any name is looked up.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from creditbank.network.fetch import Unreachable

URL_LENGTH_MAX = 2_000
HTTPS_PORT = 443

_WRITTEN = re.compile(r"https://[!-\[\]-~]+", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$|0x[0-9a-f]*$){_LABEL}")
_HOST_LENGTH_MAX = 253

_UNICAST = IPv6Network("2000::/3")
"""The global unicast addresses of IPv6 (RFC 4291, section 2.4): mapped and NAT64 ones are not."""
_LEFT_OUT = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/32"),
    IPv6Network("2002::/16"),
)
"""Of protocols (RFC 6890), and of 6to4 (RFC 3056) and Teredo (RFC 4380) with an IPv4 one inside."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask for what: a host's name, and the path with its query."""

    host: str
    path: str


def read_target(url: str) -> Target:
    """Read an address that may be asked; raises `Unreachable` for any other."""
    if len(url) > URL_LENGTH_MAX or not _WRITTEN.fullmatch(url):
        raise Unreachable("this is no https address")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if len(host) > _HOST_LENGTH_MAX or not _HOST.fullmatch(host):
        raise Unreachable("a host is told by its public name")
    if "@" in parts.netloc or not _is_https_port(parts):
        raise Unreachable("no port but 443, and nobody's name")
    query = f"?{parts.query}" if parts.query else ""
    return Target(host, (parts.path or "/") + query)


def is_global(address: str) -> bool:
    """Say whether an IP address is a global unicast one, and stands for no IPv4 one inside.

    Those of this host, of its network, of carriers (RFC 6598) and of groups are not.
    """
    found = ip_address(address)
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if any(found in one for one in _LEFT_OUT):
        return False
    return isinstance(found, IPv4Address) or found in _UNICAST


def _is_https_port(parts: SplitResult) -> bool:
    try:
        return parts.port in {None, HTTPS_PORT}
    except ValueError:
        return False
