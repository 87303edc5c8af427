"""/assets: who holds how much of each credit, and where."""

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import Claimant, CreateClaimableBalance
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

XLM = 10_000_000


async def test_an_asset_is_summed_up_over_accounts_pools_and_what_is_set_aside(sandbox):
    alice, bob = sandbox.fund("alice", "bob", usdc=100 * XLM)
    parameters = pool_of(NATIVE, sandbox.usdc)
    sandbox.submit(
        alice,
        ChangeTrust(parameters, 10**15),
        LiquidityPoolDeposit(pool_id(parameters), 100 * XLM, 25 * XLM, 1, 1000, 1000, 1),
        CreateClaimableBalance(sandbox.usdc, 5 * XLM, (Claimant(bob.account),)),
    )
    (record,) = (await sandbox.get("/assets", asset_issuer=sandbox.usdc.issuer))["_embedded"]["records"]
    assert (record["num_accounts"], record["amount"]) == (2, "170.0000000")
    assert record["accounts"] == {"authorized": 2, "authorized_to_maintain_liabilities": 0, "unauthorized": 0}
    assert (record["num_liquidity_pools"], record["liquidity_pools_amount"]) == (1, "25.0000000")
    assert (record["num_claimable_balances"], record["claimable_balances_amount"]) == (1, "5.0000000")


async def test_assets_are_paged_by_code_and_issuer(sandbox):
    (alice,) = sandbox.fund("alice", usdc=0)
    issuers = sandbox.fund("first", "second")
    assets = sorted((type(sandbox.usdc)("ABC", key.account) for key in issuers), key=lambda a: a.issuer)
    sandbox.submit(alice, *(ChangeTrust(asset, XLM) for asset in assets))
    page = await sandbox.get("/assets", limit=2)
    assert [record["asset_issuer"] for record in page["_embedded"]["records"]] == [a.issuer for a in assets]
    following = await sandbox.get(page["_links"]["next"]["href"].removeprefix(sandbox.url))
    assert [record["asset_code"] for record in following["_embedded"]["records"]] == ["USDC"]
    back = await sandbox.get(following["_links"]["prev"]["href"].removeprefix(sandbox.url))
    assert [record["asset_issuer"] for record in back["_embedded"]["records"]] == [
        asset.issuer for asset in reversed(assets)
    ]


async def test_an_asset_that_no_account_trusts_any_more_may_still_be_set_aside(sandbox):
    alice, bob = sandbox.fund("alice", "bob", usdc=0)
    sandbox.submit(sandbox.issuer, CreateClaimableBalance(sandbox.usdc, 5 * XLM, (Claimant(bob.account),)))
    for key in (alice, bob):
        sandbox.submit(key, ChangeTrust(sandbox.usdc, 0))
    (record,) = (await sandbox.get("/assets"))["_embedded"]["records"]
    assert (record["asset_code"], record["num_accounts"], record["amount"]) == ("USDC", 0, "0.0000000")
    assert (record["num_claimable_balances"], record["claimable_balances_amount"]) == (1, "5.0000000")
