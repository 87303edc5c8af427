"""The account's sequence number: who owns it, and when to ask the ledger again."""

from collections.abc import Awaitable, Callable

__all__ = ["SequenceNumber"]


class SequenceNumber:
    """Counts an account's transactions, starting from what the ledger says.

    Parameters
    ----------
    read : callable
        Reads the account's current number from the ledger.
    """

    def __init__(self, read: Callable[[], Awaitable[int]]) -> None:
        self._read = read
        self._last: int | None = None
        self._least = 0

    async def next(self) -> int:
        """Return the number for a new transaction.

        Raises
        ------
        StellarError
            If the ledger has to be asked and does not answer.
        """
        if self._last is None:
            self._last = max(self._least, await self._read())
        return self._last + 1

    def learn(self, sequence: int) -> None:
        """Take the account's number as it was read on another occasion, if none is known."""
        if self._last is None:
            self._last = sequence

    def used(self, sequence: int) -> None:
        """Note that a transaction of ours with this number is on the ledger."""
        self._last = self._least = max(self._least, sequence)

    def forget(self, used: int = 0) -> None:
        """Ask the ledger before the next transaction: the number may have moved without us.

        `used` is a number that is proven to be used, also where a node that lags does not show it.
        """
        self._last, self._least = None, max(self._least, used)
