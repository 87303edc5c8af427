"""Path payments and operations on pools are byte for byte those of stellar-sdk, both ways."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SigningKey
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import TrustlineKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    RevokeSponsorship,
    Transaction,
)

from .sdk_operations import sdk_operation

SOURCE = SigningKey(bytes(32)).account
INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
IDS = st.none() | st.integers(0, 2**64 - 1)
KEYS = st.binary(min_size=32, max_size=32)
ACCOUNTS = KEYS.map(xdr.encode_account)
ASSETS = st.just(NATIVE) | st.builds(Asset, st.text("ABCxyz019", min_size=1, max_size=12), ACCOUNTS)
POOL_IDS = KEYS.map(bytes.hex)
PATH_PAYMENT = (ASSETS, INT64, ACCOUNTS, ASSETS, INT64, st.lists(ASSETS, max_size=5).map(tuple))
OPERATIONS = st.one_of(
    st.builds(PathPaymentStrictSend, *PATH_PAYMENT, destination_id=IDS),
    st.builds(PathPaymentStrictReceive, *PATH_PAYMENT, destination_id=IDS),
    st.builds(LiquidityPoolDeposit, POOL_IDS, INT64, INT64, INT32, INT32, INT32, INT32),
    st.builds(LiquidityPoolWithdraw, POOL_IDS, INT64, INT64, INT64),
    st.builds(ChangeTrust, st.builds(PoolParameters, ASSETS, ASSETS, INT32), INT64),
    st.builds(RevokeSponsorship, st.builds(TrustlineKey, ACCOUNTS, st.builds(PoolShare, POOL_IDS))),
)
SENT = st.builds(lambda one, id: replace(one, source=SOURCE, source_id=id), OPERATIONS, IDS)


def envelope_of(operation: Operation) -> Envelope:
    tx = Transaction(SOURCE, 100, 1, (operation,))
    return Envelope(tx, xdr.encode_transaction(tx), ())


@given(OPERATIONS | SENT)
def test_an_operation_is_written_as_the_sdk_writes_it(operation: Operation) -> None:
    expected = sdk_operation(operation).to_xdr_bytes()
    assert envelope_of(operation).tx_xdr.endswith(expected + bytes(4))


@given(OPERATIONS | SENT)
def test_an_operation_is_read_back_whole(operation: Operation) -> None:
    envelope = envelope_of(operation)
    assert xdr.decode_envelope(xdr.encode_envelope(envelope)) == envelope


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (
            PathPaymentStrictSend(NATIVE, 1, SOURCE, NATIVE, 1, (NATIVE,) * 6),
            "its path has 6 assets, at most 5",
        ),
        (PathPaymentStrictReceive(NATIVE, 2**63, SOURCE, NATIVE, 1), "cannot be written as XDR"),
        (LiquidityPoolWithdraw("ab", 1, 0, 0), "pool id 'ab' is not 64 hexadecimal digits"),
        (LiquidityPoolDeposit("no", 1, 1, 1, 1, 1, 1), "cannot be written as XDR"),
        (ChangeTrust(PoolShare("ab" * 32), 1), "is not an Asset"),  # type: ignore[arg-type]
    ],
)
def test_what_has_no_place_in_xdr_is_named(operation: Operation, why: str) -> None:
    with pytest.raises(xdr.XdrError, match=why):
        envelope_of(operation)


def test_pool_shares_cannot_be_paid() -> None:
    """An asset of the type of pool shares stands only where a trustline is meant."""
    payment = envelope_of(PathPaymentStrictSend(NATIVE, 1, SOURCE, NATIVE, 1)).tx_xdr
    shares = payment[:-20] + b"\0\0\0\3" + payment[-16:]
    with pytest.raises(xdr.XdrError, match="asset type 3 does not exist"):
        xdr.decode_envelope(xdr.encode_envelope(Envelope(Transaction(SOURCE, 1, 1, ()), shares, ())))


def test_a_pool_of_another_kind_is_none() -> None:
    tx_xdr = envelope_of(ChangeTrust(PoolParameters(NATIVE, NATIVE), 1)).tx_xdr
    other = tx_xdr.replace(b"\0\0\0\3\0\0\0\0", b"\0\0\0\3\0\0\0\1")
    with pytest.raises(xdr.XdrError, match="liquidity pool type 1 does not exist"):
        xdr.decode_envelope(xdr.encode_envelope(Envelope(Transaction(SOURCE, 1, 1, ()), other, ())))
