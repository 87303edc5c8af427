"""A bot as Hummingbot runs one: real connector, recorder, database, clock; its strategy acts at random.

It reads its task (JSON, with the key) from standard input and tells on standard output, a line each: that it
has started, how many orders it has asked for, and what it holds in the end. On SIGTERM it leaves the market
and stops; it is meant to be killed before, or kills itself at the step that its task names.
"""

import asyncio
import json
import logging
import signal
import sys
from contextlib import suppress
from typing import Any, Final

from hummingbot.client.config.config_helpers import load_client_config_map_from_file
from hummingbot.connector.markets_recorder import MarketsRecorder
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.model.sql_connection_manager import SQLConnectionManager, SQLConnectionType

from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

from .deaths import STEPS, die_at
from .planted import PLANTED
from .task import DATABASE, Task
from .trader import PAIR, RandomTrader

CONFIG: Final = "chaos.yml"
TICK: Final = 0.1
SETTLED_LEDGERS: Final = 12


def say(**what: Any) -> None:
    """Tell the conductor."""
    print(json.dumps(what), flush=True)


class ToldTrader(RandomTrader):
    """Says at each tick how many orders it has asked for."""

    def tick(self, timestamp: float) -> None:
        """Trade, then tell."""
        super().tick(timestamp)
        say(asked=self.asked, lacks=self.lacks)


class Bot:
    """One run of the bot, from start to stop or kill."""

    def __init__(self, task: Task) -> None:
        if task.planted:
            PLANTED[task.planted].plant()
        if task.dies_at:
            die_at(STEPS[task.dies_at], task.dies_in, lambda: self._asked >= task.dies_after)
        self._trader: RandomTrader | None = None
        self._exchange = StellarExchange(
            task.secret,
            task.url,
            stellar_channels=task.channels,
            stellar_rpc_url=task.rpc,
            trading_pairs=[PAIR],
            domain="stellar_local",
        )
        settings = load_client_config_map_from_file()
        database = SQLConnectionManager(settings, SQLConnectionType.TRADE_FILLS, db_name=DATABASE)
        self._recorder = MarketsRecorder(
            database, [self._exchange], CONFIG, DATABASE, settings.market_data_collection
        )
        self._recorder.start()
        self._trader = ToldTrader(self._exchange, task.seed, task.orders)
        self._clock = Clock(ClockMode.REALTIME, TICK)

    @property
    def _asked(self) -> int:
        return self._trader.asked if self._trader else 0

    async def run(self) -> None:
        """Trade until SIGTERM, then leave the market and say what is left."""
        assert self._trader is not None
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        say(started=True)
        # In the order of TradingCore: connector, what dangles, strategy, what was saved.
        self._clock.add_iterator(self._exchange)
        if self._exchange.limit_orders:
            await self._exchange.cancel_all(10.0)
        self._clock.add_iterator(self._trader)
        self._recorder.restore_market_states(CONFIG, self._exchange)
        with self._clock:
            ticking = asyncio.create_task(self._clock.run())
            await stop.wait()
            await self._trader.finish()
            await self._leave()
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
        balances = {name: str(amount) for name, amount in self._exchange.get_all_balances().items()}
        say(balances=balances, open=list(self._exchange.in_flight_orders))
        await self._exchange.stop_network()
        self._recorder.stop()

    async def _leave(self) -> None:
        while not self._exchange.ready or self._exchange.in_flight_orders:
            await self._exchange.cancel_all(10.0)
            await asyncio.sleep(TICK)
        ledgers = self._exchange.ledger_clock
        last = ledgers.sequence + SETTLED_LEDGERS
        while ledgers.sequence < last:
            await ledgers.tick(5.0)


def main() -> None:
    """Do what standard input says."""
    task = Task(**json.loads(sys.stdin.readline()))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

    async def live() -> None:
        await Bot(task).run()

    asyncio.run(live())


if __name__ == "__main__":
    main()
