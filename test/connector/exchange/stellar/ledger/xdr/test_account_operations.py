"""Operations on accounts and by issuers are byte for byte those of stellar-sdk, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import xdr
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BumpSequence,
    Clawback,
    ManageData,
    Operation,
    SetOptions,
    SetTrustLineFlags,
    Signer,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.strkey import encode_signer

from .sdk_operations import sdk_operation

SOURCE = SigningKey(bytes(32)).account
INT64 = st.integers(-(2**63), 2**63 - 1)
UINT32 = st.integers(0, 2**32 - 1)
IDS = st.none() | st.integers(0, 2**64 - 1)
KEYS = st.binary(min_size=32, max_size=32)
ACCOUNTS = KEYS.map(xdr.encode_account)
CODES = st.text("ABCXYZabcxyz0189", min_size=1, max_size=12)
CREDITS = st.builds(Asset, CODES, ACCOUNTS)
PAYLOADS = st.binary(min_size=1, max_size=64).map(
    lambda text: len(text).to_bytes(4) + text + b"\0" * (-len(text) % 4)
)
SIGNERS = st.builds(encode_signer, st.sampled_from("GTX"), KEYS) | st.builds(
    lambda key, payload: encode_signer("P", key + payload), KEYS, PAYLOADS
)


def texts(limit: int) -> st.SearchStrategy[str]:
    return st.binary(max_size=limit).map(lambda text: text.decode("utf-8", "surrogateescape"))


OPERATIONS = st.one_of(
    st.builds(
        SetOptions,
        st.none() | ACCOUNTS,
        *[st.none() | UINT32] * 6,
        st.none() | texts(32),
        st.none() | st.builds(Signer, SIGNERS, UINT32),
    ),
    st.builds(SetTrustLineFlags, ACCOUNTS, CREDITS, UINT32, UINT32),
    st.builds(AllowTrust, ACCOUNTS, CODES, UINT32),
    st.builds(Clawback, CREDITS, ACCOUNTS, INT64, holder_id=IDS),
    st.builds(ManageData, texts(64), st.none() | st.binary(max_size=64)),
    st.builds(BumpSequence, INT64),
    st.builds(AccountMerge, ACCOUNTS, destination_id=IDS),
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


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (SetOptions(home_domain="é" * 17), "the home domain has 34 bytes, at most 32"),
        (SetOptions(set_flags=-1), "SetOptions.*cannot be written"),
        (SetOptions(signer=Signer("G", 1)), "signer 'G' is not a valid key"),
        (ManageData("n" * 65, None), "the name has 65 bytes, at most 64"),
        (ManageData("n", b"v" * 65), "the value has 65 bytes, at most 64"),
        (AllowTrust(SOURCE, "", 1), "asset code '' is not 1 to 12"),
        (BumpSequence(2**63), "BumpSequence.*cannot be written"),
    ],
)
def test_what_has_no_place_in_xdr_is_named(operation: Operation, why: str) -> None:
    with pytest.raises(xdr.XdrError, match=why):
        envelope_of(operation)


def test_an_asset_code_that_no_asset_has_is_named() -> None:
    tx_xdr = envelope_of(AllowTrust(SOURCE, "LONGER", 1)).tx_xdr.replace(b"LONGER", b"LONG\0\0")
    written = xdr.encode_envelope(Envelope(Transaction(SOURCE, 1, 1, ()), tx_xdr, ()))
    with pytest.raises(xdr.UnsupportedXdr, match="asset code b'LONG' is not valid"):
        xdr.decode_envelope(written)
