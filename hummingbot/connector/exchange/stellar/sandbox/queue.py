"""Transactions that wait for a ledger: one an account, for a few ledgers, the better paying first.

A fee bump of the same sequence number takes a transaction's place if it bids ten times as much.

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
REPLACEMENT_FACTOR: Final = 10


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
    promised : dict of str to int
        Fees bid by what waits, in stroops, by the account that would pay.
    evicted : tuple of (int, int) or None
        Bid and operations of what had to go last since the last ledger: the next has to beat it.
    """

    __slots__ = ("banned", "evicted", "operations", "promised", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.banned: deque[set[bytes]] = deque([set()], maxlen=BAN_LEDGERS)
        self.operations = 0
        self.promised: dict[str, int] = {}
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
        self.operations += candidate.fee_units
        self.promised[candidate.fee_source] = self.promised.get(candidate.fee_source, 0) + candidate.fee

    def drop(self, account: str) -> Candidate:
        """Take an account's transaction out."""
        candidate = self.waiting.pop(account).candidate
        self.operations -= candidate.fee_units
        self.promised[candidate.fee_source] -= candidate.fee
        if not self.promised[candidate.fee_source]:
            del self.promised[candidate.fee_source]
        return candidate

    def remove(self, account: str) -> None:
        """Take an account's transaction out, and ban it."""
        self.ban(self.drop(account))

    def replace(self, candidate: Candidate) -> None:
        """Let a fee bump wait where another transaction of its account did; that is not banned."""
        age = self.waiting[candidate.tx.source].age
        self.drop(candidate.tx.source)
        self.add(candidate, age)

    def outbid(
        self, candidate: Candidate, ledger_size: int, replaced: Candidate | None = None
    ) -> tuple[int, list[Waiting]]:
        """Tell what a transaction would have to bid, or what has to go for it beside what it replaces.

        Returns
        -------
        tuple of (int, list of Waiting)
            The least bid (stroops) that would do, 0 if its own does; and those to remove if it is taken.
        """
        if self.evicted is not None and not beats(candidate, *self.evicted):
            return least_bid(candidate, *self.evicted), []
        held = self.operations - (0 if replaced is None else replaced.fee_units)
        excess = held + candidate.fee_units - LEDGERS_HELD * ledger_size
        worse: list[Waiting] = []
        if excess > 0:
            for waiting in sorted(self.waiting.values(), key=bid):
                other = waiting.candidate
                if other is replaced:
                    continue
                if not beats(candidate, other.fee, other.fee_units):
                    return least_bid(candidate, other.fee, other.fee_units), []
                worse.append(waiting)
                excess -= other.fee_units
                if excess <= 0:
                    break
        return 0, worse

    def evict(self, worse: Iterable[Waiting]) -> None:
        """Remove what was outbid."""
        for waiting in worse:
            candidate = waiting.candidate
            self.evicted = (candidate.fee, candidate.fee_units)
            self.remove(candidate.tx.source)

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
    return Fraction(waiting.candidate.fee, waiting.candidate.fee_units)


def beats(candidate: Candidate, fee: int, operations: int) -> bool:
    """Tell whether a transaction bids more for an operation than another."""
    return candidate.fee * operations > fee * candidate.fee_units


def least_bid(candidate: Candidate, fee: int, operations: int) -> int:
    """Return the least fee with which a transaction would beat another, in stroops."""
    return fee * candidate.fee_units // operations + 1


def replacement_fee(candidate: Candidate, old: Candidate) -> int:
    """Return the least fee with which a fee bump would take the place of another transaction, in stroops."""
    return -(-REPLACEMENT_FACTOR * old.fee * candidate.fee_units // old.fee_units)
