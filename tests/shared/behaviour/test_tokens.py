"""Names are reduced as documented."""

import pytest

from shared.behaviour.tokens import directory, extension, is_public, network, registered, token


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/finance/report.xlsx", ("/finance", "finance")),
        ("C:\\Users\\Bob\\a.txt", ("c:/users/bob", "bob")),
        ("//fs1/backup/data_18.conf", ("//fs1/backup", "backup")),
        ("plain.txt", ("/", "/")),
    ],
)
def test_directories(path: str, expected: tuple[str, str]) -> None:
    assert directory(path) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("files.example.com", "example.com"), ("a.b.example.co.uk", "example.co.uk"), ("localhost", "localhost")],
)
def test_registered_domains(host: str, expected: str) -> None:
    assert registered(host) == expected


@pytest.mark.parametrize(
    ("address", "public"),
    [("203.0.113.7", True), ("192.168.1.1", False), ("172.20.0.1", False), ("100.64.0.1", False), ("fe80::1", False),
     ("2001:db8::1", True), ("not an address", False), ("8.8.8.8", True)],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_small_things() -> None:
    assert extension("/a/B.EXE") == "exe"
    assert extension("/a.b/c") == ""
    assert network("10.1.2.3") == "10.1.2"
    assert token("device", "a") != token("host", "a")
    assert token("device", "a") == token("device", "a")
