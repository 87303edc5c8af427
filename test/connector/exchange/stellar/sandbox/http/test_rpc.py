"""Stellar RPC: the official SDK as its client, and JSON-RPC's own rules."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from functools import partial

import pytest
from stellar_sdk import Asset as SdkAsset
from stellar_sdk import Claimant as SdkClaimant
from stellar_sdk import ClaimPredicate, Keypair, SorobanServer, TransactionEnvelope, xdr
from stellar_sdk.exceptions import SorobanRpcErrorResponse
from stellar_sdk.soroban_rpc import GetTransactionStatus, SendTransactionStatus

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Not,
)
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    Claimant,
    CreateClaimableBalance,
    ManageData,
    ManageSellOffer,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.claimable_balance import ClaimableBalance
from hummingbot.connector.exchange.stellar.sandbox.entries import Account
from hummingbot.connector.exchange.stellar.sandbox.entry_xdr import encode_entry, encode_extension

XLM = 10_000_000


class Client:
    """The SDK's client, which waits in threads of its own."""

    def __init__(self, server):
        self._server = server

    def __getattr__(self, name):
        return partial(asyncio.to_thread, getattr(self._server, name))


@pytest.fixture
async def rpc(sandbox) -> AsyncIterator[Client]:
    """The SDK's client of the sandbox."""
    server = SorobanServer(f"{sandbox.url}/rpc")
    yield Client(server)
    server.close()


async def call(sandbox, document, **options):
    async with sandbox.http.post("/rpc", json=document, **options) as response:
        return response.status, await response.json(content_type=None)


def account_key(account):
    account_id = Keypair.from_public_key(account).xdr_account_id()
    return xdr.LedgerKey(xdr.LedgerEntryType.ACCOUNT, account=xdr.LedgerKeyAccount(account_id))


def trustline_key(account, asset):
    line = xdr.LedgerKeyTrustLine(Keypair.from_public_key(account).xdr_account_id(), asset)
    return xdr.LedgerKey(xdr.LedgerEntryType.TRUSTLINE, trust_line=line)


def offer_key(seller, offer_id):
    offer = xdr.LedgerKeyOffer(Keypair.from_public_key(seller).xdr_account_id(), xdr.Int64(offer_id))
    return xdr.LedgerKey(xdr.LedgerEntryType.OFFER, offer=offer)


def sdk(asset):
    return SdkAsset(asset.code, asset.issuer or None)


def read(result):
    """Decode an entry; it must be written back byte for byte."""
    entry = xdr.LedgerEntryData.from_xdr(result.xdr)
    assert entry.to_xdr() == result.xdr
    return entry


async def test_entries_come_as_they_lie_on_the_ledger(sandbox, rpc):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(sandbox.usdc, NATIVE, 50 * XLM, 21, 2))
    (offer,) = sandbox.sandbox.network.state.offers.values()
    line = trustline_key(maker.account, sdk(sandbox.usdc).to_trust_line_asset_xdr_object())
    keys = [offer_key(maker.account, offer.offer_id), account_key(maker.account), line]
    response = await rpc.get_ledger_entries(keys)
    assert response.latest_ledger == sandbox.sandbox.history.latest
    assert [entry.key for entry in response.entries] == [key.to_xdr() for key in keys]
    assert {entry.last_modified_ledger for entry in response.entries} == {response.latest_ledger}
    rests, account, trusts = map(read, response.entries)

    assert rests.offer.offer_id.int64 == offer.offer_id
    assert rests.offer.amount.int64 == 50 * XLM
    assert (rests.offer.price.n.int32, rests.offer.price.d.int32) == (21, 2)
    assert rests.offer.flags.uint32 == 0
    assert SdkAsset.from_xdr_object(rests.offer.selling) == sdk(sandbox.usdc)
    assert SdkAsset.from_xdr_object(rests.offer.buying).is_native()

    entry = sandbox.sandbox.network.state.accounts[maker.account]
    assert account.account.balance.int64 == entry.balance
    assert account.account.seq_num.sequence_number.int64 == entry.sequence
    assert account.account.num_sub_entries.uint32 == 2
    assert account.account.thresholds.thresholds == bytes((1, 0, 0, 0))
    assert account.account.ext.v1.liabilities.buying.int64 == 525 * XLM
    third = account.account.ext.v1.ext.v2.ext.v3
    assert third.seq_ledger.uint32 == sandbox.sandbox.history.latest
    assert third.seq_time.time_point.uint64 == sandbox.sandbox.network.header.close_time

    assert trusts.trust_line.balance.int64 == 1000 * XLM
    assert trusts.trust_line.limit.int64 == 2**63 - 1
    assert trusts.trust_line.ext.v1.liabilities.selling.int64 == 50 * XLM


async def test_a_pool_and_its_shares_are_entries_too(sandbox, rpc):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    parameters = pool_of(NATIVE, sandbox.usdc)
    id = pool_id(parameters)
    sandbox.submit(
        maker,
        ChangeTrust(parameters, 10**15),
        LiquidityPoolDeposit(id, 100 * XLM, 25 * XLM, 1, 1000, 1000, 1),
    )
    share = xdr.TrustLineAsset(
        xdr.AssetType.ASSET_TYPE_POOL_SHARE, liquidity_pool_id=xdr.PoolID(xdr.Hash(bytes.fromhex(id)))
    )
    pool = xdr.LedgerKey(
        xdr.LedgerEntryType.LIQUIDITY_POOL,
        liquidity_pool=xdr.LedgerKeyLiquidityPool(xdr.PoolID(xdr.Hash(bytes.fromhex(id)))),
    )
    line = trustline_key(maker.account, sdk(sandbox.usdc).to_trust_line_asset_xdr_object())
    response = await rpc.get_ledger_entries([pool, trustline_key(maker.account, share), line])
    entry, shares, credit = map(read, response.entries)
    product = entry.liquidity_pool.body.constant_product
    assert (product.reserve_a.int64, product.reserve_b.int64) == (100 * XLM, 25 * XLM)
    assert (product.total_pool_shares.int64, product.pool_shares_trust_line_count.int64) == (50 * XLM, 1)
    assert product.params.fee.int32 == 30
    assert SdkAsset.from_xdr_object(product.params.asset_b) == sdk(sandbox.usdc)
    assert shares.trust_line.balance.int64 == 50 * XLM
    assert credit.trust_line.ext.v1.ext.v2.liquidity_pool_use_count.int32 == 1


async def test_data_and_claimable_balances_are_entries_too(sandbox, rpc):
    maker, taker = sandbox.fund("maker", "taker", usdc=10 * XLM)
    waits = Claimant(taker.account, Not(And((BeforeAbsoluteTime(5), BeforeRelativeTime(7)))))
    sandbox.submit(
        maker,
        ManageData("name", b"value"),
        CreateClaimableBalance(sandbox.usdc, 7 * XLM, (waits, Claimant(maker.account))),
    )
    (held,) = sandbox.sandbox.network.state.claimable_balances.values()
    data = xdr.LedgerKey(
        xdr.LedgerEntryType.DATA,
        data=xdr.LedgerKeyData(
            Keypair.from_public_key(maker.account).xdr_account_id(), xdr.String64(b"name")
        ),
    )
    balance = xdr.LedgerKey(
        xdr.LedgerEntryType.CLAIMABLE_BALANCE,
        claimable_balance=xdr.LedgerKeyClaimableBalance(
            xdr.ClaimableBalanceID.from_xdr_bytes(bytes.fromhex(held.balance_id))
        ),
    )
    response = await rpc.get_ledger_entries([data, balance])
    kept, aside = map(read, response.entries)
    assert kept.data.data_value.data_value == b"value"
    assert aside.claimable_balance.amount.int64 == 7 * XLM
    assert SdkAsset.from_xdr_object(aside.claimable_balance.asset) == sdk(sandbox.usdc)
    first, second = (SdkClaimant.from_xdr_object(one) for one in aside.claimable_balance.claimants)
    assert (first.destination, second.destination) == (taker.account, maker.account)
    later = sandbox.sandbox.network.header.close_time + 7
    assert first.predicate == ClaimPredicate.predicate_not(
        ClaimPredicate.predicate_and(
            ClaimPredicate.predicate_before_absolute_time(5),
            ClaimPredicate.predicate_before_absolute_time(later),
        )
    )
    extension = xdr.LedgerEntryExt.from_xdr(b64encode(encode_extension(held)).decode())
    sponsor = extension.v1.sponsoring_id.sponsorship_descriptor
    assert sponsor == Keypair.from_public_key(maker.account).xdr_account_id()


def test_a_balance_that_can_be_clawed_back_says_so():
    claimants = (Claimant(Keypair.random().public_key),)
    balance = ClaimableBalance("00" * 36, NATIVE, 5, claimants, clawback_enabled=True)
    entry = xdr.LedgerEntryData.from_xdr_bytes(encode_entry(balance)).claimable_balance
    assert entry.ext.v1.flags.uint32 == xdr.ClaimableBalanceFlags.CLAIMABLE_BALANCE_CLAWBACK_ENABLED_FLAG


@pytest.mark.parametrize("name", ["00000001 61", "00000001 61000000 00000000", "00000001 61000001", ""])
async def test_the_name_of_a_data_entry_fills_its_key(sandbox, name):
    (maker,) = sandbox.fund("maker")
    account = Keypair.from_public_key(maker.account).xdr_account_id().to_xdr_bytes()
    key = bytes.fromhex("00000003") + account + bytes.fromhex(name)
    request = {"jsonrpc": "2.0", "id": 7, "method": "getLedgerEntries"}
    _, answer = await call(sandbox, request | {"params": {"keys": [b64encode(key).decode()]}})
    assert answer["error"]["message"].startswith("cannot unmarshal key value")


async def test_what_is_not_there_is_left_out(sandbox, rpc):
    (maker,) = sandbox.fund("maker")
    stranger = Keypair.random().public_key
    share = xdr.TrustLineAsset(
        xdr.AssetType.ASSET_TYPE_POOL_SHARE, liquidity_pool_id=xdr.PoolID(xdr.Hash(bytes(32)))
    )
    response = await rpc.get_ledger_entries(
        [
            account_key(stranger),
            offer_key(maker.account, 99),
            trustline_key(maker.account, share),
            account_key(maker.account),
        ]
    )
    assert [entry.key for entry in response.entries] == [account_key(maker.account).to_xdr()]


def test_every_part_of_an_account_is_written():
    keys = sorted(Keypair.random().public_key for _ in range(3))
    account = Account(
        keys[0],
        5,
        6,
        subentries=3,
        flags=7,
        sponsoring=2,
        sponsored=1,
        thresholds=(1, 2, 3, 4),
        signers=((keys[1], 10, keys[2]), (keys[2], 20, None)),
        home_domain="stellar.test",
        inflation_destination=keys[1],
        sponsor=keys[2],
    )
    data = xdr.LedgerEntryData.from_xdr(b64encode(encode_entry(account)).decode()).account
    assert data.home_domain.string32.decode() == "stellar.test"
    assert data.inflation_dest == Keypair.from_public_key(keys[1]).xdr_account_id()
    assert [signer.weight.uint32 for signer in data.signers] == [10, 20]
    second = data.ext.v1.ext.v2
    assert (second.num_sponsored.uint32, second.num_sponsoring.uint32) == (1, 2)
    sponsors = [descriptor.sponsorship_descriptor for descriptor in second.signer_sponsoring_i_ds]
    assert sponsors == [Keypair.from_public_key(keys[2]).xdr_account_id(), None]
    assert second.ext.v == 0
    extension = xdr.LedgerEntryExt.from_xdr(b64encode(encode_extension(account)).decode())
    sponsor = extension.v1.sponsoring_id.sponsorship_descriptor
    assert sponsor == Keypair.from_public_key(keys[2]).xdr_account_id()


async def test_a_transaction_is_sent_and_found(sandbox, rpc):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    envelope = TransactionEnvelope.from_xdr(
        b64encode(signed.envelope_xdr).decode(), sandbox.sandbox.network.passphrase
    )
    sent = await rpc.send_transaction(envelope)
    assert (sent.status, sent.hash) == (SendTransactionStatus.PENDING, signed.hash.hex())
    assert (await rpc.send_transaction(envelope)).status == SendTransactionStatus.DUPLICATE
    assert (await rpc.get_transaction(sent.hash)).status == GetTransactionStatus.NOT_FOUND
    await sandbox.close()
    found = await rpc.get_transaction(sent.hash)
    assert found.status == GetTransactionStatus.SUCCESS
    assert found.ledger == sandbox.sandbox.history.latest
    assert (found.application_order, found.fee_bump) == (1, False)
    assert found.envelope_xdr == b64encode(signed.envelope_xdr).decode()
    result = xdr.TransactionResult.from_xdr(found.result_xdr)
    assert result.result.code == xdr.TransactionResultCode.txSUCCESS


async def test_a_failure_is_found_and_a_refusal_explained(sandbox, rpc):
    (alice,) = sandbox.fund("alice", usdc=0)
    failing = sandbox.sign(alice, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 10, 1))
    parameters = {"transaction": b64encode(failing.envelope_xdr).decode()}
    send = {"jsonrpc": "2.0", "id": 1, "method": "sendTransaction", "params": parameters}
    await call(sandbox, send)
    await sandbox.close()
    assert (await rpc.get_transaction(failing.hash.hex())).status == GetTransactionStatus.FAILED
    cheap = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM), fee=1)
    send["params"] = {"transaction": b64encode(cheap.envelope_xdr).decode()}
    _, answer = await call(sandbox, send)
    assert answer["result"]["status"] == "ERROR"
    code = xdr.TransactionResult.from_xdr(answer["result"]["errorResultXdr"]).result.code
    assert code == xdr.TransactionResultCode.txINSUFFICIENT_FEE


async def test_health_network_ledger_and_fees(sandbox, rpc):
    (alice,) = sandbox.fund("alice")
    for fee in (100, 300, 700):
        sandbox.submit(alice, Payment(alice.account, NATIVE, 1), fee=fee)
    newest = sandbox.sandbox.network.header
    health = await rpc.get_health()
    assert (health.status, health.latest_ledger, health.oldest_ledger) == ("healthy", newest.sequence, 1)
    network = await rpc.get_network()
    assert network.passphrase == sandbox.sandbox.network.passphrase
    assert network.protocol_version == newest.protocol
    ledger = await rpc.get_latest_ledger()
    assert (ledger.sequence, ledger.id) == (newest.sequence, newest.hash.hex())
    fees = await rpc.get_fee_stats()
    assert (fees.inclusion_fee.max, fees.inclusion_fee.transaction_count) == (100, 4)
    assert fees.soroban_inclusion_fee.max == 0
    header = (await call(sandbox, {"jsonrpc": "2.0", "id": 1, "method": "getLatestLedger"}))[1]["result"]
    assert xdr.LedgerHeader.from_xdr(header["headerXdr"]).ledger_seq.uint32 == newest.sequence
    assert header["closeTime"] == str(newest.close_time)


async def test_a_wrong_key_is_an_error_that_names_it(sandbox, rpc):
    request = {"jsonrpc": "2.0", "id": 7, "method": "getLedgerEntries", "params": {"keys": ["AAAA"]}}
    _, answer = await call(sandbox, request)
    message = "cannot unmarshal key value AAAA at index 0"
    assert answer == {"jsonrpc": "2.0", "id": 7, "error": {"code": -32602, "message": message}}
    with pytest.raises(SorobanRpcErrorResponse, match="exceeds maximum supported"):
        await rpc.get_ledger_entries([account_key(sandbox.key("x").account)] * 201)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"jsonrpc": "2.0", "id": 1, "method": "getEvents"}, -32601),
        ({"jsonrpc": "1.0", "id": 1, "method": "getHealth"}, -32600),
        ({"jsonrpc": "2.0", "id": 1}, -32600),
        ([], -32600),
        (3, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "getTransaction", "params": ["00"]}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "getTransaction", "params": {"hash": "00"}}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "getTransaction", "params": {"hash": "x" * 64}}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "sendTransaction", "params": {"transaction": "AAAA"}}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "sendTransaction", "params": {"transaction": 5}}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "getLedgerEntries", "params": {"keys": [5]}}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "getLedgerEntries"}, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "getTransaction", "params": {"xdrFormat": "x"}}, -32602),
    ],
)
async def test_a_call_that_cannot_be_answered_is_an_error(sandbox, document, code):
    status, answer = await call(sandbox, document)
    assert (status, answer["error"]["code"]) == (200, code)


async def test_calls_come_in_lists_and_notifications_are_not_answered(sandbox):
    health = {"jsonrpc": "2.0", "method": "getHealth"}
    status, answers = await call(sandbox, [health | {"id": "a"}, health, health | {"id": "b"}])
    assert (status, [answer["id"] for answer in answers]) == (200, ["a", "b"])
    async with sandbox.http.post("/rpc", json=health) as response:
        assert response.status == 204
    async with sandbox.http.post("/rpc", data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert (await response.json())["error"]["code"] == -32700


async def test_faults_strike_methods_by_name(sandbox, rpc):
    (alice,) = sandbox.fund("alice")
    faults = [
        {"kind": "swallow", "path": "/rpc#sendTransaction"},
        {"kind": "lag", "ledgers": 1, "path": "#getLatestLedger"},
        {"kind": "latest_ledger", "ledgers": 9, "path": "#getLedgerEntries"},
        {"kind": "passphrase", "text": "elsewhere", "path": "#getNetwork"},
    ]
    async with sandbox.http.post("/sandbox/faults", json=faults) as response:
        assert response.status == 200
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    parameters = {"transaction": b64encode(signed.envelope_xdr).decode()}
    send = {"jsonrpc": "2.0", "id": 1, "method": "sendTransaction", "params": parameters}
    assert (await call(sandbox, send))[1]["result"]["status"] == "PENDING"
    await sandbox.close(2)
    newest = sandbox.sandbox.history.latest
    assert sandbox.sandbox.history.transaction(signed.hash) is None
    assert (await rpc.get_latest_ledger()).sequence == newest - 1
    assert (await rpc.get_ledger_entries([account_key(alice.account)])).latest_ledger == newest + 9
    assert (await rpc.get_network()).passphrase == "elsewhere"
    assert (await rpc.get_health()).latest_ledger == newest
