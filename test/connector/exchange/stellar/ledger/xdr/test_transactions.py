"""Transactions are byte for byte those of stellar-sdk, both ways."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import stellar_sdk
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SigningKey, verify
from hummingbot.connector.exchange.stellar.ledger.memo import MemoHash, MemoId, MemoReturn
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.strkey import encode_signer

from .sdk_transactions import sdk_transaction
from .sdk_values import sdk_asset

TESTNET = "Test SDF Network ; September 2015"
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
UINT64 = st.integers(0, 2**64 - 1)
ACCOUNTS = st.binary(min_size=32, max_size=32).map(xdr.encode_account)
ASSETS = st.just(NATIVE) | st.builds(Asset, st.text(CODE, min_size=1, max_size=12), ACCOUNTS)
IDS = st.none() | UINT64


def plain_or_sent(operations: st.SearchStrategy[Operation]) -> st.SearchStrategy[Operation]:
    """Return operations of the transaction's source, of an account, and of a muxed account."""

    def sent(operation: Operation, source: str, source_id: int | None) -> Operation:
        return replace(operation, source=source, source_id=source_id)

    return operations | st.builds(sent, operations, ACCOUNTS, IDS)


OPERATIONS = plain_or_sent(
    st.one_of(
        st.builds(CreateAccount, ACCOUNTS, INT64),
        st.builds(Payment, ACCOUNTS, ASSETS, INT64, destination_id=IDS),
        st.builds(ChangeTrust, ASSETS, INT64),
        st.builds(ManageSellOffer, ASSETS, ASSETS, INT64, INT32, INT32, INT64),
        st.builds(ManageBuyOffer, ASSETS, ASSETS, INT64, INT32, INT32, INT64),
        st.builds(CreatePassiveSellOffer, ASSETS, ASSETS, INT64, INT32, INT32),
    )
)
HASHES = SEEDS = st.binary(min_size=32, max_size=32)
MEMOS = st.one_of(
    st.none(),
    st.text(max_size=28).filter(lambda text: len(text.encode()) <= 28),
    st.binary(max_size=25).map(lambda text: text + b"\xff\xfe"),
    st.builds(MemoId, UINT64),
    st.builds(MemoHash, HASHES),
    st.builds(MemoReturn, HASHES),
)
PAYLOADS = st.binary(min_size=1, max_size=64).map(
    lambda text: len(text).to_bytes(4) + text + b"\0" * (-len(text) % 4)
)
SIGNERS = st.builds(encode_signer, st.sampled_from("GTX"), HASHES) | st.builds(
    lambda key, payload: encode_signer("P", key + payload), HASHES, PAYLOADS
)
UINT32 = st.integers(0, 2**32 - 1)
PRECONDITIONS = st.none() | st.builds(
    Preconditions,
    st.none() | st.tuples(UINT32, UINT32),
    st.none() | INT64,
    UINT64,
    UINT32,
    st.lists(SIGNERS, max_size=2).map(tuple),
)
TRANSACTIONS = st.builds(
    lambda source, fee, sequence, operations, bounds, memo, preconditions, source_id: Transaction(
        source,
        fee,
        sequence,
        tuple(operations),
        min_time=bounds[0] if bounds else 0,
        max_time=bounds[1] if bounds else 0,
        memo=memo,
        has_time_bounds=bounds is not None,
        preconditions=preconditions,
        source_id=source_id,
    ),
    ACCOUNTS,
    st.integers(0, 2**32 - 1),
    INT64,
    st.lists(OPERATIONS, max_size=4),
    st.none() | st.tuples(UINT64, UINT64),
    MEMOS,
    PRECONDITIONS,
    IDS,
)


@given(TRANSACTIONS)
def test_a_transaction_is_written_as_the_sdk_writes_it(tx: Transaction) -> None:
    assert xdr.encode_transaction(tx) == sdk_transaction(tx).to_xdr_bytes()


@given(
    TRANSACTIONS, st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=64)), max_size=20)
)
def test_an_envelope_is_read_back_whole(tx: Transaction, signatures: list[tuple[bytes, bytes]]) -> None:
    envelope = Envelope(tx, xdr.encode_transaction(tx), tuple(signatures))
    written = xdr.encode_envelope(envelope)
    assert xdr.decode_envelope(written) == envelope
    assert sdk.TransactionEnvelope.from_xdr_bytes(written).to_xdr_bytes() == written


@given(
    TRANSACTIONS.filter(lambda tx: tx.operations), st.lists(st.binary(min_size=32, max_size=32), max_size=3)
)
def test_signing_agrees_with_the_sdk(tx: Transaction, seeds: list[bytes]) -> None:
    signed = xdr.sign_transaction(tx, xdr.network_id(TESTNET), [SigningKey(seed) for seed in seeds])
    expected = sdk.TransactionEnvelope(
        sdk.EnvelopeType.ENVELOPE_TYPE_TX, v1=sdk.TransactionV1Envelope(sdk_transaction(tx), [])
    )
    payload = sdk.TransactionSignaturePayload(
        sdk.Hash(stellar_sdk.Network(TESTNET).network_id()),
        sdk.TransactionSignaturePayloadTaggedTransaction(
            sdk.EnvelopeType.ENVELOPE_TYPE_TX, tx=sdk_transaction(tx)
        ),
    )
    digest = stellar_sdk.utils.sha256(payload.to_xdr_bytes())
    assert expected.v1 is not None
    for seed in seeds:
        expected.v1.signatures.append(
            stellar_sdk.Keypair.from_raw_ed25519_seed(seed).sign_decorated(digest).to_xdr_object()
        )
    assert signed.hash == digest
    assert signed.envelope_xdr == expected.to_xdr_bytes()


def test_an_ordinary_transaction_is_the_one_the_builder_of_the_sdk_makes() -> None:
    maker, issuer = SigningKey(b"m" * 32), SigningKey(b"i" * 32)
    usdc = Asset("USDC", issuer.account)
    tx = Transaction(
        maker.account,
        fee=300,
        sequence=8,
        operations=(
            ChangeTrust(usdc, 2**63 - 1),
            Payment(issuer.account, NATIVE, 15_000_000),
            ManageSellOffer(NATIVE, usdc, 1_000_000_000, 11, 100),
        ),
        min_time=0,
        max_time=1_700_000_000,
        memo="hello",
    )
    signed = xdr.sign_transaction(tx, xdr.network_id(TESTNET), [maker])
    sdk_usdc = stellar_sdk.Asset("USDC", issuer.account)
    built = (
        stellar_sdk.TransactionBuilder(stellar_sdk.Account(maker.account, 7), TESTNET, base_fee=100)
        .append_change_trust_op(sdk_usdc)
        .append_payment_op(issuer.account, stellar_sdk.Asset.native(), "1.5")
        .append_manage_sell_offer_op(
            stellar_sdk.Asset.native(), sdk_usdc, "100", stellar_sdk.Price.from_raw_price("0.11")
        )
        .add_text_memo("hello")
        .add_time_bounds(0, 1_700_000_000)
        .build()
    )
    built.sign(stellar_sdk.Keypair.from_raw_ed25519_seed(b"m" * 32))
    assert signed.envelope_xdr == built.to_xdr_object().to_xdr_bytes()
    assert signed.hash == built.hash()
    envelope = xdr.decode_envelope(signed.envelope_xdr)
    assert envelope.tx == tx
    assert xdr.transaction_hash(envelope.tx_xdr, xdr.network_id(TESTNET)) == signed.hash
    assert verify(maker.account, signed.hash, envelope.signatures[0][1])


def test_the_network_id_is_that_of_the_sdk() -> None:
    assert xdr.network_id(TESTNET) == stellar_sdk.Network(TESTNET).network_id()


@given(ASSETS)
def test_assets_are_written_as_the_sdk_does_and_kept(asset: Asset) -> None:
    assert xdr.asset_xdr(asset) == sdk_asset(asset).to_xdr_bytes()
    assert xdr.asset_xdr(asset) is xdr.asset_xdr(asset)


def test_read_assets_and_accounts_are_one_object_each() -> None:
    key = SigningKey(bytes(32))
    tx = Transaction(key.account, 100, 1, (Payment(key.account, Asset("USD", key.account), 1),) * 2)
    read = xdr.decode_envelope(xdr.encode_envelope(Envelope(tx, xdr.encode_transaction(tx), ())))
    first, second = read.tx.operations
    assert isinstance(first, Payment)
    assert isinstance(second, Payment)
    assert first.asset is second.asset
    assert first.destination is second.destination is read.tx.source


def test_caches_do_not_grow_without_bound_nor_mix_up_accounts() -> None:
    keys = [number.to_bytes(32) for number in range(40_000)]
    accounts = [xdr.encode_account(key) for key in keys]
    assert [xdr.decode_account(account) for account in accounts] == keys


ISSUER = SigningKey(b"i" * 32).account
PLAIN = Transaction(ISSUER, 100, 1, (Payment(ISSUER, NATIVE, 1),))


@pytest.mark.parametrize(
    ("tx", "why"),
    [
        (Transaction(ISSUER, 100, 1, (Payment(ISSUER, NATIVE, 2**63),)), "Payment.*cannot be written as XDR"),
        (Transaction(ISSUER, 100, 1, (ManageSellOffer(NATIVE, NATIVE, 1, 2**31, 1),)), "ManageSellOffer"),
        (Transaction(ISSUER, 100, 1, (Payment("GA", NATIVE, 1),)), "account 'GA' is not a valid address"),
        (Transaction(ISSUER, 100, 1, (Payment(ISSUER, Asset("A", "G"), 1),)), "account 'G' is not a valid"),
        (Transaction(ISSUER, 100, 1, (Payment(ISSUER, NATIVE, 1.5),)), "cannot be written as XDR"),  # type: ignore[arg-type]
        (Transaction(ISSUER, 100, 1, ("payment",)), "'payment' cannot be written as XDR"),  # type: ignore[arg-type]
        (Transaction(ISSUER, -1, 1, ()), f"transaction of {ISSUER} cannot be written"),
        (Transaction(ISSUER, 2**32, 1, ()), "cannot be written"),
        (Transaction(ISSUER, 1, 2**63, ()), "cannot be written"),
        (Transaction(ISSUER, 1, 1, (), -1), "cannot be written"),
        (Transaction(ISSUER, 1, 1, (), memo="é" * 15), "the memo has 30 bytes, at most 28"),
        (Transaction(ISSUER, 1, 1, (), memo="\ud800"), "cannot be written"),
        (Transaction(ISSUER, 1, 1, (), memo=MemoHash(b"short")), "a hash has 32 bytes, not 5"),
        (Transaction(ISSUER, 1, 1, (), memo=MemoId(2**64)), "cannot be written"),
        (Transaction(ISSUER, 1, 1, (), source_id=-1), "cannot be written"),
        (Transaction(ISSUER, 1, 1, (CreateAccount(ISSUER, 1, source_id=7),)), "source_id but no source"),
        (
            Transaction(ISSUER, 1, 1, (), preconditions=Preconditions(extra_signers=(ISSUER,) * 3)),
            "3 extra signers, at most 2",
        ),
        (
            Transaction(ISSUER, 1, 1, (), preconditions=Preconditions(extra_signers=("SECRET",))),
            "is not a valid key",
        ),
        (Transaction(ISSUER, 1, 1, (), 5, 0, has_time_bounds=False), "although has_time_bounds is false"),
        (Transaction(ISSUER, 1, 1, PLAIN.operations * 101), "at most 100 operations, not 101"),
    ],
)
def test_what_xdr_cannot_hold_is_an_error_that_names_it(tx: Transaction, why: str) -> None:
    with pytest.raises(xdr.XdrError, match=why):
        xdr.encode_transaction(tx)


def test_an_envelope_has_at_most_20_signatures_of_up_to_64_bytes() -> None:
    for signatures in (((b"hint", b""),) * 21, ((b"hint", bytes(65)),), ((b"hi", b""),)):
        with pytest.raises(xdr.XdrError, match="signatures"):
            xdr.encode_envelope(Envelope(PLAIN, xdr.encode_transaction(PLAIN), signatures))


def altered(change: Callable[[sdk.Transaction], None]) -> bytes:
    tx = sdk_transaction(PLAIN)
    change(tx)
    return sdk.TransactionEnvelope(
        sdk.EnvelopeType.ENVELOPE_TYPE_TX, v1=sdk.TransactionV1Envelope(tx, [])
    ).to_xdr_bytes()


def with_operation(operation: stellar_sdk.Operation) -> bytes:
    return altered(lambda tx: setattr(tx, "operations", [operation.to_xdr_object()]))


def test_what_is_not_modelled_is_named() -> None:
    envelope = with_operation(stellar_sdk.ExtendFootprintTTL(5))
    with pytest.raises(xdr.UnsupportedXdr, match="operation extend_footprint_ttl is not modelled"):
        xdr.decode_envelope(envelope)


@given(TRANSACTIONS, st.integers(0, 2**63 - 1), SEEDS, SEEDS)
def test_a_fee_bump_is_the_one_the_sdk_makes(tx: Transaction, fee: int, seed: bytes, payer: bytes) -> None:
    network, key = xdr.network_id(TESTNET), SigningKey(payer)
    inner = xdr.sign_transaction(tx, network, [SigningKey(seed)])
    signed = xdr.sign_fee_bump(inner, key.account, fee, network, [key])
    envelope = xdr.decode_envelope(signed.envelope_xdr)
    assert envelope.fee_bump is not None
    assert (envelope.tx, envelope.fee_bump.source, envelope.fee_bump.fee) == (tx, key.account, fee)
    assert xdr.encode_envelope(envelope) == signed.envelope_xdr
    read = sdk.TransactionEnvelope.from_xdr_bytes(signed.envelope_xdr).fee_bump
    assert read is not None
    tagged = sdk.TransactionSignaturePayloadTaggedTransaction(
        sdk.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP, fee_bump=read.tx
    )
    payload = sdk.TransactionSignaturePayload(sdk.Hash(network), tagged)
    assert stellar_sdk.utils.sha256(payload.to_xdr_bytes()) == signed.hash
    assert verify(key.account, signed.hash, read.signatures[0].signature.signature)


def old_envelope(signed: bytes) -> bytes:
    """Return the envelope of version 0 of a signed transaction without muxed source or preconditions."""
    return signed[:3] + b"\0" + signed[8:]


@given(TRANSACTIONS, SEEDS)
def test_old_envelopes_are_read_as_the_new_ones_that_the_network_makes_of_them(
    tx: Transaction, seed: bytes
) -> None:
    plain = replace(tx, source_id=None, preconditions=None)
    signed = xdr.sign_transaction(plain, xdr.network_id(TESTNET), [SigningKey(seed)])
    old = old_envelope(signed.envelope_xdr)
    assert sdk.TransactionEnvelope.from_xdr_bytes(old).v0 is not None
    envelope = xdr.decode_envelope(old)
    assert envelope.tx == plain
    assert xdr.encode_envelope(envelope) == signed.envelope_xdr


def test_old_envelopes_have_time_bounds_or_nothing() -> None:
    tx = Transaction(ISSUER, 100, 1, (), preconditions=Preconditions(minimum_sequence=1))
    envelope = xdr.encode_envelope(Envelope(tx, xdr.encode_transaction(tx), ()))
    with pytest.raises(xdr.XdrError, match="a boolean is 0 or 1, not 2"):
        xdr.decode_envelope(old_envelope(envelope))


@pytest.mark.parametrize("code", [b"US-D", b"U\0SD", b"\0\0\0\0", b"\xff\0\0\0"])
def test_asset_codes_the_network_refuses_are_named(code: bytes) -> None:
    tx = Transaction(ISSUER, 100, 1, (Payment(ISSUER, Asset("USDX", ISSUER), 1),))
    envelope = xdr.encode_envelope(Envelope(tx, xdr.encode_transaction(tx).replace(b"USDX", code), ()))
    with pytest.raises(xdr.UnsupportedXdr, match=r"asset code .* is not valid"):
        xdr.decode_envelope(envelope)


def test_a_short_code_in_a_long_field_is_named() -> None:
    tx = Transaction(ISSUER, 100, 1, (Payment(ISSUER, Asset("USDXY", ISSUER), 1),))
    envelope = xdr.encode_envelope(Envelope(tx, xdr.encode_transaction(tx).replace(b"USDXY", b"USD\0\0"), ()))
    with pytest.raises(xdr.UnsupportedXdr, match=r"asset code .* is not valid"):
        xdr.decode_envelope(envelope)
