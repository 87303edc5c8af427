"""The scripts that come with the plug-in, each run by Hummingbot's core on a sandbox, seen to do its job."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot.client.hummingbot_application import HummingbotApplication

from test.connector.exchange.stellar.test_strategies_of_hummingbot import Bot, bot, market

__all__ = ["bot", "market"]

SCRIPTS = Path(__file__).parents[2] / "scripts"
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
    first = {offer.offer_id for offer in bot.offers}
    assert len({offer.last_modified for offer in bot.offers}) == 1

    await bot.until(lambda: len(bot.offers) == 6 and not first & {offer.offer_id for offer in bot.offers})

    assert len({offer.last_modified for offer in bot.offers}) == 1
    await bot.core.shutdown()
    assert bot.offers == []
    assert bot.errors == []
