"""Liquidity pools through the connector: what it says is what the ledger did, to the stroop."""

from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import PathPaymentStrictSend
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.transactions.errors import OperationRefused
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation
from hummingbot.connector.exchange.stellar.transactions.pool_operations import PoolRefused

PAIR = "XLM-USDC"
UNIT = 10_000_000
D = Decimal
CENT = D("0.01")


@pytest.fixture
async def provider(traders: Any) -> Any:
    """A trader with 10,000 XLM and 10,000 USDC."""
    (trader,) = await traders("provider")
    return trader


def pool_on(sandbox: Any) -> Any:
    """The pool of XLM and USDC on the ledger."""
    return sandbox.sandbox.network.state.pools.get(PoolShare(pool_id(pool_of(NATIVE, sandbox.usdc))))


async def test_a_position_is_opened_traded_with_valued_and_closed(provider: Any, sandbox: Any) -> None:
    pools = provider.exchange.pools
    before = provider.ledger_balances()

    assert await pools.deposit(PAIR, D(2000), D(100), CENT, opens_trustline=True) == (D(2000), D(100))
    pool = pool_on(sandbox)
    assert (pool.reserve_a, pool.reserve_b) == (2000 * UNIT, 100 * UNIT)
    assert await pools.price(PAIR) == D("0.05")
    cost = pool_receives(pool.reserve_b, pool.reserve_a, 100 * UNIT)
    assert await pools.quote(PAIR, True, D(100)) == D(cost).scaleb(-7)

    (taker,) = sandbox.fund("taker", usdc=1000 * UNIT)
    pay = PathPaymentStrictSend(sandbox.usdc, 50 * UNIT, taker.account, NATIVE, 1)
    sandbox.submit(taker, pay)
    pool = pool_on(sandbox)
    position = await pools.position(PAIR)
    assert (position.base, position.quote) == (D(pool.reserve_a).scaleb(-7), D(150))
    assert (position.base_put_in, position.quote_put_in) == (D(2000), D(100))
    ratio = D(pool.reserve_b) / pool.reserve_a / D("0.05")
    without_fees = 2 * ratio.sqrt() / (1 + ratio) - 1
    assert without_fees < position.impermanent_loss < 0

    assert await pools.withdraw(PAIR, None, CENT) == (position.base, position.quote)
    after = provider.ledger_balances()
    assert after["USDC"] - before["USDC"] == 50 * UNIT
    assert before["XLM"] - after["XLM"] == 2000 * UNIT - pool.reserve_a + 3 * 100
    assert provider.exchange.network_fees.others == provider.exchange.network_fees.charged == 300
    assert (await provider_shares(provider, sandbox)) == 0


async def test_what_a_deposit_has_moved_is_read_until_the_node_shows_it(
    traders: Any, faulty: Any, faults: Any, sandbox: Any
) -> None:
    (provider,) = await traders("provider", url=faulty.url)
    for fault in (faults.gateway_timeout, faults.html, faults.too_many_requests):
        faulty.break_next("GET", "/effects", fault)
    faulty.break_next("GET", "/effects", no_records)

    moved = await provider.exchange.pools.deposit(PAIR, D(2000), D(100), CENT, opens_trustline=True)

    pool = pool_on(sandbox)
    assert moved == (D(pool.reserve_a).scaleb(-7), D(pool.reserve_b).scaleb(-7)) == (D(2000), D(100))
    assert not faulty.faults


async def test_a_deposit_is_taken_once_though_balances_cannot_be_read_after_it(
    traders: Any, faulty: Any, faults: Any
) -> None:
    (provider,) = await traders("provider", url=faulty.url)

    async def and_then_nothing_of_the_account(request: web.Request, forward: Any) -> Any:
        answer = await forward()
        faulty.break_next("GET", f"/accounts/{provider.key.account}", faults.gateway_timeout, 4)
        return answer

    faulty.break_next("POST", "/transactions", and_then_nothing_of_the_account)
    await provider.exchange.pools.deposit(PAIR, D(2000), D(100), CENT, opens_trustline=True)

    assert provider.exchange.network_fees.others == provider.exchange.network_fees.charged == 200
    await provider.until(lambda: provider.exchange.stroop_balances() == provider.ledger_balances())


async def no_records(request: web.Request, forward: Any) -> web.Response:
    """Answer as a node that does not know yet of what there is to list."""
    return web.json_response({"_embedded": {"records": []}})


async def provider_shares(provider: Any, sandbox: Any) -> int:
    """Shares that the provider holds."""
    share = PoolShare(pool_id(pool_of(NATIVE, sandbox.usdc)))
    line = sandbox.sandbox.network.state.trustlines[provider.key.account, share]
    balance: int = line.balance
    return balance


async def test_an_order_asked_for_beside_a_deposit_counts_on_what_it_leaves(provider: Any) -> None:
    pools = provider.exchange.pools
    await pools.deposit(PAIR, D(10), D(10), CENT, opens_trustline=True)

    bid = provider.buy("1000", "9.5")
    free = provider.exchange.get_available_balance("USDC")
    with pytest.raises(PoolRefused, match="has not enough of both assets"):
        await pools.deposit(PAIR, free + 500, free + 500, CENT)
    await provider.resting(1)

    assert provider.told(bid) == ["BuyOrderCreated"]


@pytest.mark.parametrize("opens", [True, False])
async def test_without_a_trustline_for_shares_it_says_so_or_opens_one(provider: Any, opens: bool) -> None:
    deposit = provider.exchange.pools.deposit(PAIR, D(10), D(1), CENT, opens)
    if opens:
        assert await deposit == (D(10), D(1))
    else:
        with pytest.raises(PoolRefused, match="no trustline for shares"):
            await deposit


async def test_what_the_ledger_refuses_is_a_sentence_and_costs_only_the_fee(
    provider: Any, sandbox: Any
) -> None:
    from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolWithdraw

    pools = provider.exchange.pools
    await pools.deposit(PAIR, D(10), D(1), CENT, opens_trustline=True)
    before = provider.ledger_balances()
    withdrawal = LiquidityPoolWithdraw(pool_id(pool_of(NATIVE, sandbox.usdc)), UNIT, 10 * UNIT, UNIT)

    with pytest.raises(OperationRefused, match="UNDER_MINIMUM"):
        await provider.exchange._account_desk.perform(AccountOperation(withdrawal))

    after = provider.ledger_balances()
    assert (before["XLM"] - after["XLM"], before["USDC"] - after["USDC"]) == (100, 0)


async def test_there_is_nothing_to_quote_without_a_pool(provider: Any) -> None:
    with pytest.raises(PoolRefused, match="there is nothing in a pool of XLM-USDC"):
        await provider.exchange.pools.quote(PAIR, True, D(1))
