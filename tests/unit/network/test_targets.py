"""Nobody who shows a credential can make the bank ask anything within its own network."""

import pytest

from creditbank.network.fetch import Unreachable, fetch_nothing
from creditbank.network.targets import URL_LENGTH_MAX, Target, is_global, read_target


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://issuer.example", Target("issuer.example", "/")),
        ("https://Issuer.example:443/a/did.json", Target("issuer.example", "/a/did.json")),
        ("https://a.b.example/list?page=1#3", Target("a.b.example", "/list?page=1")),
        ("https://xn--fiqs8s.example/", Target("xn--fiqs8s.example", "/")),
    ],
)
def test_an_https_address_of_a_public_name_may_be_asked(url: str, target: Target) -> None:
    """By its host, its path and its query."""
    assert read_target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/",
        "ftp://issuer.example/",
        "file:///etc/passwd",
        "HTTPS:/issuer.example",
        "//issuer.example",
        "https://localhost/",
        "https://redis/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://10.0.0.0x1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://issuer.example:8443/",
        "https://issuer.example:99999/",
        "https://issuer.example:x/",
        "https://user@issuer.example/",
        "https://issuer.example@10.0.0.1/",
        "https://issuer.example\\@10.0.0.1/",
        "https://issuer.example /",
        "https://issuer.example/\r\nHost: redis",
        "https://issuer.example/\tx",
        "https://发证.example/",
        "https://-issuer.example/",
        "https://issuer..example/",
        "https://.example/",
        "https://",
        "",
        "https://issuer.example/" + "a" * URL_LENGTH_MAX,
        "https://" + "a." * 200 + "example/",
    ],
)
def test_no_other_address_is_asked(url: str) -> None:
    """Before any name is looked up."""
    with pytest.raises(Unreachable):
        read_target(url)


@pytest.mark.parametrize("address", ["93.184.216.34", "223.5.5.5", "2606:4700::1111", "2400::1"])
def test_an_address_of_the_world_is_global(address: str) -> None:
    """Of both families."""
    assert is_global(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:93.184.216.34",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_inside_or_in_disguise_is_not(address: str) -> None:
    """Host, network, carrier, group, documentation, and IPv4 written as IPv6."""
    assert not is_global(address)


def test_a_bank_that_asks_nobody_fetches_nothing() -> None:
    """Whatever the address."""
    with pytest.raises(Unreachable):
        fetch_nothing("https://issuer.example/.well-known/did.json")
