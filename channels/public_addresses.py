"""Which addresses lie on the public internet: those that somebody may have us call.

An address that an account was told could lead to a service of our own network that trusts
whoever stands inside: a database, the page on which a cloud tells its credentials.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from channels.errors import PrivateAddressError
from channels.fields import Field

#: Of networks that call what others may lead elsewhere from one day to the next.
PRIVATE_NETWORK = Field(
    "private_network",
    "The address may lie in our own network",
    "Else only addresses on the public internet are called.",
    default="no",
    kind="flag",
)

#: IPv6 addresses whose last 32 bits are an IPv4 address that a gateway calls.
_NAT64 = IPv6Network("64:ff9b::/96")
#: All that is given out of IPv6. Beyond lie forms of other addresses that a router may unwrap.
_GIVEN_OUT = IPv6Network("2000::/3")


def public_address(host: str, port: int | None) -> str:
    """Return an address of ``host``, all of whose addresses are public.

    Raises:
        PrivateAddressError: one of them is not: loopback, private, link-local, multicast ...
        OSError: the name leads nowhere.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError(f"{host} is no name.") from None
    addresses = [str(told[4][0]) for told in found]
    for address in addresses:
        if not is_public(address):
            raise PrivateAddressError(host, address)
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an address lies on the public internet, also one wrapped into another."""
    told = ip_address(address.partition("%")[0])
    meant: IPv4Address | IPv6Address = told
    if isinstance(told, IPv6Address):
        if told in _NAT64:
            meant = IPv4Address(int(told) & 0xFFFFFFFF)
        else:
            meant = told.ipv4_mapped or told.sixtofour or (told.teredo or (None, told))[1]
    if isinstance(meant, IPv6Address) and meant not in _GIVEN_OUT:
        return False
    return meant.is_global and not meant.is_multicast
