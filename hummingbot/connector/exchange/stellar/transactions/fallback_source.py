"""An account by RPC, and by Horizon for as long as no RPC node has an answer."""

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable, WrongNetwork
from hummingbot.connector.exchange.stellar.horizon.fee_stats import FeeStats
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord
from hummingbot.connector.exchange.stellar.rpc.rpc import Rpc

from .account_source import AccountSource
from .record import TransactionRecord
from .sent import Sent

__all__ = ["FallbackSource"]

Answer = TypeVar("Answer")


class FallbackSource:
    """Asks one source of an account, and another where that has no answer: an `AccountSource`.

    A proof stays one: which ledger an answer must be of, both are told alike. A transaction goes to the other
    only if the first got none of it, or has failed since; its bytes are the same. RPC nodes of another
    network are a mistake to be told, and none to be made up for.

    Parameters
    ----------
    rpc : Rpc
        How its nodes do decides who is asked.
    first, other : AccountSource
        By RPC; by Horizon.
    logger : logging.Logger
    """

    def __init__(self, rpc: Rpc, first: AccountSource, other: AccountSource, logger: logging.Logger) -> None:
        self._rpc = rpc
        self._first = first
        self._other = other
        self._logger = logger
        self._is_replaced = False

    async def account(self, account: str, as_of: int = 0) -> AccountBalances:
        """Read balances, sequence number and signers of an account."""
        return await self._read(lambda source: source.account(account, as_of))

    async def offers(self, ids: Collection[int], as_of: int = 0) -> tuple[dict[int, OfferRecord], int]:
        """Return offers of the trading account, at least those of `ids` that rest, and their ledger."""
        return await self._read(lambda source: source.offers(ids, as_of))

    async def fee_stats(self) -> FeeStats:
        """Read what ledgers charge."""
        return await self._read(lambda source: source.fee_stats())

    async def find(self, sent: Sent, as_of: int = 0) -> TransactionRecord | None:
        """Look a transaction up on the ledger."""
        return await self._read(lambda source: source.find(sent, as_of))

    async def submit(self, sent: Sent) -> TransactionRecord:
        """Send a transaction and wait until its fate is known."""
        if self._rpc.is_troubled:
            return await self._other.submit(sent)
        try:
            return await self._first.submit(sent)
        except HorizonUnavailable as error:
            if error.was_sent or isinstance(error, WrongNetwork):
                raise
            self._replace(error)
            return await self._other.submit(sent)

    async def _read(self, read: Callable[[AccountSource], Awaitable[Answer]]) -> Answer:
        if self._is_replaced and self._rpc.rests:
            return await read(self._other)
        try:
            answer = await read(self._first)
        except WrongNetwork:
            raise
        except HorizonUnavailable as error:
            answer = await read(self._other)
            self._replace(error)
            return answer
        if self._is_replaced:
            self._is_replaced = False
            self._logger.info("RPC answers again: the account is read by it.")
        return answer

    def _replace(self, error: HorizonUnavailable) -> None:
        if not self._is_replaced and self._rpc.is_troubled:
            self._is_replaced = True
            self._logger.warning(f"The account is read by Horizon until RPC answers again: {error}.")
