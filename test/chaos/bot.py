"""A bot as Hummingbot runs one, that places and cancels at random: real connector, recorder, database, clock.

It reads its task (JSON, with the key) from standard input and tells on standard output, a line each: that it
has started, how many orders it has asked for, and what it holds in the end. On SIGTERM it leaves the market
and stops; it is meant to be killed before.
"""

import asyncio
import json
import logging
import random
import signal
import sys
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from hummingbot.client.config.config_helpers import load_client_config_map_from_file
from hummingbot.connector.markets_recorder import MarketsRecorder
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType, PriceType
from hummingbot.model.sql_connection_manager import SQLConnectionManager, SQLConnectionType
from hummingbot.strategy.strategy_py_base import StrategyPyBase

from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

from .planted import PLANTED
from .task import DATABASE, Task

PAIR: Final = "XLM-USDC"
CONFIG: Final = "chaos.yml"
TICK: Final = 0.1
MOST_OPEN: Final = 24
SETTLED_LEDGERS: Final = 12
KINDS: Final = (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET)


def say(**what: Any) -> None:
    """Tell the conductor."""
    print(json.dumps(what), flush=True)


class RandomTrader(StrategyPyBase):  # type: ignore[misc]
    """Asks for orders and cancels at each tick, by a seed.

    Parameters
    ----------
    exchange : StellarExchange
    seed, orders : int
    """

    def __init__(self, exchange: StellarExchange, seed: int, orders: int) -> None:
        super().__init__()
        self.add_markets([exchange])
        self._exchange = exchange
        self._chance = random.Random(seed)
        self._left = orders
        self.asked = 0
        self.is_stopping = False

    def tick(self, timestamp: float) -> None:
        """Ask for a few things at once."""
        if self.is_stopping:
            return
        if not self._exchange.ready:
            say(
                asked=self.asked,
                lacks=[name for name, is_met in self._exchange.status_dict.items() if not is_met],
            )
            return
        orders = list(self._exchange.in_flight_orders.values())
        for order in orders:
            if self._chance.random() < 0.06 and order.is_open:
                self._exchange.cancel(PAIR, order.client_order_id)
                if self._chance.random() < 0.5:
                    self._place()
        if len(orders) < MOST_OPEN:
            for _ in range(self._chance.randint(0, 4)):
                self._place()
        say(asked=self.asked)

    def _place(self) -> None:
        mid = self._exchange.get_price_by_type(PAIR, PriceType.MidPrice)
        if self._left <= 0 or mid.is_nan():
            return
        chance = self._chance
        is_buy = chance.random() < 0.5
        kind = chance.choices(KINDS, (8, 2, 1))[0]
        # Behind the touch, where it rests until the market comes; now and then beyond the other side's.
        distance = Decimal(chance.randint(-40, -3) if chance.random() < 0.85 else 15) / 10_000
        price = mid * (1 + distance if is_buy else 1 - distance)
        amount = Decimal(chance.randint(10_000_000, 400_000_000)) / 10_000_000
        ask = self._exchange.buy if is_buy else self._exchange.sell
        ask(PAIR, amount, kind, price.quantize(Decimal("0.0000001")))
        self._left -= 1
        self.asked += 1


class Bot:
    """One run of the bot, from start to stop or kill."""

    def __init__(self, task: Task) -> None:
        if task.planted:
            PLANTED[task.planted]()
        self._exchange = StellarExchange(task.secret, task.url, trading_pairs=[PAIR], domain="stellar_local")
        settings = load_client_config_map_from_file()
        database = SQLConnectionManager(settings, SQLConnectionType.TRADE_FILLS, db_name=DATABASE)
        self._recorder = MarketsRecorder(
            database, [self._exchange], CONFIG, DATABASE, settings.market_data_collection
        )
        self._recorder.start()
        self._trader = RandomTrader(self._exchange, task.seed, task.orders)
        self._clock = Clock(ClockMode.REALTIME, TICK)

    async def run(self) -> None:
        """Trade until SIGTERM, then leave the market and say what is left."""
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
            self._trader.is_stopping = True
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
