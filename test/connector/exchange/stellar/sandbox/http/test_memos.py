"""Memos, preconditions and muxed accounts in the words of Horizon."""

import stellar_sdk

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.memo import MemoHash, MemoId, MemoReturn
from hummingbot.connector.exchange.stellar.ledger.operations import Payment, Transaction
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.http.memos import (
    memo_fields,
    memo_type,
    precondition_fields,
)

XLM = 10_000_000


def test_memos_of_all_kinds() -> None:
    assert (memo_type(None), memo_fields(None)) == ("none", {})
    assert memo_fields("order-17") == {"memo": "order-17", "memo_bytes": "b3JkZXItMTc="}
    assert memo_fields(b"\xff\0x") == {"memo": "\ufffdx", "memo_bytes": "/wB4"}
    assert (memo_type(b"\xff"), memo_type(MemoId(7))) == ("text", "id")
    assert memo_fields(MemoId(2**64 - 1)) == {"memo": "18446744073709551615"}
    hashed = {"memo": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    assert (memo_type(MemoHash(bytes(32))), memo_fields(MemoHash(bytes(32)))) == ("hash", hashed)
    assert (memo_type(MemoReturn(bytes(32))), memo_fields(MemoReturn(bytes(32)))) == ("return", hashed)


def test_preconditions_of_all_kinds() -> None:
    signer = stellar_sdk.SignerKey.sha256_hash(bytes(32)).encoded_signer_key
    whole = Preconditions((3, 9), 5, 6, 7, (signer,))
    tx = Transaction("", 100, 1, (), min_time=1, max_time=2, preconditions=whole)
    assert precondition_fields(tx) == {
        "valid_after": "1970-01-01T00:00:01Z",
        "valid_before": "1970-01-01T00:00:02Z",
        "preconditions": {
            "timebounds": {"min_time": "1", "max_time": "2"},
            "ledgerbounds": {"min_ledger": 3, "max_ledger": 9},
            "min_account_sequence": "5",
            "min_account_sequence_age": "6",
            "min_account_sequence_ledger_gap": 7,
            "extra_signers": [signer],
        },
    }
    assert precondition_fields(Transaction("", 100, 1, (), has_time_bounds=False)) == {}


async def test_muxed_accounts_are_shown_beside_their_accounts(sandbox) -> None:
    (alice, bob) = sandbox.fund("alice", "bob")
    network = sandbox.sandbox.network
    sequence = network.state.accounts[alice.account].sequence + 1
    payment = Payment(bob.account, NATIVE, XLM, destination_id=9)
    tx = Transaction(alice.account, 100, sequence, (payment,), source_id=7)
    signed = sign_transaction(tx, network.network_id, [alice])
    status, record = await sandbox.post_and_close(signed.envelope_xdr)
    muxed = stellar_sdk.MuxedAccount(alice.account, 7).account_muxed
    assert status == 200
    assert (record["source_account"], record["account_muxed"]) == (alice.account, muxed)
    assert (record["account_muxed_id"], record["fee_account_muxed_id"]) == ("7", "7")
    page = await sandbox.get(f"/transactions/{signed.hash.hex()}/operations")
    (operation,) = page["_embedded"]["records"]
    assert (operation["source_account"], operation["source_account_muxed"]) == (alice.account, muxed)
    assert (operation["from"], operation["from_muxed"], operation["from_muxed_id"]) == (
        alice.account,
        muxed,
        "7",
    )
    assert operation["to_muxed"] == stellar_sdk.MuxedAccount(bob.account, 9).account_muxed
    assert (operation["to"], operation["to_muxed_id"]) == (bob.account, "9")
