"""Transactions that wait for a ledger, account by account, the better paying first.

Since protocol 20 an account has one of them. Before, it had a chain: each the sequence number after the one
before it. A fee bump takes the place of a transaction with its sequence number if it bids ten times as much.

References
----------
stellar-core, ``src/herder/TransactionQueue.cpp`` and ``TxQueueLimiter.cpp`` (v19.0.1, v20.4.0).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from .candidate import Candidate

__all__ = [
    "BAN_LEDGERS",
    "LEDGERS_HELD",
    "ONE_AN_ACCOUNT",
    "PENDING_LEDGERS",
    "Chain",
    "TransactionQueue",
    "replacement_fee",
]

ONE_AN_ACCOUNT: Final = 20
"""The protocol since which an account has one transaction pending."""

PENDING_LEDGERS: Final = 4
BAN_LEDGERS: Final = 10
LEDGERS_HELD: Final = 2
REPLACEMENT_FACTOR: Final = 10


@dataclass(slots=True)
class Chain:
    """What waits of one account, in the order of sequence numbers.

    `age` is how many ledgers closed since the last one that held any of it.
    """

    transactions: Sequence[Candidate] = field(default_factory=list)
    age: int = 0


class TransactionQueue:
    """The queue of one validator. It holds as many operations as two ledgers take.

    A transaction leaves it into a ledger, after four ledgers without any of its account's, or for one that
    bids more; what follows it in its chain leaves with it. What left is banned: the same bytes are not taken
    again for ten ledgers. (Before protocol 20, what left into a ledger is not.)

    Parameters
    ----------
    protocol : int
        Whose rules it has.

    Attributes
    ----------
    waiting : dict of str to Chain
        By source account; no chain is empty.
    banned : deque of set of bytes
        Full hashes that are not taken, newest ledger first.
    operations : int
        How many operations wait.
    promised : dict of str to int
        Fees bid by what waits, in stroops, by the account that would pay.
    evicted : tuple of (int, int) or None
        Bid and operations of what had to go last since the last ledger: the next has to beat it.
    goes_first : callable
        Ranks those of an equal bid for eviction, lowest first: the network leaves it to chance.
    """

    __slots__ = ("banned", "evicted", "goes_first", "operations", "promised", "protocol", "waiting")

    def __init__(self, protocol: int = ONE_AN_ACCOUNT) -> None:
        self.protocol = protocol
        self.waiting: dict[str, Chain] = {}
        self.banned: deque[set[bytes]] = deque([set()], maxlen=BAN_LEDGERS)
        self.operations = 0
        self.promised: dict[str, int] = {}
        self.evicted: tuple[int, int] | None = None
        self.goes_first: Callable[[Candidate], float] = lambda candidate: 0

    def copy(self) -> "TransactionQueue":
        """Return a queue that goes its own way from here."""
        twin = TransactionQueue(self.protocol)
        twin.waiting = {
            account: Chain(chain.transactions, chain.age) for account, chain in self.waiting.items()
        }
        twin.banned = deque((set(hashes) for hashes in self.banned), maxlen=BAN_LEDGERS)
        twin.operations = self.operations
        twin.promised = dict(self.promised)
        twin.evicted = self.evicted
        twin.goes_first = self.goes_first
        return twin

    def candidates(self) -> Iterator[Candidate]:
        """Yield all that waits."""
        for chain in self.waiting.values():
            yield from chain.transactions

    def is_banned(self, full_hash: bytes) -> bool:
        """Tell whether these bytes are not taken now."""
        return any(full_hash in hashes for hashes in self.banned)

    def ban(self, candidate: Candidate) -> None:
        """Take these bytes no more for the next ledgers; if they wait, drop them and what follows them."""
        self.banned[0].add(candidate.full_hash)
        chain = self.waiting.get(candidate.tx.source)
        if chain is None:
            return
        for position, other in enumerate(chain.transactions):
            if other.full_hash == candidate.full_hash:
                followers = chain.transactions[position:]
                self.banned[0].update(one.full_hash for one in followers)
                self.drop(followers)
                return

    def add(self, candidate: Candidate, replaced: Candidate | None = None, age: int = 0) -> None:
        """Let a transaction wait, at the end of its account's chain or in the place of another."""
        chain = self.waiting.setdefault(candidate.tx.source, Chain(age=age))
        if replaced is None:
            chain.transactions = [*chain.transactions, candidate]
        else:
            self._forget(replaced)
            chain.transactions = [candidate if one is replaced else one for one in chain.transactions]
        self.operations += candidate.fee_units
        self.promised[candidate.fee_source] = self.promised.get(candidate.fee_source, 0) + candidate.fee

    def drop(self, candidates: Iterable[Candidate]) -> None:
        """Take transactions out; they are not banned for it."""
        for candidate in candidates:
            chain = self.waiting[candidate.tx.source]
            chain.transactions = [one for one in chain.transactions if one is not candidate]
            if not chain.transactions:
                del self.waiting[candidate.tx.source]
            self._forget(candidate)

    def _forget(self, candidate: Candidate) -> None:
        self.operations -= candidate.fee_units
        self.promised[candidate.fee_source] -= candidate.fee
        if not self.promised[candidate.fee_source]:
            del self.promised[candidate.fee_source]

    def outbid(
        self, candidate: Candidate, ledger_size: int, replaced: Candidate | None = None
    ) -> tuple[int, bool]:
        """Tell what a transaction would have to bid, and whether there is a place for it.

        None is made by letting go of another of its own account, not even of the one that it would replace.

        Returns
        -------
        tuple of (int, bool)
            The least bid (stroops) that would do, 0 if it is not for the bid; and whether it fits, if
            `make_room` is called.
        """
        if self.evicted is not None and not beats(candidate, *self.evicted):
            return least_bid(candidate, *self.evicted), False
        most = LEDGERS_HELD * ledger_size
        added = candidate.fee_units - (0 if replaced is None else replaced.fee_units)
        if self.protocol >= ONE_AN_ACCOUNT and added > most:
            return 0, False
        excess = self.operations + added - most
        if excess <= 0:
            return 0, True
        for other in self._worst_first():
            if not beats(candidate, other.fee, other.fee_units):
                return least_bid(candidate, other.fee, other.fee_units), False
            if other.tx.source == candidate.tx.source:
                return 0, False
            excess -= other.fee_units
            if excess <= 0:
                return 0, True
        return 0, False

    def make_room(self, candidate: Candidate, ledger_size: int, replaced: Candidate | None = None) -> None:
        """Drop and ban the worst paying, as far as a transaction needs."""
        freed = 0 if replaced is None else replaced.fee_units
        most = LEDGERS_HELD * ledger_size
        while self.operations - freed + candidate.fee_units > most:
            worst = next(other for other in self._worst_first() if other is not replaced)
            self.evicted = (worst.fee, worst.fee_units)
            self.ban(worst)

    def _worst_first(self) -> list[Candidate]:
        return sorted(self.candidates(), key=lambda one: (bid(one), self.goes_first(one)))

    def settle(self, applied: Iterable[Candidate]) -> None:
        """Drop what is in a ledger, and what has no higher sequence number than that."""
        for candidate in applied:
            chain = self.waiting.get(candidate.tx.source)
            if chain is not None:
                spent = [one for one in chain.transactions if one.tx.sequence <= candidate.tx.sequence]
                if spent:
                    chain.age = 0
                    self.drop(spent)
            if self.protocol >= ONE_AN_ACCOUNT:
                self.banned[0].add(candidate.full_hash)

    def shift(self) -> None:
        """Let a ledger pass: what waited too long goes, and old bans end."""
        self.banned.appendleft(set())
        self.evicted = None
        for chain in list(self.waiting.values()):
            chain.age += 1
            if chain.age >= PENDING_LEDGERS:
                self.ban(chain.transactions[0])


def bid(candidate: Candidate) -> Fraction:
    """Return the bid for an operation."""
    return Fraction(candidate.fee, candidate.fee_units)


def beats(candidate: Candidate, fee: int, operations: int) -> bool:
    """Tell whether a transaction bids more for an operation than another."""
    return candidate.fee * operations > fee * candidate.fee_units


def least_bid(candidate: Candidate, fee: int, operations: int) -> int:
    """Return the least fee with which a transaction would beat another, in stroops."""
    return fee * candidate.fee_units // operations + 1


def replacement_fee(candidate: Candidate, old: Candidate) -> int:
    """Return the least fee with which a fee bump would take the place of another transaction, in stroops."""
    return -(-REPLACEMENT_FACTOR * old.fee * candidate.fee_units // old.fee_units)
