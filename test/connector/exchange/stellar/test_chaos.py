"""All faults at once, at random: every fill is told once, every order ends as the ledger says."""

import asyncio
import random
from decimal import Decimal

import pytest

FAULTS = (
    "dropped",
    "gateway_timeout",
    "gateway_timeout_but_arrived",
    "html",
    "html_but_arrived",
    "cut_json_but_arrived",
    "too_many_requests",
)
ROUNDS = 100


async def all_trades(sandbox, account):
    """An account's trades from the sandbox itself: lumens exchanged, by id."""
    lumens, cursor = {}, ""
    while True:
        page = await sandbox.get(f"/accounts/{account}/trades", cursor=cursor, limit=200)
        records = page["_embedded"]["records"]
        for record in records:
            side = "base" if record["base_asset_type"] == "native" else "counter"
            lumens[record["id"]] = Decimal(record[f"{side}_amount"])
        if len(records) < 200:
            return lumens
        cursor = records[-1]["paging_token"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_no_order_is_lost_under_random_faults(traders, faulty, faults, sandbox, seed):
    chance = random.Random(seed)
    first, second = await traders("first", "second", url=faulty.url)
    cut = 0

    for _ in range(ROUNDS):
        for trader in (first, second):
            price = Decimal(1000 + chance.randint(-3, 3)) / 10000
            amount = str(chance.randint(1, 50))
            if chance.random() < 0.5:
                trader.buy(amount, str(price))
            else:
                trader.sell(amount, str(price))
            for order_id in chance.sample(trader.open_orders, min(2, len(trader.open_orders))):
                if chance.random() < 0.5:
                    trader.exchange.cancel("XLM-USDC", order_id)
        if chance.random() < 0.5:
            method, part = chance.choice([("POST", "/transactions"), ("GET", "/"), ("GET", "/accounts")])
            faulty.break_next(method, part, getattr(faults, chance.choice(FAULTS)))
        if chance.random() < 0.2:
            cut += faulty.cut_streams()
        await asyncio.sleep(chance.random() * 0.1)
    faulty.faults.clear()
    for trader in (first, second):
        await trader.exchange.cancel_all(20)
        await trader.until(lambda t=trader: not t.open_orders and not t.offers)

    for trader in (first, second):
        told = {fill.exchange_trade_id: fill.amount for fill in trader.fills()}
        assert len(told) == len(trader.fills())
        assert told == await all_trades(sandbox, trader.key.account)
        await trader.until(lambda t=trader: t.exchange.stroop_balances() == t.ledger_balances())
        endings = ("OrderCancelled", "BuyOrderCompleted", "SellOrderCompleted", "MarketOrderFailure")
        asked = {event.order_id for event in trader.log}
        assert all(sum(trader.told(order).count(end) for end in endings) == 1 for order in asked)
    assert len(first.fills()) >= 5
    assert cut >= 5
