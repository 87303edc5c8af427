"""Friendbot: new accounts, the sandbox's own assets, and clear refusals."""

import asyncio

import pytest

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.sandbox.entries import Account

XLM = 10_000_000


async def ask(sandbox, key: SigningKey, **parameters: str) -> tuple[int, dict]:
    async with sandbox.http.get("/friendbot", params={"addr": key.account, **parameters}) as response:
        return response.status, await response.json(content_type=None)


async def test_a_new_account_gets_ten_thousand_lumens(sandbox):
    alice = sandbox.key("alice")
    async with sandbox.ticking():
        status, record = await ask(sandbox, alice)
    assert status == 200
    assert record["successful"] is True
    account = await sandbox.get(f"/accounts/{alice.account}")
    assert account["balances"] == [
        {
            "balance": "10000.0000000",
            "buying_liabilities": "0.0000000",
            "selling_liabilities": "0.0000000",
            "asset_type": "native",
        }
    ]
    assert account["sequence"] == str(record["ledger"] << 32)


async def test_a_thousand_newcomers_at_once_need_ten_ledgers(sandbox):
    keys = [sandbox.key(f"newcomer {number}") for number in range(1000)]
    paid = [sandbox.sandbox.friendbot.fund(key.account) for key in keys]
    closed = [await sandbox.close() for _ in range(10)]
    hashes = await asyncio.gather(*paid)
    assert len(set(hashes)) == 10
    assert [len(ledger.transactions) for ledger in closed] == [1] * 10
    assert all(key.account in sandbox.sandbox.network.state.accounts for key in keys)


async def test_asking_twice_at_once_is_one_gift(sandbox):
    alice = sandbox.key("alice")
    async with sandbox.ticking():
        first, second = await asyncio.gather(ask(sandbox, alice), ask(sandbox, alice))
    assert first == second
    assert first[0] == 200


async def test_an_account_that_exists_is_refused(sandbox):
    (alice,) = sandbox.fund("alice")
    status, problem = await ask(sandbox, alice)
    assert status == 400
    assert problem["detail"] == "account already funded to starting balance"


async def test_a_gift_that_someone_else_spoils_is_refused_and_the_others_are_paid(sandbox):
    """An account that is created in the very ledger fails the batch; the rest is paid in the next."""
    alice, bob = sandbox.key("alice"), sandbox.key("bob")
    friendbot = sandbox.sandbox.friendbot
    gifts = [friendbot.fund(alice.account), friendbot.fund(bob.account)]
    envelope = friendbot.envelope()
    sandbox.sandbox.network.state.begin_transaction()
    sandbox.sandbox.network.state.add_account(Account(alice.account, XLM, 0))
    sandbox.sandbox.submit(envelope)
    await sandbox.close(2)
    with pytest.raises(ValueError, match="CREATE_ACCOUNT_ALREADY_EXIST"):
        await gifts[0]
    await gifts[1]
    assert bob.account in sandbox.sandbox.network.state.accounts


async def test_an_asset_of_the_sandbox_is_paid_to_whoever_trusts_it(sandbox):
    alice, _ = sandbox.fund("alice", "other", usdc=0)
    async with sandbox.ticking():
        status, record = await ask(sandbox, alice, asset="USDC", amount="250.5")
    assert (status, record["successful"]) == (200, True)
    account = await sandbox.get(f"/accounts/{alice.account}")
    assert account["balances"][0]["balance"] == "250.5000000"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"asset": "NOPE", "amount": "1"}, "asset NOPE is not issued on this sandbox"),
        ({"asset": "U$D", "amount": "1"}, "asset code 'U$D'"),
        ({"asset": "USDC", "amount": "0"}, "amount 0.0000000 is not positive"),
        ({"asset": "USDC", "amount": "1000"}, "has room for 100.0000000 USDC"),
    ],
)
async def test_what_cannot_be_paid_is_refused_in_one_sentence(sandbox, parameters, sentence):
    (alice,) = sandbox.fund("alice", usdc=0)
    sandbox.submit(alice, ChangeTrust(sandbox.usdc, 100 * XLM))
    status, problem = await ask(sandbox, alice, **parameters)
    assert status == 400
    assert sentence in problem["detail"]


async def test_an_asset_needs_a_trustline_and_an_account(sandbox):
    (alice,) = sandbox.fund("alice", usdc=0)
    (bob,) = sandbox.fund("bob")
    assert "does not trust" in (await ask(sandbox, bob, asset="USDC", amount="1"))[1]["detail"]
    assert "does not exist" in (await ask(sandbox, sandbox.key("x"), asset="USDC", amount="1"))[1]["detail"]
    assert (await ask(sandbox, alice, asset="USDC", amount="a lot"))[1]["extras"]["invalid_field"] == "amount"


async def test_an_address_is_needed(sandbox):
    assert (await sandbox.problem("/friendbot", 400))["extras"]["invalid_field"] == "addr"
    assert (await sandbox.problem("/friendbot", 400, addr="GABC"))["extras"]["invalid_field"] == "addr"


async def test_a_network_without_a_friendbot_has_no_such_path(sandbox):
    sandbox.sandbox.has_friendbot = False
    await sandbox.problem("/friendbot", 404, addr=sandbox.key("alice").account)
    assert "friendbot" not in (await sandbox.get("/"))["_links"]
