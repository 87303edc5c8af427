"""Closing a ledger: which of the waiting transactions it takes, at what fee, in which order.

References
----------
stellar-core, ``src/herder/TxSetFrame.cpp``, ``src/herder/SurgePricingUtils.cpp``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from heapq import heapify, heappop, heappush
from itertools import zip_longest
from typing import Final

from .candidate import Candidate
from .closed import AppliedTransaction, ClosedLedger, LedgerHeader
from .state import LedgerState
from .transaction import apply_transaction, charge_fee

__all__ = [
    "apply_ledger",
    "effective_base_fee",
    "in_apply_order",
    "last_sequences",
    "lowest_bid",
    "most_paying",
]

GENERALIZED_SETS: Final = 20
MAX_OPERATIONS_A_TRANSACTION: Final = 100


def lowest_bid(candidates: Iterable[Candidate], protocol: int) -> int:
    """Return the lowest fee bid an operation in stroops, rounded down since protocol 20 and up before."""
    if protocol >= GENERALIZED_SETS:
        return min(candidate.fee // candidate.fee_units for candidate in candidates)
    return min(-(-candidate.fee // candidate.fee_units) for candidate in candidates)


def most_paying(chains: Iterable[Sequence[Candidate]], most_operations: int, seed: bytes) -> list[Candidate]:
    """Return the transactions that fit a ledger, best bid an operation first; ties fall by hash.

    Of an account's chain the next one bids after the one before it; where one does not fit, those after it
    are left out too.
    """
    heads = [(rank(chain[0], seed), 0, chain) for chain in chains if chain]
    heapify(heads)
    taken, room = [], most_operations
    while heads:
        _, position, chain = heappop(heads)
        candidate = chain[position]
        if candidate.fee_units > room:
            continue
        taken.append(candidate)
        room -= candidate.fee_units
        if position + 1 < len(chain):
            heappush(heads, (rank(chain[position + 1], seed), position + 1, chain))
    return taken


def rank(candidate: Candidate, seed: bytes) -> tuple[Fraction, int]:
    """Return a key by which the best bid comes first."""
    return -Fraction(candidate.fee, candidate.fee_units), xor(candidate.full_hash, seed)


def effective_base_fee(
    taken: Sequence[Candidate], header: LedgerHeader, left_out: bool, protocol: int
) -> int:
    """Return what each operation costs in this ledger: the base fee, or under surge pricing the lowest bid
    taken.

    Surge pricing: since `protocol` 20 a transaction did not fit; before, the set came within 100 operations
    of full.
    """
    if not taken:
        return header.base_fee
    if protocol >= GENERALIZED_SETS:
        surges = left_out
    else:
        operations = sum(candidate.fee_units for candidate in taken)
        surges = operations > max(0, header.max_tx_set_size - MAX_OPERATIONS_A_TRANSACTION)
    return max(header.base_fee, lowest_bid(taken, protocol)) if surges else header.base_fee


def in_apply_order(candidates: Iterable[Candidate], previous_hash: bytes) -> list[Candidate]:
    """Shuffle as the network does: by hash, mixed with that of the set, so that no one chooses a place.

    The first transactions of all accounts come before any second one.
    """
    by_hash = sorted(candidates, key=lambda c: c.full_hash)
    seed = sha256(previous_hash + b"".join(c.full_hash for c in by_hash)).digest()
    chains: dict[str, list[Candidate]] = {}
    for candidate in sorted(by_hash, key=lambda c: c.tx.sequence):
        chains.setdefault(candidate.tx.source, []).append(candidate)
    return [
        candidate
        for batch in zip_longest(*chains.values())
        for candidate in sorted((c for c in batch if c), key=lambda c: xor(c.full_hash, seed))
    ]


def apply_ledger(
    state: LedgerState,
    header: LedgerHeader,
    candidates: Sequence[Candidate],
    close_time: int,
    base_fee: int,
) -> ClosedLedger:
    """Charge every transaction's fee, then apply them, in the order given; return the ledger.

    `header` is the ledger before; `base_fee` what an operation costs in this one.
    """
    state.ledger = header.sequence + 1
    state.base_reserve = header.base_reserve
    state.protocol = header.protocol
    state.last_sequences = last_sequences(candidates)
    charged = [charge_fee(candidate, state, base_fee) for candidate in candidates]
    applied = tuple(
        apply_transaction(candidate, state, close_time, fee, order, changes, base_fee)
        for order, (candidate, (fee, changes)) in enumerate(zip(candidates, charged, strict=True), start=1)
    )
    fee_pool = header.fee_pool + sum(fee for fee, _ in charged)
    closed = replace(
        header,
        sequence=state.ledger,
        close_time=close_time,
        id_pool=state.id_pool,
        fee_pool=fee_pool,
        previous_hash=header.hash,
    )
    return ClosedLedger(replace(closed, hash=chain_hash(closed, applied)), applied)


def last_sequences(candidates: Iterable[Candidate]) -> dict[str, int]:
    """Return the highest sequence number that each account spends."""
    highest: dict[str, int] = {}
    for candidate in candidates:
        tx = candidate.tx
        highest[tx.source] = max(tx.sequence, highest.get(tx.source, 0))
    return highest


def chain_hash(header: LedgerHeader, applied: Iterable[AppliedTransaction]) -> bytes:
    """Return a hash of all that led to this ledger."""
    digest = sha256(header.previous_hash)
    digest.update(f"{header.sequence} {header.close_time} {header.id_pool} {header.fee_pool}".encode())
    for transaction in applied:
        digest.update(transaction.hash)
        digest.update(transaction.result_xdr)
    return digest.digest()


def xor(hash_: bytes, seed: bytes) -> int:
    """Mix two hashes into an order."""
    return int.from_bytes(hash_, "big") ^ int.from_bytes(seed, "big")
