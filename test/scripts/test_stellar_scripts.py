"""The scripts that come with the plug-in, each run by Hummingbot's core on a sandbox, seen to do its job."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot.client.hummingbot_application import HummingbotApplication

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit, PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, CreateAccount, Payment
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from test.connector.exchange.stellar.conftest import fresh_connections
from test.connector.exchange.stellar.test_strategies_of_hummingbot import KEY, Bot, apply, bot, market

__all__ = ["bot", "fresh_connections", "market"]

SCRIPTS = Path(__file__).parents[2] / "scripts"
UNIT = 10_000_000
MOST = 2**63 - 1
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)
D = Decimal


async def start(bot: Bot, script: str, **settings: Any) -> None:
    """Start a script as ``hbot start`` does, and wait until it trades."""
    bot.core.scripts_path = SCRIPTS
    HummingbotApplication.main_application()._mqtt = None
    assert await bot.core.start_strategy(script, settings), bot.errors
    await bot.until(lambda: bot.core.strategy.ready_to_trade)


async def test_the_ladder_rests_on_both_sides_and_moves_in_one_transaction(bot: Bot) -> None:
    await start(bot, "stellar_ladder", levels=3, pause=0.5, tolerance="0.0005")
    await bot.until(lambda: len(bot.offers) == 6)
    first = {offer.offer_id: offer.last_modified for offer in bot.offers}
    assert len(set(first.values())) == 1

    await bot.until(lambda: all(offer.last_modified > max(first.values()) for offer in bot.offers))

    assert len({offer.last_modified for offer in bot.offers}) == 1
    assert len({offer.offer_id for offer in bot.offers} & set(first)) >= 5
    await bot.core.shutdown()
    assert bot.offers == []
    assert bot.errors == []


def pour(sandbox: Any, lumens: int, usdc: int) -> None:
    """Let someone make a pool of XLM and USDC."""
    someone, asset = SigningKey(b"p" * 32), Asset("USDC", issuer_key("USDC").account)
    pool = pool_of(NATIVE, asset)
    deposit = LiquidityPoolDeposit(pool_id(pool), lumens * UNIT, usdc * UNIT, *ANY_PRICE)
    apply(sandbox, sandbox.network.root_key(), CreateAccount(someone.account, 2 * lumens * UNIT))
    apply(sandbox, someone, ChangeTrust(asset, MOST), ChangeTrust(pool, MOST))
    apply(sandbox, issuer_key("USDC"), Payment(someone.account, asset, usdc * UNIT))
    apply(sandbox, someone, deposit)


async def test_the_arbitrage_takes_a_pool_that_is_off_the_book_and_gains(bot: Bot) -> None:
    await start(bot, "stellar_pool_arbitrage", amount="50", pause=0.3)
    exchange = bot.exchange
    await bot.until(lambda: exchange.get_mid_price("XLM-USDC").is_finite())
    middle = exchange.get_mid_price("XLM-USDC")
    pour(bot.sandbox, 100_000, int(100_000 * middle * D("0.97")))

    await bot.until(lambda: {trade.is_buy for trade in exchange.own_trades} == {True, False})
    await bot.until(lambda: not exchange.in_flight_orders)

    buys = [trade.fill for trade in exchange.own_trades if trade.is_buy]
    sells = [trade.fill for trade in exchange.own_trades if not trade.is_buy]
    rounds = min(sum(fill.base_amount for fill in side) for side in (buys, sells))
    assert rounds >= 50 * UNIT
    price = [
        D(sum(f.quote_amount for f in side)) / sum(f.base_amount for f in side) for side in (buys, sells)
    ]
    assert price[0] < price[1]
    await bot.core.shutdown()
    assert bot.offers == []
    assert bot.errors == []


async def test_liquidity_is_put_in_watched_and_taken_out_at_the_stop(bot: Bot) -> None:
    pour(bot.sandbox, 10_000, 1_000)
    await start(bot, "stellar_liquidity", interval=0.3)
    strategy = bot.core.strategy
    await bot.until(lambda: strategy.position is not None)
    assert (strategy.position.base_put_in, strategy.position.quote_put_in) == (100, 10)
    assert strategy.position.impermanent_loss is not None

    await bot.core.shutdown()

    share = PoolShare(pool_id(pool_of(NATIVE, Asset("USDC", issuer_key("USDC").account))))
    assert bot.sandbox.network.state.trustlines[KEY.account, share].balance == 0
    assert bot.errors == []
