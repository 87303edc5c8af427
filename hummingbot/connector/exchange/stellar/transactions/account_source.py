"""Where what concerns accounts is read, and where their transactions go."""

from collections.abc import Collection
from typing import Protocol

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.fee_stats import FeeStats
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .record import TransactionRecord
from .sent import Sent

__all__ = ["AccountSource"]


class AccountSource(Protocol):
    """A trading account's view of the ledger, by Horizon or by RPC.

    What both cannot do is no part of it: books, trades, ledgers and lists of an account's transactions
    come from Horizon alone.
    """

    async def account(self, account: str, as_of: int = 0) -> AccountBalances:
        """Read balances, sequence number and signers of an account.

        Parameters
        ----------
        account : str
        as_of : int
            The ledger that the node must have reached.

        Raises
        ------
        AccountNotFunded
            If the ledger has no such account.
        HorizonUnavailable
            If no node answers that has reached it.
        """

    async def offers(self, ids: Collection[int], as_of: int = 0) -> tuple[dict[int, OfferRecord], int]:
        """Return offers of the trading account by id, at least those of `ids` that rest, and their ledger.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If no node answers that has reached `as_of`.
        """

    async def fee_stats(self) -> FeeStats:
        """Read what ledgers charge.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If no node answers.
        """

    async def submit(self, sent: Sent) -> TransactionRecord:
        """Send a transaction and wait until its fate is known.

        Raises
        ------
        HorizonRefused
            If it failed or was refused; `extras` hold its result as Horizon tells it.
        HorizonUnavailable
            If the outcome is unknown.
        """

    async def find(self, sent: Sent, as_of: int = 0) -> TransactionRecord | None:
        """Look a transaction up on the ledger; None if no node that has reached `as_of` knows it.

        Raises
        ------
        HorizonUnavailable
            If no node answers, or its history does not reach back far enough.
        """
