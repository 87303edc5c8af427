"""Names of assets: injective, stable, and never another issuer's."""

import pytest

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.assets import NAME, AssetTable, UnknownAsset, curated_assets
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.strkey import decode_account
from hummingbot.connector.exchange.stellar.sandbox.market.assets import sandbox_asset

CIRCLE = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
OTHER = "GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA"


@pytest.mark.parametrize("domain", CONSTANTS.DOMAINS)
def test_curated_names_are_unique_and_in_form(domain):
    table = AssetTable(domain)

    assert len(set(table.names)) == len(table.names) == len(curated_assets(domain)) + 1
    for name, asset in table.assets.items():
        assert NAME.fullmatch(name)
        assert table.name(asset) == name
        assert asset == NATIVE or len(decode_account(asset.issuer)) == 32


def test_usdc_of_the_public_network_is_circles():
    assert AssetTable("stellar").asset("USDC") == Asset("USDC", CIRCLE)


def test_the_sandbox_has_the_assets_that_its_market_issues():
    assert AssetTable("stellar_local").asset("USDC") == sandbox_asset("USDC")


def test_another_issuers_usdc_is_named_by_its_issuer():
    table = AssetTable("stellar")

    assert table.name(Asset("USDC", OTHER)) == "USDC.GBNZ"
    assert table.name(Asset("USDC", CIRCLE)) == "USDC"


def test_names_stay_apart_where_codes_differ_in_case_alone_or_issuers_begin_alike():
    table = AssetTable("stellar")
    issuer = "GARDNV3Q7YGT4AKSDF25LT32YSCCW4EV22Y2TV3I2PU2MMXJTEDL5T55"
    assets = [Asset(code, issuer) for code in ("ABc", "ABC", "aBC", "abc", "yXLM", "YXLM")]

    names = [table.name(asset) for asset in assets]

    assert len(set(names)) == len(assets)
    assert all(NAME.fullmatch(name) for name in names)
    assert names == [table.name(asset) for asset in assets]


def test_own_assets_are_named_as_wished_or_after_their_issuer():
    table = AssetTable("stellar", f"GOLD=gold:{OTHER}, USDC:{OTHER}")

    assert table.pair("GOLD-USDC.GBNZ") == (Asset("gold", OTHER), Asset("USDC", OTHER))


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (f"USDC=USDC:{OTHER}", "already stands for"),
        (f"XLM=XLM:{OTHER}", "already stands for"),
        (f"DOLLAR=USDC:{CIRCLE}", "already called USDC"),
        (f"A-B=USDC:{OTHER}", "capital letters"),
        (f"gold=GOLD:{OTHER}", "capital letters"),
        ("GOLD=GOLD", "issuer is missing"),
        ("GOLD=GOLD:GABC", "not a valid address"),
        (f"GOLD=WAYTOOLONGCODE:{OTHER}", "1 to 12"),
    ],
)
def test_an_own_asset_that_cannot_be_used_is_refused_in_one_sentence(own, says):
    with pytest.raises(ConfigurationError, match=says) as error:
        AssetTable("stellar", own)
    assert "\n" not in str(error.value)


def test_an_unknown_asset_is_refused_with_the_way_to_add_it():
    with pytest.raises(UnknownAsset, match=r"stellar_local_assets, or to \S+, as DOGE=CODE:ISSUER"):
        AssetTable("stellar_local").pair("XLM-DOGE")


@pytest.mark.parametrize("pair", ["XLM", "XLM-", "-USDC", "XLM-USDC-BTC", ""])
def test_what_is_no_pair_is_refused(pair):
    with pytest.raises(ConfigurationError, match="BASE-QUOTE"):
        AssetTable("stellar").pair(pair)


def test_a_pair_of_equal_assets_is_refused():
    with pytest.raises(ConfigurationError, match="twice"):
        AssetTable("stellar").pair("USDC-USDC")
