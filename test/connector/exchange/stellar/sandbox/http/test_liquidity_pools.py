"""Pools and what happens in them, over HTTP. The recorded story covers the forms; this covers the rest."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    LiquidityPoolDeposit,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.history import history_from_dict, history_to_dict
from hummingbot.connector.exchange.stellar.sandbox.http.effects import render_effect
from hummingbot.connector.exchange.stellar.sandbox.http.operations import render_operation
from hummingbot.connector.exchange.stellar.sandbox.http.trades import render_trade
from hummingbot.connector.exchange.stellar.sandbox.replica import Replica

XLM = 10_000_000
LIMIT = 2**63 - 1
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)


@pytest.fixture
def pooled(sandbox):
    """A sandbox with a pool of 2,000 XLM and 100 USDC of `provider`'s, and a taker."""
    sandbox.provider, sandbox.taker = sandbox.fund("provider", "taker", usdc=1000 * XLM)
    parameters = pool_of(NATIVE, sandbox.usdc)
    sandbox.pool = pool_id(parameters)
    deposit = LiquidityPoolDeposit(sandbox.pool, 2_000 * XLM, 100 * XLM, *ANY_PRICE)
    sandbox.submit(sandbox.provider, ChangeTrust(parameters, LIMIT), deposit)
    return sandbox


def send(sandbox, amount: int) -> PathPaymentStrictSend:
    return PathPaymentStrictSend(NATIVE, amount, sandbox.taker.account, sandbox.usdc, 1)


async def records(sandbox, path: str, **parameters: object) -> list[dict]:
    return (await sandbox.get(path, **parameters))["_embedded"]["records"]


async def test_pools_are_found_by_reserves_and_by_account(pooled) -> None:
    usdc = f"USDC:{pooled.usdc.issuer}"
    for found, parameters in (
        (1, {}),
        (1, {"reserves": "native"}),
        (1, {"reserves": f"{usdc},native"}),
        (0, {"reserves": f"EUR:{pooled.usdc.issuer}"}),
        (1, {"account": pooled.provider.account}),
        (0, {"account": pooled.taker.account}),
        (0, {"cursor": pooled.pool}),
        (0, {"cursor": pooled.pool, "order": "desc"}),
        (1, {"cursor": "ff" * 32, "order": "desc"}),
    ):
        pools = await records(pooled, "/liquidity_pools", **parameters)
        assert [pool["id"] for pool in pools] == [pooled.pool] * found, parameters


async def test_what_cannot_be_asked_is_explained(pooled) -> None:
    for path, status, field in (
        ("/liquidity_pools?reserves=a,b,c", 400, "reserves"),
        ("/liquidity_pools?reserves=USDC:G", 400, "reserves"),
        ("/liquidity_pools/AB", 400, "liquidity_pool_id"),
        (f"/liquidity_pools/{pooled.pool}/trades?trade_type=orderbook", 400, "trade_type"),
        ("/offers/1/trades?trade_type=liquidity_pool", 400, "trade_type"),
        (
            f"/liquidity_pools/{pooled.pool}/trades?base_asset_type=native&counter_asset_type=native",
            400,
            "base_asset_type,counter_asset_type,liquidity_pool_id",
        ),
    ):
        problem = await pooled.problem(path, status)
        assert problem["extras"]["invalid_field"] == field
    await pooled.problem(f"/liquidity_pools/{'ab' * 32}", 404)
    await pooled.problem(f"/liquidity_pools/{'ab' * 32}/operations", 404)
    async with pooled.http.get("/liquidity_pools", headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status == 406


async def test_trades_with_a_pool_are_its_own_and_the_takers(pooled) -> None:
    pooled.submit(pooled.provider, ManageSellOffer(pooled.usdc, NATIVE, 5 * XLM, 8, 1))
    pooled.submit(pooled.taker, send(pooled, 10 * XLM))
    pooled.submit(pooled.taker, send(pooled, 80 * XLM))
    await pooled.close()
    taken = await records(pooled, f"/accounts/{pooled.taker.account}/trades")
    assert {trade["trade_type"] for trade in taken} == {"orderbook", "liquidity_pool"}
    for kind in ("orderbook", "liquidity_pool"):
        (trade,) = await records(pooled, "/trades", trade_type=kind)
        assert trade["trade_type"] == kind
    of_pool = await records(pooled, f"/liquidity_pools/{pooled.pool}/trades")
    assert [trade["trade_type"] for trade in of_pool] == ["liquidity_pool"]
    assert pooled.pool in str(of_pool[0])
    provided = await records(pooled, f"/accounts/{pooled.provider.account}/trades")
    assert [trade["trade_type"] for trade in provided] == ["orderbook"]


async def test_a_trade_of_a_stroop_is_told_but_moves_no_bar(pooled) -> None:
    """A stroop of XLM costs a stroop of USDC, twenty times its price: Horizon leaves it out of the bars."""
    one = PathPaymentStrictReceive(pooled.usdc, XLM, pooled.taker.account, NATIVE, 1)
    pooled.submit(pooled.taker, one)
    pooled.submit(pooled.taker, send(pooled, 10 * XLM))
    await pooled.close()
    assert len(await records(pooled, f"/liquidity_pools/{pooled.pool}/trades")) == 2
    pair = {
        "base_asset_type": "native",
        "counter_asset_type": "credit_alphanum4",
        "counter_asset_code": "USDC",
        "counter_asset_issuer": pooled.usdc.issuer,
    }
    (bar,) = await records(pooled, "/trade_aggregations", **pair, resolution=60_000)
    assert (bar["trade_count"], bar["base_volume"]) == ("1", "10.0000000")


async def test_a_saved_history_tells_the_same_of_pools(pooled) -> None:
    pooled.submit(pooled.taker, send(pooled, 10 * XLM))
    await pooled.close()
    history = pooled.sandbox.history
    restored = history_from_dict(history_to_dict(history))
    for name in (pooled.pool, pooled.taker.account, pooled.provider.account):
        first, second = (
            (
                past.knows(name),
                [render_operation(one, "") for one in past.operations(0, 20, True, account=name)],
                [render_effect(one, "") for one in past.effects((0, 0), 20, True, account=name)],
                [render_trade(one, "") for one in past.trades((0, 0), 20, True, account=name)],
            )
            for past in (history, restored)
        )
        assert first == second
        assert first[0]
        assert first[2]


async def test_a_node_that_lags_shows_the_pool_as_it_was(pooled) -> None:
    replica = Replica(pooled.sandbox, behind=1)
    before = [pool.to_dict() for pool in pooled.sandbox.network.state.pools.values()]
    pooled.submit(pooled.taker, send(pooled, 10 * XLM))
    assert [pool.to_dict() for pool in replica.network.state.pools.values()] == before
    await pooled.close()
    pools = pooled.sandbox.network.state.pools.values()
    assert [pool.to_dict() for pool in replica.network.state.pools.values()] == [p.to_dict() for p in pools]
    assert len(replica.history.trades((0, 0), 5, True, account=pooled.pool)) == 1
