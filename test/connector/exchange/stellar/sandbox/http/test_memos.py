"""Memos, preconditions and muxed accounts in the words of Horizon."""

import stellar_sdk

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import Claimant
from hummingbot.connector.exchange.stellar.ledger.memo import MemoHash, MemoId, MemoReturn
from hummingbot.connector.exchange.stellar.ledger.operations import (
    CreateClaimableBalance,
    ManageSellOffer,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.history.muxed import muxed_fields
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
    assert memo_fields(b"\xe2\0\x82\xac") == {"memo": "\ufffd\ufffd\ufffd", "memo_bytes": "4gCCrA=="}
    assert memo_fields("") == {"memo": "", "memo_bytes": ""}
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


def test_preconditions_that_ask_for_nothing_are_shown_empty() -> None:
    tx = Transaction("", 100, 1, (), has_time_bounds=False, preconditions=Preconditions())
    assert precondition_fields(tx) == {"preconditions": {}}


def test_a_time_that_no_calendar_reaches_is_cut_to_63_bits() -> None:
    fields = precondition_fields(Transaction("", 100, 1, (), max_time=2**64 - 1))
    assert fields["valid_before"] == "292277026596-12-04T15:30:07Z"
    assert fields["preconditions"]["timebounds"] == {"min_time": "0", "max_time": str(2**63 - 1)}


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
    effects = (await sandbox.get(f"/operations/{operation['id']}/effects"))["_embedded"]["records"]
    assert [(effect["type"], effect["account_muxed"], effect["account_muxed_id"]) for effect in effects] == [
        ("account_credited", operation["to_muxed"], "9"),
        ("account_debited", muxed, "7"),
    ]


def test_the_number_0_of_a_muxed_account_is_not_shown() -> None:
    account = stellar_sdk.Keypair.from_raw_ed25519_seed(bytes(32)).public_key
    muxed = stellar_sdk.MuxedAccount(account, 0).account_muxed
    assert muxed_fields("to", account, 0) == {"to_muxed": muxed}
    assert muxed_fields("to", account, None) == {}


async def test_effects_on_others_do_not_show_the_number_of_the_source(sandbox) -> None:
    (maker,) = sandbox.fund("maker", usdc=100 * XLM)
    (alice,) = sandbox.fund("alice", usdc=100 * XLM)
    usdc = sandbox.usdc
    sandbox.submit(maker, ManageSellOffer(NATIVE, usdc, XLM, 1, 1))
    network = sandbox.sandbox.network
    sequence = network.state.accounts[alice.account].sequence + 1
    operations = (
        ManageSellOffer(usdc, NATIVE, XLM, 1, 1),
        CreateClaimableBalance(NATIVE, XLM, (Claimant(alice.account),)),
    )
    tx = Transaction(alice.account, 200, sequence, operations, source_id=7)
    await sandbox.post_and_close(sign_transaction(tx, network.network_id, [alice]).envelope_xdr)
    effects = (await sandbox.get("/effects", order="desc", limit=6))["_embedded"]["records"]
    muxed = stellar_sdk.MuxedAccount(alice.account, 7).account_muxed
    assert [(effect["type"], effect.get("account_muxed")) for effect in reversed(effects)] == [
        ("trade", muxed),
        ("trade", None),
        ("claimable_balance_created", muxed),
        ("claimable_balance_claimant_created", None),
        ("account_debited", muxed),
        ("claimable_balance_sponsorship_created", muxed),
    ]
    (of_maker,) = [effect for effect in effects if effect["account"] == maker.account]
    assert (of_maker["seller_muxed"], of_maker["seller_muxed_id"]) == (muxed, "7")
