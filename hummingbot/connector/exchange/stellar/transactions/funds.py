"""What the account holds, read again whenever the ledger has changed it, and told to Hummingbot."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock, LedgerHeader
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .account_source import AccountSource
from .holdings import Holdings
from .instructions import Placement
from .signing_weight import SigningWeight

__all__ = ["Funds", "Publish"]

RETRY: Final = 1.0

Publish = Callable[[dict[str, Decimal], dict[str, Decimal]], None]


class Funds:
    """Reads and publishes an account's balances.

    Parameters
    ----------
    account : str
    source : AccountSource
    network : str
        The domain, for messages.
    horizon : Horizon
    clock : LedgerClock
    name : callable
        Returns Hummingbot's name of an asset.
    waiting : callable
        Returns the orders on their way.
    publish : callable
        Takes total and available balances by asset name, in units.
    logger : logging.Logger
    fee_cap : int
        Stroops that an operation may cost at most.
    key : str
        Address of the key that signs.

    Attributes
    ----------
    holdings : Holdings
    signing : SigningWeight
    """

    def __init__(
        self,
        account: str,
        source: AccountSource,
        network: str,
        horizon: Horizon,
        clock: LedgerClock,
        name: Callable[[Asset], str],
        waiting: Callable[[], Iterable[Placement]],
        publish: Publish,
        logger: logging.Logger,
        fee_cap: int,
        key: str,
    ) -> None:
        self.holdings = Holdings(fee_cap)
        self.signing = SigningWeight(key, network, logger)
        self._account = account
        self._source = source
        self._horizon = horizon
        self._clock = clock
        self._name = name
        self._waiting = waiting
        self._replaced: Mapping[str, OfferRecord] = {}
        self._publish = publish
        self._logger = logger
        self._refresher: asyncio.Task[None] | None = None
        self._is_stale = False

    async def read(self) -> AccountBalances:
        """Read the account as it is on the ledger.

        Raises
        ------
        StellarError
            If it is not funded or the node does not answer.
        """
        balances = await self._source.account(self._account)
        self._clock.learn_of(balances.ledger)
        return balances

    async def update(self) -> int:
        """Read the balances and return the ledger they are of.

        Raises
        ------
        StellarError
            If the account is not funded or the node does not answer.
        """
        balances = await self.read()
        if self._clock.header is None or not balances.ledger:
            await self._clock.read(self._horizon)
        if self.holdings.take(balances):
            self.signing.observe(balances)
            self.publish()
        return balances.ledger or self._clock.sequence

    async def freshen(self, was_late: bool, ledger: int) -> None:
        """Read the last ledger if none has come for twice the usual time: time bounds are counted from it.

        Parameters
        ----------
        was_late : bool
            Whether to do so in any case.
        ledger : int
            Whose balances to wait for: the last that changed the account.

        Raises
        ------
        StellarError
            If the node does not answer.
        """
        if was_late or self._clock.behind().seconds > 2 * self._clock.median_arrival:
            await self._clock.read(self._horizon)
        while ledger and await self.update() < ledger:
            await self._clock.tick(RETRY)

    async def reach(self, ledger: int) -> None:
        """Wait for the balances of a ledger that changed the account, until a node shows them."""
        while True:
            with suppress(HorizonError):
                if await self.update() >= ledger:
                    return
            await self._clock.tick(RETRY)

    async def permit(self) -> None:
        """Make sure that the key may sign for the account, which is read again where it could not.

        Raises
        ------
        SigningWeightTooLow
            If it may not, or not alone.
        StellarError
            If the node does not answer.
        """
        if self.signing.obstacle:
            await self.update()
        self.signing.check()

    def available(self, header: LedgerHeader) -> dict[Asset, int]:
        """Return the stroops of each asset that no order needs, of lumens without the reserve."""
        return self.holdings.available(header, list(self._waiting()), self._replaced)

    def replace(self, offers: Mapping[str, OfferRecord], beside: Collection[str] = ()) -> None:
        """Note the offers that orders on their way are to take over, by client order id.

        What was noted of orders `beside` these, in other transactions, stays.
        """
        kept = {name: offer for name, offer in self._replaced.items() if name in beside}
        self._replaced = {**kept, **offers}
        self.publish()

    def publish(self) -> None:
        """Tell Hummingbot what the account holds, and what of it is free."""
        balances, header = self.holdings.balances, self._clock.header
        if balances is None or header is None:
            return
        free = self.available(header)
        totals, available = {}, {}
        for asset in balances.lines:
            name = self._name(asset)
            totals[name] = from_stroops(balances.total(asset))
            available[name] = from_stroops(max(0, free[asset]))
        self._publish(totals, available)

    def stroops(self) -> dict[str, int]:
        """Return what the account holds by asset name, in stroops."""
        balances = self.holdings.balances
        if balances is None:
            return {}
        return {self._name(asset): line.balance for asset, line in balances.lines.items()}

    def changed(self, ledger: int) -> None:
        """Note that a ledger (0: an unknown one) changed the account, and read it again in the background."""
        self.holdings.expect(ledger)
        self._is_stale = True
        if self._refresher is None or self._refresher.done():
            self._refresher = asyncio.ensure_future(self._refresh())

    async def _refresh(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                await self.update()
            except StellarError as error:
                self._logger.debug(f"Balances could not be read: {error}")
                self._is_stale = True
                await self._clock.tick(RETRY)
            if self.holdings.is_behind:
                self._is_stale = True
                await self._clock.tick(RETRY)
