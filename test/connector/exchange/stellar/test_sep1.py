"""``stellar.toml``: what a home domain must say of an asset, and nonsense of every kind."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.sep1 import (
    UnverifiedIssuer,
    linked_files,
    lists_asset,
    parse,
    toml_url,
)

ISSUER = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
OTHER = "GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA"
USDC = Asset("USDC", ISSUER)
WHOLE = f"""
NETWORK_PASSPHRASE = "Public Global Stellar Network ; September 2015"
ACCOUNTS = ["{ISSUER}"]

[DOCUMENTATION]
ORG_NAME = "An issuer"

[[CURRENCIES]]
code = "EURC"
issuer = "{OTHER}"

[[CURRENCIES]]
code = "USDC"
issuer = "{ISSUER}"
desc = "Dollars. Redeemable = yes."
""".encode()


def test_an_asset_is_listed_by_code_and_issuer_both():
    document = parse(WHOLE, "example.com")

    assert lists_asset(document, USDC)
    assert not lists_asset(document, Asset("USDC", OTHER))
    assert not lists_asset(document, Asset("usdc", ISSUER))
    assert not lists_asset(document, Asset("EURC", ISSUER))


@pytest.mark.parametrize(
    ("template", "code", "fits"),
    [("CORN????", "CORN2026", True), ("CORN????", "CORN26", False), ("CORN????", "corn2026", False)],
)
def test_a_template_stands_for_the_codes_of_its_form(template, code, fits):
    document = {"CURRENCIES": [{"code_template": template, "issuer": ISSUER}]}

    assert lists_asset(document, Asset(code, ISSUER)) is fits


def test_links_to_files_of_single_currencies_stay_on_the_host():
    url = "https://example.com/.well-known/stellar.toml"
    links = ["/.well-known/USDC.toml", "https://example.com/eurc.toml", "https://elsewhere.com/a", "//[x", 7]

    document = {"CURRENCIES": [{"toml": link} for link in links]}

    assert linked_files(document, url) == [
        "https://example.com/.well-known/USDC.toml",
        "https://example.com/eurc.toml",
    ]


@pytest.mark.parametrize(
    "home_domain",
    [
        "localhost",
        "127.0.0.1",
        "127.0.0.1:8000",
        "10.0.0.1",
        "[::1]",
        "a b.com",
        "x.com/path",
        "u@x.com",
        "x.com:1",
    ],
)
def test_a_home_domain_of_the_public_network_is_the_name_of_a_domain(home_domain):
    with pytest.raises(UnverifiedIssuer, match="not the name of a domain"):
        toml_url(home_domain, "stellar")
    assert toml_url("circle.com", "stellar") == "https://circle.com/.well-known/stellar.toml"
    assert toml_url("127.0.0.1:8000", "stellar_local").startswith("http://127.0.0.1:8000/")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"<html><body>Not found</body></html>", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[[CURRENCIES]]\ncode = ", "cannot be read"),
        (b"a = " + b"[" * 50_000, "nested too deep"),
        (b"a = " + b"{a = " * 20_000, "nested too deep"),
        (b"a = " + b"9" * 50_000, "cannot be read"),
        (b"a." * 49_000 + b"a = 1", "more than 64 parts"),
        (b"[" + b"a." * 40_000 + b"a]\n" + b"b = 1\n" * 3000, "more than 64 parts"),
        (b"a = {" + b'"=".' * 20_000 + b"a = 1}", "more than 64 parts"),
        (b"#" * 102_401, "longer than the 102400 bytes"),
    ],
    ids=range(10),
)
def test_what_cannot_be_read_is_said_in_one_sentence(raw, says):
    with pytest.raises(UnverifiedIssuer, match=says) as error:
        parse(raw, "example.com")
    assert "\n" not in str(error.value)
    assert "example.com" in str(error.value)


@given(st.binary(max_size=3000))
@example(b'CURRENCIES = "USDC"')
@example(b"CURRENCIES = [1, {}, [[]]]")
@example(b"[CURRENCIES]\ncode = 1")
@example(b"[[CURRENCIES]]\nissuer = 2026-01-01\ncode_template = [1]\ntoml = 1.5")
def test_no_bytes_raise_another_error(raw):
    try:
        document = parse(raw, "example.com")
    except UnverifiedIssuer:
        return
    lists_asset(document, USDC)
    linked_files(document, "https://example.com/.well-known/stellar.toml")


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 12), st.binary(max_size=6)), max_size=6)
)
def test_no_spoilt_file_lists_what_the_whole_one_does_not(changes):
    raw = bytearray(WHOLE)
    for at, length, new in changes:
        raw[at : at + length] = new
    try:
        document = parse(bytes(raw), "example.com")
    except UnverifiedIssuer:
        with pytest.raises((ValueError, RecursionError)):
            tomllib.loads(raw.decode())
        return
    assert not lists_asset(document, Asset("BTC", OTHER))
