"""Ids of liquidity pools are those of the network, whatever the order in which the assets are named."""

from collections.abc import Iterator

import pytest
import stellar_sdk
from hypothesis import assume, given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare

from .test_recorded import records

ACCOUNTS = st.binary(min_size=32, max_size=32).map(xdr.encode_account)
ASSETS = st.just(NATIVE) | st.builds(Asset, st.text("AZaz09", min_size=1, max_size=12), ACCOUNTS)


def recorded_pools() -> Iterator[tuple[str, Asset, Asset]]:
    for record in records():
        for change in record.get("touched", ()):
            entry = change["after"] or change["before"]
            if entry["type"] == "pool":
                yield entry["id"], Asset.parse(entry["asset_a"]), Asset.parse(entry["asset_b"])


def test_recorded_pools_are_named_alike() -> None:
    pools = set(recorded_pools())
    assert len(pools) > 20
    for pool_id, asset_a, asset_b in pools:
        parameters = PoolParameters(asset_a, asset_b)
        assert xdr.pool_id(parameters) == pool_id
        assert xdr.pool_of(asset_a, asset_b) == xdr.pool_of(asset_b, asset_a) == parameters
        assert xdr.is_valid_pool(parameters)


@given(ASSETS, ASSETS)
def test_a_pool_is_the_same_from_both_sides_and_has_the_id_that_the_sdk_finds(
    one: Asset, other: Asset
) -> None:
    assume(one != other)
    parameters = xdr.pool_of(one, other)
    assert parameters == xdr.pool_of(other, one)
    assert xdr.is_valid_pool(parameters)
    assert not xdr.is_valid_pool(PoolParameters(parameters.asset_b, parameters.asset_a))
    a, b = (
        stellar_sdk.Asset.native() if asset.is_native else stellar_sdk.Asset(asset.code, asset.issuer)
        for asset in (parameters.asset_a, parameters.asset_b)
    )
    if stellar_sdk.LiquidityPoolAsset.is_valid_lexicographic_order(a, b):
        assert stellar_sdk.LiquidityPoolAsset(a, b).liquidity_pool_id == xdr.pool_id(parameters)


def test_issuers_are_ordered_by_their_keys_not_by_their_addresses() -> None:
    """In an address ``2`` to ``7`` stand for 26 to 31, yet as text they come before ``A`` to ``Z``."""
    low, high = bytes(32), bytes([0b00111110]) + bytes(31)
    assert xdr.encode_account(high) < xdr.encode_account(low)
    first, second = Asset("USD", xdr.encode_account(low)), Asset("USD", xdr.encode_account(high))
    assert xdr.pool_of(second, first) == PoolParameters(first, second)


def test_a_pool_of_one_asset_or_with_another_fee_is_none() -> None:
    assert not xdr.is_valid_pool(PoolParameters(NATIVE, NATIVE))
    usd = Asset("USD", xdr.encode_account(bytes(32)))
    assert xdr.is_valid_pool(PoolParameters(NATIVE, usd))
    assert not xdr.is_valid_pool(PoolParameters(NATIVE, usd, 29))


def test_pool_shares_are_written_with_the_id() -> None:
    share = PoolShare("ab" * 32)
    assert str(share) == "pool:" + "ab" * 32
    assert PoolShare.parse(str(share)) == share


@pytest.mark.parametrize("text", ["ab" * 32, "pool:", "pool:" + "AB" * 32, "pool:" + "ab" * 31, "native"])
def test_what_names_no_pool_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="pool"):
        PoolShare.parse(text)
