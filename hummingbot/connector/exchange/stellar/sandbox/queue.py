"""Transactions that wait for a ledger: one an account, for a few ledgers.

References
----------
stellar-core, ``src/herder/TransactionQueue.cpp`` (protocol 20 and later).
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from .transaction import Candidate

__all__ = ["BAN_LEDGERS", "PENDING_LEDGERS", "TransactionQueue", "Waiting"]

PENDING_LEDGERS: Final = 4
BAN_LEDGERS: Final = 10
QUEUE_LEDGERS: Final = 4


@dataclass(slots=True)
class Waiting:
    """A transaction in the queue, and how many ledgers closed without it."""

    candidate: Candidate
    age: int = 0


class TransactionQueue:
    """The queue of one validator. It holds as many operations as four ledgers take.

    Attributes
    ----------
    waiting : dict of str to Waiting
        By source account.
    banned : deque of set of bytes
        Full hashes that are not taken again, newest ledger first.
    """

    __slots__ = ("banned", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.banned: deque[set[bytes]] = deque([set()], maxlen=BAN_LEDGERS)

    def is_banned(self, full_hash: bytes) -> bool:
        """Tell whether a transaction was dropped in the last ledgers."""
        return any(full_hash in hashes for hashes in self.banned)

    def ban(self, candidate: Candidate) -> None:
        """Take no such bytes for the next ledgers."""
        self.banned[0].add(candidate.full_hash)

    def drop(self, account: str) -> None:
        """Take an account's transaction out, and ban it."""
        self.ban(self.waiting.pop(account).candidate)

    def operations(self) -> int:
        """Return how many operations wait."""
        return sum(len(waiting.candidate.tx.operations) for waiting in self.waiting.values())

    def make_room(self, candidate: Candidate, most_operations: int) -> int:
        """Drop worse bids until a candidate fits; return 0, or the fee it would have to bid (stroops)."""
        needed = self.operations() + len(candidate.tx.operations) - QUEUE_LEDGERS * most_operations
        if needed <= 0:
            return 0
        count = len(candidate.tx.operations)
        dropped: list[str] = []
        for account, waiting in sorted(
            self.waiting.items(),
            key=lambda item: item[1].candidate.tx.fee / len(item[1].candidate.tx.operations),
        ):
            tx = waiting.candidate.tx
            if candidate.tx.fee * len(tx.operations) <= tx.fee * count:
                return tx.fee * count // len(tx.operations) + 1
            dropped.append(account)
            needed -= len(tx.operations)
            if needed <= 0:
                break
        for account in dropped:
            self.drop(account)
        return 0

    def shift(self) -> None:
        """Let a ledger pass: age what waits, drop and ban what waited too long, forget old bans."""
        self.banned.appendleft(set())
        for account, waiting in list(self.waiting.items()):
            waiting.age += 1
            if waiting.age >= PENDING_LEDGERS:
                self.drop(account)
