"""Raises the bid of a transaction that ledgers pass over, without making another one.

A fee bump carries the identical signed transaction. Whichever of the two comes to the ledger, it is the same
transaction: it uses the same sequence number, so never both, and it is found by its own hash in either.

References
----------
stellar-core, ``src/herder/TransactionQueue.cpp`` (``FEE_MULTIPLIER``, ``canReplaceByFee``); CAP-15.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope

from .fee_market import FeeMarket
from .journal.journal import Journal
from .sent import Sent

__all__ = ["FeeBumps"]

REPLACEMENT_FACTOR: Final = 10
"""How many times the bid of a transaction that waits a fee bump must bid to take its place."""


class FeeBumps:
    """Puts transactions into fee bumps, which their source accounts pay themselves.

    Parameters
    ----------
    sign : callable
        Takes a signed transaction, its source, and the most that its bump may cost (stroops); returns the
        bump, or raises `StellarError` if the source's key is not known any more.
    market : FeeMarket
        Knows what is asked, and the cap.
    journal : Journal
        Keeps each bump before it is sent.
    logger : logging.Logger
    """

    def __init__(
        self,
        sign: Callable[[SignedTransaction, str, int], SignedTransaction],
        market: FeeMarket,
        journal: Journal,
        logger: logging.Logger,
    ) -> None:
        self._sign = sign
        self._market = market
        self._journal = journal
        self._logger = logger

    async def asked(self, sent: Sent, least_fee: int = 0) -> int:
        """Return the stroops that an operation must bid now; 0 if that is no more than `sent` bids.

        `least_fee` is what the network, refusing it, named as the least fee for all of it.
        """
        await self._market.refresh()
        asked = self._market.asked if self._market.stats is not None else 0
        units = _operations(sent) + (sent.bump is not None)
        asked = max(asked, -(-least_fee // units))
        return asked if asked > sent.bid else 0

    async def bump(self, sent: Sent, asked: int) -> Sent | None:
        """Return the transaction in a fee bump that the journal has; None if the cap allows no higher bid.

        Parameters
        ----------
        sent : Sent
            In an earlier fee bump or not; returned as it is where the journal cannot keep another.
        asked : int
            Stroops an operation that are known to be needed. The bid is ten times the old one at least, as
            the network asks to replace one that waits.
        """
        bid = min(self._market.cap, max(asked, REPLACEMENT_FACTOR * sent.bid))
        if bid <= sent.bid:
            return None
        fee = bid * (_operations(sent) + 1)
        try:
            bumped = replace(sent, bid=bid, bump=self._sign(sent.signed, sent.source, fee).envelope_xdr)
            await self._journal.bump(bumped)
        except StellarError as error:
            self._logger.warning(f"Transaction {sent.name} keeps its fee bid: {error}.")
            return sent
        self._logger.info(f"Transaction {sent.name} now bids {bid} stroops an operation, in a fee bump.")
        return bumped

    def give_up(self, sent: Sent, asked: int) -> None:
        """Say that no more is bid for a transaction."""
        self._logger.warning(
            f"Transaction {sent.name} is asked for {asked} stroops an operation, but the cap is "
            f"{self._market.cap}: it is sent again as it is until its time bound passes. Raise the cap at "
            "connect to pay more."
        )


def _operations(sent: Sent) -> int:
    return len(decode_envelope(sent.signed.envelope_xdr).tx.operations)
