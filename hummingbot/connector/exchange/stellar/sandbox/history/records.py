"""What is remembered of the past: small records, from which Horizon's answers are rendered on demand."""

from dataclasses import dataclass
from typing import Any

from ...ledger.asset import Asset
from ...ledger.operations import (
    AccountMerge,
    CreateAccount,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from ...ledger.results import OperationResult
from ..entries import Pool
from .toid import operation_of, toid

__all__ = [
    "LedgerRecord",
    "NotedEffect",
    "OperationRecord",
    "Outcome",
    "PoolChange",
    "TradeRecord",
    "TransactionRecord",
]

NotedEffect = tuple[str, str, dict[str, Any]]
"""An effect on an account: its type, and what is particular to that, as Horizon writes it."""


@dataclass(frozen=True, slots=True)
class PoolChange:
    """A liquidity pool before (None: it was made) and after (None: it is gone) one operation."""

    operation: int
    before: Pool | None
    after: Pool | None

    @property
    def pool(self) -> Pool:
        """The pool as the operation left it; of one that is gone, as it was."""
        pool = self.after or self.before
        assert pool is not None
        return pool

    @property
    def gained(self) -> tuple[int, int, int]:
        """How much more it has: of asset A, of asset B, and of shares."""
        old, new = self.before, self.after
        a, b, shares = (new.reserve_a, new.reserve_b, new.total_shares) if new is not None else (0, 0, 0)
        if old is None:
            return a, b, shares
        return a - old.reserve_a, b - old.reserve_b, shares - old.total_shares


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one operation did to accounts and reserves: the effects that its bytes do not tell, who pays the
    reserve of what it created (None: the owner), and the ids of claimable balances that it changed."""

    operation: int
    effects: tuple[NotedEffect, ...]
    sponsor: str | None
    balances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction on the ledger: its bytes, and what cannot be read from them.

    Parameters
    ----------
    id : int
        Its TOID.
    hash : bytes
    closed_at : int
        Close time of its ledger, unix seconds.
    source : str
    successful : bool
    operation_count : int
    fee_charged, max_fee : int
        Stroops.
    envelope_xdr, result_xdr : bytes
    trustlines : tuple of (operation, outcome)
        What each ChangeTrust of it did: ``created``, ``updated`` or ``removed``, by the operation's position.
    pools : tuple of PoolChange
        The pools that its operations changed; their `operation` is its position.
    outcomes : tuple of Outcome
        What else its operations did; their `operation` is its position.
    fee_account : str
        Pays the fee; empty for the source.
    inner_hash : bytes
        Of a fee bump, which `hash` and `max_fee` are of, the hash of the transaction in it; else empty.
    """

    id: int
    hash: bytes
    closed_at: int
    source: str
    successful: bool
    operation_count: int
    fee_charged: int
    max_fee: int
    envelope_xdr: bytes
    result_xdr: bytes
    trustlines: tuple[tuple[int, str], ...] = ()
    pools: tuple[PoolChange, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    fee_account: str = ""
    inner_hash: bytes = b""

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """What it can be asked for by: its hash, and of a fee bump that of the transaction in it."""
        return (self.hash, self.inner_hash) if self.inner_hash else (self.hash,)

    @property
    def fee_units(self) -> int:
        """How many operations its fee is for: a fee bump counts as one more."""
        return max(self.operation_count, 1) + bool(self.inner_hash)

    @property
    def size(self) -> int:
        """Bytes of its envelope and result."""
        return len(self.envelope_xdr) + len(self.result_xdr)


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """One exchange with a resting offer or a pool. Amounts are stroops; n/d is `counter` for one `base`.

    `base` and `counter` are in this history's own order, which is the same for all trades of a pair;
    `reversed` gives the other view.

    Parameters
    ----------
    operation_id, order : int
        The taker's operation, and the position of the exchange in its result, from 0.
    closed_at : int
        Unix seconds.
    base_is_seller : bool
        Whether the resting offer, or the pool, sold the base asset.
    is_pool : bool
        Whether the seller is a pool: its id stands as its account, and its offer id is 0.
    is_off_price : bool
        Whether rounding moved a pool's price so far that the trade is in no bar.
    """

    operation_id: int
    order: int
    closed_at: int
    base: Asset
    base_account: str
    base_offer_id: int
    base_amount: int
    counter: Asset
    counter_account: str
    counter_offer_id: int
    counter_amount: int
    price_n: int
    price_d: int
    base_is_seller: bool
    is_pool: bool = False
    is_off_price: bool = False

    @property
    def pool_id(self) -> str | None:
        """The pool that was traded with, or None."""
        if not self.is_pool:
            return None
        return self.base_account if self.base_is_seller else self.counter_account

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands among all trades."""
        return self.operation_id, self.order

    @property
    def paging_token(self) -> str:
        """``operation-order``."""
        return f"{self.operation_id}-{self.order}"

    def reversed(self) -> "TradeRecord":
        """Return the same trade with base and counter exchanged."""
        return TradeRecord(
            self.operation_id,
            self.order,
            self.closed_at,
            self.counter,
            self.counter_account,
            self.counter_offer_id,
            self.counter_amount,
            self.base,
            self.base_account,
            self.base_offer_id,
            self.base_amount,
            self.price_d,
            self.price_n,
            not self.base_is_seller,
            self.is_pool,
            self.is_off_price,
        )


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A closed ledger and what happened in it. Amounts are stroops, `closed_at` unix seconds."""

    sequence: int
    hash: bytes
    previous_hash: bytes
    closed_at: int
    total_coins: int
    fee_pool: int
    id_pool: int
    base_fee: int
    base_reserve: int
    max_tx_set_size: int
    protocol: int
    successful_count: int
    failed_count: int
    operation_count: int
    tx_set_operation_count: int
    transactions: tuple[TransactionRecord, ...] = ()
    trades: tuple[TradeRecord, ...] = ()

    @property
    def id(self) -> int:
        """Its TOID."""
        return toid(self.sequence)


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """An operation within its transaction, read back from the transaction's bytes when it is asked for.

    `source_id` is the number of its source where that was written as a muxed account ``M…``. Of
    EndSponsoringFutureReserves, `begin_sponsor` is whose sponsorship it ended, and the number of that.
    """

    id: int
    transaction: TransactionRecord
    operation: Operation
    result: OperationResult | None
    source_id: int | None = None
    begin_sponsor: tuple[str, int | None] | None = None

    @property
    def source(self) -> str:
        """The account that acted: the operation's own, or else the transaction's."""
        return self.operation.source or self.transaction.source

    @property
    def is_payment(self) -> bool:
        """Whether ``/payments`` lists it."""
        return isinstance(
            self.operation,
            AccountMerge | CreateAccount | Payment | PathPaymentStrictReceive | PathPaymentStrictSend,
        )

    @property
    def pools(self) -> tuple[PoolChange, ...]:
        """The pools that it changed."""
        position = operation_of(self.id)
        return tuple(change for change in self.transaction.pools if change.operation == position)

    @property
    def outcome(self) -> Outcome | None:
        """What else it did, if there is anything."""
        position = operation_of(self.id)
        return next((one for one in self.transaction.outcomes if one.operation == position), None)

    @property
    def sponsor(self) -> str | None:
        """Who pays the reserve of what it created, if not the owner."""
        return None if self.outcome is None else self.outcome.sponsor
