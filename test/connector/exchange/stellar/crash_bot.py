"""A bot of one connector with Hummingbot's recorder, for tests that kill it: run as a program of its own.

It says when it is ready, waits for a line (or the end) of its input, places two orders, moves one once it is
filled in part, and cancels what became of it; and it kills itself (SIGKILL) when the step named is reached
for the n-th time. With the step ``none`` it starts as Hummingbot does after a crash, cancels what dangles,
and says in JSON what it holds and what the network has charged.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hummingbot.client.config.client_config_map import ClientConfigMap, MarketDataCollectionConfigMap
from hummingbot.client.config.config_helpers import ClientConfigAdapter
from hummingbot.connector.markets_recorder import MarketsRecorder
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType
from hummingbot.model.sql_connection_manager import SQLConnectionManager, SQLConnectionType

import hummingbot
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal
from hummingbot.connector.exchange.stellar.transactions.order_reports import OrderReports

PAIR, CONFIG = "XLM-USDC", "crash.yml"
STEPS: dict[str, tuple[Any, str, bool]] = {
    "before the journal": (Journal, "send", True),
    "after the journal": (Journal, "send", False),
    "before the bump is kept": (Journal, "bump", True),
    "after the bump is kept": (Journal, "bump", False),
    "before the answer": (Horizon, "submit", False),
    "before the verdict is kept": (Journal, "decided", True),
    "after the verdict is kept": (Journal, "decided", False),
    "before a report": (OrderReports, "_pass_on", True),
    "after a report": (OrderReports, "_pass_on", False),
    "before it is kept that it was told": (Journal, "told", True),
    "before a fill is kept": (Journal, "happened", True),
}


def kill_at(step: str, count: int) -> None:
    """Die when the step is reached for the n-th time."""
    owner, name, is_before = STEPS[step]
    work: Callable[..., Any] = getattr(owner, name)
    left = [count]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def awaited(*arguments: Any, **named: Any) -> Any:
        if is_before:
            die()
        result = await work(*arguments, **named)
        if not is_before:
            die()
        return result

    def called(*arguments: Any, **named: Any) -> Any:
        if is_before and (name != "happened" or arguments[1]):
            die()
        result = work(*arguments, **named)
        if not is_before:
            die()
        return result

    setattr(owner, name, awaited if asyncio.iscoroutinefunction(work) else called)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what ledgers will bring."""
    async with asyncio.timeout(40):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def main(url: str, key: str, folder: str, step: str, count: int) -> None:
    """Start in the order in which Hummingbot's core does."""
    hummingbot.set_data_path(folder)
    if step != "none":
        kill_at(step, count)
    exchange = StellarExchange(key, url, trading_pairs=[PAIR], domain="stellar_local")
    database = SQLConnectionManager(
        ClientConfigAdapter(ClientConfigMap()), SQLConnectionType.TRADE_FILLS, db_name="crash"
    )
    recorder = MarketsRecorder(database, [exchange], CONFIG, "crash", MarketDataCollectionConfigMap())
    recorder.start()
    clock = Clock(ClockMode.REALTIME, tick_size=0.1)
    clock.add_iterator(exchange)
    if exchange.limit_orders:
        await exchange.cancel_all(10.0)
    recorder.restore_market_states(CONFIG, exchange)

    async def run() -> None:
        with clock:
            await clock.run()

    ticking = asyncio.create_task(run())
    await until(lambda: exchange.ready)
    if step != "none":
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        first = exchange.sell(PAIR, Decimal(100), OrderType.LIMIT, Decimal("0.1"))
        exchange.buy(PAIR, Decimal(50), OrderType.LIMIT, Decimal("0.05"))
        await until(lambda: sum(bool(o.exchange_order_id) for o in exchange.in_flight_orders.values()) == 2)
        print("resting", flush=True)
        await until(lambda: any(o.order_fills for o in exchange.in_flight_orders.values()))
        exchange.cancel(PAIR, first)
        second = exchange.sell(PAIR, Decimal(80), OrderType.LIMIT, Decimal("0.1"))
        await until(lambda: first not in exchange.in_flight_orders)
        print("moved", flush=True)
        await until(lambda: exchange.in_flight_orders[second].order_fills != {})
        exchange.cancel(PAIR, second)
        await until(lambda: len(exchange.in_flight_orders) == 1)
        print("not killed", flush=True)
        return
    await until(lambda: not exchange.in_flight_orders)
    sequence = exchange.ledger_clock.sequence
    await until(lambda: exchange.ledger_clock.sequence >= sequence + 3)
    await exchange._update_balances()
    held = exchange.stroop_balances()
    print(json.dumps({"held": held, "charged": exchange.network_fees.charged}), flush=True)
    ticking.cancel()
    os._exit(0)


if __name__ == "__main__":
    url, folder, step, count = sys.argv[1:]
    asyncio.run(main(url, os.environ["CRASH_BOT_KEY"], folder, step, int(count)))
