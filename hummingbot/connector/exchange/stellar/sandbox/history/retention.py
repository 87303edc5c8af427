"""How much of the past is kept, and of whom.

The market's actors make nearly all of the history and ask for none of it, so their part goes first: a user's
own transactions and trades are kept on when the ledgers around them are forgotten.
"""

from collections import OrderedDict
from dataclasses import dataclass

from .records import TransactionRecord

__all__ = ["OwnTransactions", "Retention"]


@dataclass(frozen=True, slots=True)
class Retention:
    """Bounds. The oldest ledgers go when `xdr_bytes` or `ledgers` is passed.

    Parameters
    ----------
    xdr_bytes : int
        Bytes of envelopes and results in the ledgers kept.
    ledgers : int
    own_bytes : int
        Bytes of envelopes and results of users' transactions in ledgers that are forgotten.
    own_trades : int
        Trades of users that are kept, of all users together.
    """

    xdr_bytes: int = 10_000_000
    ledgers: int = 50_000
    own_bytes: int = 6_000_000
    own_trades: int = 20_000


class OwnTransactions:
    """Users' transactions from ledgers that are forgotten, newest kept."""

    def __init__(self) -> None:
        self._records: OrderedDict[int, TransactionRecord] = OrderedDict()
        self._bytes = 0

    def get(self, id: int) -> TransactionRecord | None:
        """Return a transaction by its TOID."""
        return self._records.get(id)

    def all(self) -> list[TransactionRecord]:
        """Return all of them, oldest first."""
        return list(self._records.values())

    def oldest(self) -> int | None:
        """Return the TOID of the oldest."""
        return next(iter(self._records), None)

    def add(self, record: TransactionRecord) -> None:
        """Keep a transaction that is newer than all others here."""
        self._records[record.id] = record
        self._bytes += record.size

    def shrink(self, most_bytes: int) -> list[TransactionRecord]:
        """Drop the oldest until the bound is met, and return what was dropped."""
        dropped = []
        while self._bytes > most_bytes:
            _, record = self._records.popitem(last=False)
            self._bytes -= record.size
            dropped.append(record)
        return dropped
