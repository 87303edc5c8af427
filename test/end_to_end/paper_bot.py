"""A bot in the working directory's instance, started as Hummingbot's engine does; it tells JSON lines."""

import asyncio
import json
import sys
from decimal import Decimal
from typing import Any

from hummingbot.client.config.config_crypt import ETHKeyFileSecretManger, store_password_verification
from hummingbot.client.config.config_helpers import load_client_config_map_from_file
from hummingbot.client.runner import bootstrap_application, load_and_start_strategy
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.rate_oracle.rate_oracle import RateOracle
from hummingbot.core.rate_oracle.sources.rate_source_base import RateSourceBase

PASSWORD = "a password"
EVENTS = (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated, MarketEvent.OrderFilled)


class NoRates(RateSourceBase):  # type: ignore[misc]
    """Asks nobody: Hummingbot's own sources ask exchanges on the internet."""

    @property
    def name(self) -> str:
        return "nobody"

    async def get_prices(self, quote_token: str | None = None) -> dict[str, Decimal]:
        return {}


def tell(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}, default=str), flush=True)


async def run(configuration: str) -> int:
    settings = load_client_config_map_from_file()
    secrets = ETHKeyFileSecretManger(PASSWORD)
    store_password_verification(secrets)
    application = await bootstrap_application(settings, secrets, headless=True, silence_console=True)
    assert application is not None
    RateOracle.get_instance().source = NoRates()
    if not await load_and_start_strategy(application, config_file_name=configuration, headless=True):
        return 1
    core = application.trading_core
    ((name, connector),) = core.connectors.items()
    listeners = [
        EventForwarder(lambda event: tell(type(event).__name__, price=event.price, amount=event.amount))
        for _ in EVENTS
    ]
    for event, listener in zip(EVENTS, listeners, strict=True):
        connector.add_listener(event, listener)
    tell("started", connector=name)
    stop = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    while not stop.done():
        tell("status", text=str(core.strategy.format_status()))
        await asyncio.wait((stop,), timeout=0.3)
    await application.stop_loop()
    await core.shutdown()
    tell("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1])))
