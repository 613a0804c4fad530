"""Which addresses somebody may have us call."""

from __future__ import annotations

import pytest

from channels.errors import PrivateAddressError
from channels.public_addresses import is_public, public_address


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_on_the_public_internet_may_be_called(address: str) -> None:
    assert is_public(address)
    assert public_address(address, 443) in (address, "8.8.8.8")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1",
        "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "fec0::1",
        "64:ff9b:1::7f00:1", "::ffff:0:7f00:1",
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_is_not_public_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]"])
def test_a_name_is_judged_by_where_it_leads(host: str) -> None:
    with pytest.raises(PrivateAddressError, match="is not on the public internet"):
        public_address(host, 80)


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 70 + ".example", ""])
def test_a_name_that_leads_nowhere_is_an_outage(host: str) -> None:
    with pytest.raises((OSError, PrivateAddressError)):
        public_address(host, 80)
