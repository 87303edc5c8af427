"""Transactions that wait for a ledger: one an account, for a few ledgers, the better paying first.

References
----------
stellar-core, ``src/herder/TransactionQueue.cpp`` and ``TxQueueLimiter.cpp`` (protocol 20 and later).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .transaction import Candidate

__all__ = ["BAN_LEDGERS", "LEDGERS_HELD", "PENDING_LEDGERS", "TransactionQueue", "Waiting"]

PENDING_LEDGERS: Final = 4
BAN_LEDGERS: Final = 10
LEDGERS_HELD: Final = 2


@dataclass(slots=True)
class Waiting:
    """A transaction in the queue, and how many ledgers closed without it."""

    candidate: Candidate
    age: int = 0


class TransactionQueue:
    """The queue of one validator. It holds as many operations as two ledgers take.

    A transaction leaves it into a ledger, after four ledgers, or for one that bids more. What left is banned:
    the same bytes are not taken again for ten ledgers.

    Attributes
    ----------
    waiting : dict of str to Waiting
        By source account.
    banned : deque of set of bytes
        Full hashes that are not taken, newest ledger first.
    operations : int
        How many operations wait.
    evicted : tuple of (int, int) or None
        Bid and operations of what had to go last since the last ledger: the next has to beat it.
    """

    __slots__ = ("banned", "evicted", "operations", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.banned: deque[set[bytes]] = deque([set()], maxlen=BAN_LEDGERS)
        self.operations = 0
        self.evicted: tuple[int, int] | None = None

    def is_banned(self, full_hash: bytes) -> bool:
        """Tell whether these bytes are not taken now."""
        return any(full_hash in hashes for hashes in self.banned)

    def ban(self, candidate: Candidate) -> None:
        """Take these bytes no more for the next ledgers."""
        self.banned[0].add(candidate.full_hash)

    def add(self, candidate: Candidate, age: int = 0) -> None:
        """Let a transaction wait."""
        self.waiting[candidate.tx.source] = Waiting(candidate, age)
        self.operations += len(candidate.tx.operations)

    def remove(self, account: str) -> None:
        """Take an account's transaction out, and ban it."""
        candidate = self.waiting.pop(account).candidate
        self.operations -= len(candidate.tx.operations)
        self.ban(candidate)

    def outbid(self, candidate: Candidate, ledger_size: int) -> tuple[int, list[Waiting]]:
        """Tell what a transaction would have to bid, or what has to go for it.

        Returns
        -------
        tuple of (int, list of Waiting)
            The least bid (stroops) that would do, 0 if its own does; and those to remove if it is taken.
        """
        if self.evicted is not None and not beats(candidate, *self.evicted):
            return least_bid(candidate, *self.evicted), []
        excess = self.operations + len(candidate.tx.operations) - LEDGERS_HELD * ledger_size
        worse: list[Waiting] = []
        if excess > 0:
            for waiting in sorted(self.waiting.values(), key=bid):
                tx = waiting.candidate.tx
                if not beats(candidate, tx.fee, len(tx.operations)):
                    return least_bid(candidate, tx.fee, len(tx.operations)), []
                worse.append(waiting)
                excess -= len(tx.operations)
                if excess <= 0:
                    break
        return 0, worse

    def evict(self, worse: Iterable[Waiting]) -> None:
        """Remove what was outbid."""
        for waiting in worse:
            tx = waiting.candidate.tx
            self.evicted = (tx.fee, len(tx.operations))
            self.remove(tx.source)

    def shift(self) -> None:
        """Let a ledger pass: what waited too long goes, and old bans end."""
        self.banned.appendleft(set())
        self.evicted = None
        for account, waiting in list(self.waiting.items()):
            waiting.age += 1
            if waiting.age >= PENDING_LEDGERS:
                self.remove(account)


def bid(waiting: Waiting) -> Fraction:
    """Return the bid for an operation."""
    return Fraction(waiting.candidate.tx.fee, len(waiting.candidate.tx.operations))


def beats(candidate: Candidate, fee: int, operations: int) -> bool:
    """Tell whether a transaction bids more for an operation than another."""
    return candidate.tx.fee * operations > fee * len(candidate.tx.operations)


def least_bid(candidate: Candidate, fee: int, operations: int) -> int:
    """Return the least fee with which a transaction would beat another, in stroops."""
    return fee * len(candidate.tx.operations) // operations + 1
