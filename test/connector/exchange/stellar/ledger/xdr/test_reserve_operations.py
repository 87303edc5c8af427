"""Operations on claimable balances and sponsored reserves are written as stellar-sdk does, byte for byte."""

import pytest
import stellar_sdk
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    UNCONDITIONAL,
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Not,
    Or,
    Predicate,
)
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SigningKey
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from hummingbot.connector.exchange.stellar.ledger.operations import (
    BeginSponsoringFutureReserves,
    Claimant,
    ClaimClaimableBalance,
    ClawbackClaimableBalance,
    CreateClaimableBalance,
    EndSponsoringFutureReserves,
    Operation,
    RevokeSponsorship,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.strkey import encode_signer

from .sdk_operations import sdk_operation
from .sdk_values import account_id, sdk_asset

SOURCE = SigningKey(bytes(32)).account
INT64 = st.integers(-(2**63), 2**63 - 1)
KEYS = st.binary(min_size=32, max_size=32)
ACCOUNTS = KEYS.map(xdr.encode_account)
ASSETS = st.just(NATIVE) | st.builds(Asset, st.text("ABCxyz019", min_size=1, max_size=12), ACCOUNTS)
BALANCE_IDS = KEYS.map(lambda key: "00000000" + key.hex())
NAMES = st.binary(max_size=64).map(lambda text: text.decode("utf-8", "surrogateescape"))
PREDICATES: st.SearchStrategy[Predicate] = st.recursive(
    st.just(UNCONDITIONAL) | st.builds(BeforeAbsoluteTime, INT64) | st.builds(BeforeRelativeTime, INT64),
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=2).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=2).map(tuple)),
        st.builds(Not, st.none() | inner),
    ),
)
TARGETS = st.one_of(
    st.builds(AccountKey, ACCOUNTS),
    st.builds(TrustlineKey, ACCOUNTS, ASSETS),
    st.builds(OfferKey, ACCOUNTS, INT64),
    st.builds(DataKey, ACCOUNTS, NAMES),
    st.builds(ClaimableBalanceKey, BALANCE_IDS),
    st.builds(SignerKey, ACCOUNTS, st.builds(encode_signer, st.sampled_from("GTX"), KEYS)),
)
OPERATIONS = st.one_of(
    st.builds(
        CreateClaimableBalance,
        ASSETS,
        INT64,
        st.lists(st.builds(Claimant, ACCOUNTS, PREDICATES), max_size=10).map(tuple),
    ),
    st.builds(ClaimClaimableBalance, BALANCE_IDS),
    st.builds(ClawbackClaimableBalance, BALANCE_IDS),
    st.builds(BeginSponsoringFutureReserves, ACCOUNTS),
    st.just(EndSponsoringFutureReserves()),
    st.builds(RevokeSponsorship, TARGETS),
)


def envelope_of(operation: Operation) -> Envelope:
    tx = Transaction(SOURCE, 100, 1, (operation,))
    return Envelope(tx, xdr.encode_transaction(tx), ())


@given(OPERATIONS)
def test_an_operation_is_written_as_the_sdk_writes_it(operation: Operation) -> None:
    expected = sdk_operation(operation).to_xdr_bytes()
    assert envelope_of(operation).tx_xdr.endswith(expected + bytes(4))


@given(OPERATIONS)
def test_an_operation_is_read_back_whole(operation: Operation) -> None:
    envelope = envelope_of(operation)
    assert xdr.decode_envelope(xdr.encode_envelope(envelope)) == envelope


def test_a_balance_is_named_after_the_operation_that_makes_it() -> None:
    operation = sdk.HashIDPreimageOperationID(
        account_id(SOURCE), sdk.SequenceNumber(sdk.Int64(2**40 + 5)), sdk.Uint32(3)
    )
    made = sdk.HashIDPreimage(sdk.EnvelopeType.ENVELOPE_TYPE_OP_ID, operation_id=operation)
    expected = stellar_sdk.utils.sha256(made.to_xdr_bytes()).hex()
    assert xdr.operation_balance_id(SOURCE, 2**40 + 5, 3) == "00000000" + expected


def test_a_balance_made_by_a_revocation_is_named_after_pool_and_asset_too() -> None:
    usd = Asset("USD", SOURCE)
    revocation = sdk.HashIDPreimageRevokeID(
        account_id(SOURCE),
        sdk.SequenceNumber(sdk.Int64(7)),
        sdk.Uint32(1),
        sdk.PoolID(sdk.Hash(b"p" * 32)),
        sdk_asset(usd),
    )
    kind = sdk.EnvelopeType.ENVELOPE_TYPE_POOL_REVOKE_OP_ID
    expected = stellar_sdk.utils.sha256(sdk.HashIDPreimage(kind, revoke_id=revocation).to_xdr_bytes()).hex()
    assert xdr.revocation_balance_id(SOURCE, 7, 1, (b"p" * 32).hex(), usd) == "00000000" + expected


def nested(depth: int) -> Operation:
    predicate: Predicate = UNCONDITIONAL
    for _ in range(depth - 1):
        predicate = Not(predicate)
    return CreateClaimableBalance(NATIVE, 1, (Claimant(SOURCE, predicate),))


def test_predicates_can_be_nested_deeper_than_the_network_allows_but_not_without_end() -> None:
    assert xdr.decode_envelope(xdr.encode_envelope(envelope_of(nested(64)))).tx.operations == (nested(64),)
    with pytest.raises(xdr.UnsupportedXdr, match="nested more than 64 deep"):
        xdr.decode_envelope(xdr.encode_envelope(envelope_of(nested(65))))


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (ClaimClaimableBalance("00" * 32), "'0{64}' is not 00000000 and 64 hexadecimal digits"),
        (ClaimClaimableBalance("00000001" + "ab" * 32), "is not 00000000 and 64"),
        (ClaimClaimableBalance("no"), "cannot be written as XDR"),
        (CreateClaimableBalance(NATIVE, 1, (Claimant(SOURCE),) * 11), "at most 10 claimants, not 11"),
        (
            CreateClaimableBalance(NATIVE, 1, (Claimant(SOURCE, And((UNCONDITIONAL,) * 3)),)),
            "And has at most 2 predicates, not 3",
        ),
        (CreateClaimableBalance(NATIVE, 1, (Claimant(SOURCE, "now"),)), "'now' is not a predicate"),  # type: ignore[arg-type]
        (RevokeSponsorship("G"), "str does not name what can be sponsored"),  # type: ignore[arg-type]
    ],
)
def test_what_has_no_place_in_xdr_is_named(operation: Operation, why: str) -> None:
    with pytest.raises(xdr.XdrError, match=why):
        envelope_of(operation)


def test_an_entry_that_no_one_can_sponsor_is_named() -> None:
    key = bytes(4) + b"\0\0\0\4" + bytes(36)
    tx_xdr = envelope_of(RevokeSponsorship(ClaimableBalanceKey("00000000" + bytes(32).hex()))).tx_xdr
    pool = tx_xdr.replace(key, bytes(4) + b"\0\0\0\5" + bytes(32))
    written = xdr.encode_envelope(Envelope(Transaction(SOURCE, 1, 1, ()), pool, ()))
    with pytest.raises(xdr.UnsupportedXdr, match="ledger key type 5 is not modelled"):
        xdr.decode_envelope(written)
