"""The account's trades as they come to the ledger."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

from hummingbot.core.data_type.user_stream_tracker_data_source import UserStreamTrackerDataSource

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.budget import Importance
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.trades import Trade

__all__ = ["StellarAPIUserStreamDataSource"]

RETRY: Final = 2.0


class StellarAPIUserStreamDataSource(UserStreamTrackerDataSource):  # type: ignore[misc]
    """Follows the trades of the account, by a stream or by polling.

    What it puts into Hummingbot's queue is a `Trade`, or None for "poll now".

    Parameters
    ----------
    horizon : Horizon
    trades : AccountTrades
        Knows from where to read.
    prepare : callable
        Makes the account ready; raises `StellarError` while it is not.
    """

    def __init__(
        self, horizon: Horizon, trades: AccountTrades | None, prepare: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__()
        self._horizon = horizon
        self._trades = trades
        self._prepare = prepare
        self._last_recv_time = 0.0

    @property
    def last_recv_time(self) -> float:
        """Wall time of the last sign of life, 0 before the first."""
        return self._last_recv_time

    async def listen_for_user_stream(self, output: "asyncio.Queue[Trade | None]") -> None:
        """Follow the account until cancelled, beginning with what may have happened before."""
        while self._trades is not None:
            try:
                await self._prepare()
                self._last_recv_time = time.time()
                output.put_nowait(None)
                await self._follow(self._trades, output)
            except StellarError as error:
                self.logger().warning(f"The account cannot be followed yet: {error}.")
                await self._sleep(RETRY)

    async def _follow(self, trades: AccountTrades, output: "asyncio.Queue[Trade | None]") -> None:
        async with aclosing(
            self._horizon.follow(trades.listing(), Importance.ACCOUNT, "trades of the account")
        ) as events:
            async for event in events:
                if event.kind not in ("lost", "silent"):
                    self._last_recv_time = time.time()
                if event.kind == "message":
                    try:
                        output.put_nowait(Trade.read(event.record()))
                    except HorizonUnavailable:
                        output.put_nowait(None)
