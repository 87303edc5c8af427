"""Operations on accounts and by issuers are byte for byte those of stellar-sdk, both ways."""

import pytest
import stellar_sdk
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import xdr as sdk

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


def account_id(account: str) -> sdk.AccountID:
    return stellar_sdk.Keypair.from_public_key(account).xdr_account_id()


def muxed(account: str, number: int | None) -> sdk.MuxedAccount:
    return stellar_sdk.MuxedAccount(account, number).to_xdr_object()


def credit(asset: Asset) -> sdk.Asset:
    return stellar_sdk.Asset(asset.code, asset.issuer).to_xdr_object()


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def optional(number: int | None) -> sdk.Uint32 | None:
    return None if number is None else sdk.Uint32(number)


def sdk_options(options: SetOptions) -> sdk.SetOptionsOp:
    signer = options.signer
    return sdk.SetOptionsOp(
        None if options.inflation_destination is None else account_id(options.inflation_destination),
        optional(options.clear_flags),
        optional(options.set_flags),
        optional(options.master_weight),
        optional(options.low_threshold),
        optional(options.medium_threshold),
        optional(options.high_threshold),
        None if options.home_domain is None else sdk.String32(raw(options.home_domain)),
        None
        if signer is None
        else sdk.Signer(
            stellar_sdk.SignerKey.from_encoded_signer_key(signer.key).to_xdr_object(),
            sdk.Uint32(signer.weight),
        ),
    )


def sdk_body(operation: Operation) -> sdk.OperationBody:
    kinds = sdk.OperationType
    match operation:
        case SetOptions():
            return sdk.OperationBody(kinds.SET_OPTIONS, set_options_op=sdk_options(operation))
        case SetTrustLineFlags(trustor, asset, clear, set_):
            return sdk.OperationBody(
                kinds.SET_TRUST_LINE_FLAGS,
                set_trust_line_flags_op=sdk.SetTrustLineFlagsOp(
                    account_id(trustor), credit(asset), sdk.Uint32(clear), sdk.Uint32(set_)
                ),
            )
        case AllowTrust(trustor, code, authorize):
            line = credit(Asset(code, SOURCE))
            return sdk.OperationBody(
                kinds.ALLOW_TRUST,
                allow_trust_op=sdk.AllowTrustOp(
                    account_id(trustor),
                    sdk.AssetCode(
                        line.type,
                        line.alpha_num4.asset_code if line.alpha_num4 else None,
                        line.alpha_num12.asset_code if line.alpha_num12 else None,
                    ),
                    sdk.Uint32(authorize),
                ),
            )
        case Clawback(asset, holder, amount):
            return sdk.OperationBody(
                kinds.CLAWBACK,
                clawback_op=sdk.ClawbackOp(
                    credit(asset), muxed(holder, operation.holder_id), sdk.Int64(amount)
                ),
            )
        case ManageData(name, value):
            return sdk.OperationBody(
                kinds.MANAGE_DATA,
                manage_data_op=sdk.ManageDataOp(
                    sdk.String64(raw(name)), None if value is None else sdk.DataValue(value)
                ),
            )
        case BumpSequence(bump_to):
            return sdk.OperationBody(
                kinds.BUMP_SEQUENCE,
                bump_sequence_op=sdk.BumpSequenceOp(sdk.SequenceNumber(sdk.Int64(bump_to))),
            )
        case AccountMerge(destination):
            receiver = muxed(destination, operation.destination_id)
            return sdk.OperationBody(kinds.ACCOUNT_MERGE, destination=receiver)
        case _:
            raise TypeError(f"{operation!r} is not of this family")


def envelope_of(operation: Operation) -> Envelope:
    tx = Transaction(SOURCE, 100, 1, (operation,))
    return Envelope(tx, xdr.encode_transaction(tx), ())


@given(OPERATIONS)
def test_an_operation_is_written_as_the_sdk_writes_it(operation: Operation) -> None:
    expected = sdk.Operation(None, sdk_body(operation)).to_xdr_bytes()
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
