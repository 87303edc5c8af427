"""The history of a network: fed with closed ledgers, bounded in what it keeps."""

from array import array
from collections import OrderedDict
from typing import Final

from ...ledger.asset import Asset
from ..closed import ClosedLedger
from .aggregation import TradeAggregation
from .derivation import ledger_record, operations_of, read_operations
from .pages import Pages
from .participation import Participation
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .retention import OwnTransactions, Retention
from .toid import ledger_of, toid, transaction_of
from .trade_log import TradeLog

__all__ = ["History"]

READ_BACK_KEPT: Final = 512
SWEEP_EVERY: Final = 64


class History(Pages):
    """Everything Horizon tells about the past.

    Parameters
    ----------
    retention : Retention

    Attributes
    ----------
    residents : set of str
        The market's accounts, whose part of the history is forgotten first.
    aggregation : TradeAggregation
    """

    def __init__(self, retention: Retention | None = None) -> None:
        super().__init__(Participation(), TradeLog())
        self.retention = retention or Retention()
        self.residents: set[str] = set()
        self.aggregation = TradeAggregation()
        self._ledgers: dict[int, LedgerRecord] = {}
        self._close_times = array("q")
        self._close_times_from = 0
        self._by_hash: dict[bytes, TransactionRecord] = {}
        self._own = OwnTransactions()
        self._xdr_bytes = 0
        self._read_back: OrderedDict[int, tuple[OperationRecord, ...]] = OrderedDict()

    # Taking in and forgetting

    def append(self, closed: ClosedLedger) -> LedgerRecord:
        """Take in the ledger that just closed, and forget what the retention no longer covers."""
        ledger = ledger_record(closed)
        self._keep(ledger)
        for record, applied in zip(ledger.transactions, closed.transactions, strict=True):
            operations = operations_of(record, applied)
            self._remember(record.id, operations)
            self._participation.add(record, operations)
        for trade in ledger.trades:
            self.aggregation.add(trade)
        self._forget()
        return ledger

    def own_before(self, sequence: int) -> tuple[list[TransactionRecord], list[TradeRecord]]:
        """Return what is kept of users from the ledgers below one, whether those are kept or forgotten."""
        first = toid(sequence)
        transactions = self._own.all()
        for kept in range(self.elder, sequence):
            transactions += filter(self._is_own, self._ledgers[kept].transactions)
        trades = self._trades.own_trades(self.residents)
        return transactions, [trade for trade in trades if trade.operation_id < first]

    def restore_own(self, transactions: list[TransactionRecord], trades: list[TradeRecord]) -> None:
        """Take in what `own_before` returned, before any ledger."""
        for record in transactions:
            self._own.add(record)
            self._by_hash.update(dict.fromkeys(record.hashes, record))
            self._participation.add(record, read_operations(record))
        for trade in trades:
            self._trades.append_own(trade, self.residents)

    def restore(self, ledger: LedgerRecord) -> None:
        """Take in a ledger of a saved history; its trades are in the saved aggregations already."""
        self._keep(ledger)
        for record in ledger.transactions:
            self._participation.add(record, read_operations(record))

    def _keep(self, ledger: LedgerRecord) -> None:
        if not self._ledgers:
            self.elder = self._close_times_from = ledger.sequence
        self.latest = ledger.sequence
        self._ledgers[ledger.sequence] = ledger
        self._close_times.append(ledger.closed_at)
        for record in ledger.transactions:
            self._by_hash.update(dict.fromkeys(record.hashes, record))
            self._xdr_bytes += record.size
        for trade in ledger.trades:
            self._trades.append(trade)

    def _forget(self) -> None:
        retention, before = self.retention, self.elder
        while self.elder < self.latest and (
            self._xdr_bytes > retention.xdr_bytes or self.latest - self.elder >= retention.ledgers
        ):
            for record in self._ledgers.pop(self.elder).transactions:
                self._xdr_bytes -= record.size
                if self._is_own(record):
                    self._own.add(record)
                else:
                    self._forget_hashes(record)
            self.elder += 1
        for record in self._own.shrink(retention.own_bytes):
            self._forget_hashes(record)
        if self.elder // SWEEP_EVERY != before // SWEEP_EVERY:
            first = toid(self.elder)
            oldest = self._own.oldest()
            own_first = first if oldest is None else oldest
            self._participation.forget_before(first, self.residents, own_first)
            self._trades.forget_before(first, self.residents, retention.own_trades)
            del self._close_times[: self.elder - self._close_times_from]
            self._close_times_from = self.elder

    def reap(self, first: int) -> None:
        """Forget all that is older than a ledger, users' part of it too, as Horizon's reaper does."""
        while self.elder < min(first, self.latest):
            for record in self._ledgers.pop(self.elder).transactions:
                self._xdr_bytes -= record.size
                self._forget_hashes(record)
            self.elder += 1
        for record in self._own.shrink(0):
            self._forget_hashes(record)
        oldest = toid(self.elder)
        self._participation.reap(oldest)
        self._trades.forget_before(oldest, (), 0)
        self.aggregation.forget()
        for trade in self._trades.walk((0, 0), True):
            self.aggregation.add(trade)
        del self._close_times[: self.elder - self._close_times_from]
        self._close_times_from = self.elder

    def _is_own(self, record: TransactionRecord) -> bool:
        return record.source not in self.residents

    def _forget_hashes(self, record: TransactionRecord) -> None:
        for hash in record.hashes:
            del self._by_hash[hash]

    def _remember(self, id: int, operations: tuple[OperationRecord, ...]) -> None:
        self._read_back[id] = operations
        if len(self._read_back) > READ_BACK_KEPT:
            self._read_back.popitem(last=False)

    # Single records

    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Return a ledger, or None if it is not there (yet, or any more)."""
        return self._ledgers.get(sequence)

    def closed_at(self, sequence: int) -> int | None:
        """Return the close time of a ledger in unix seconds, or None if it is not remembered."""
        index = sequence - self._close_times_from
        return self._close_times[index] if 0 <= index < len(self._close_times) else None

    def transaction(self, hash: bytes) -> TransactionRecord | None:
        """Return a transaction by its hash, or by that of the fee bump it came in."""
        return self._by_hash.get(hash)

    def operations_of(self, record: TransactionRecord) -> tuple[OperationRecord, ...]:
        """Return the operations of a transaction, each with its result."""
        operations = self._read_back.get(record.id)
        if operations is None:
            operations = read_operations(record)
            self._remember(record.id, operations)
        return operations

    def mark_traded(self, base: Asset, counter: Asset) -> None:
        """Note that a pair traded before anything that is remembered."""
        self._trades.mark_traded(base, counter)

    def _transaction_at(self, id: int) -> TransactionRecord | None:
        ledger = self._ledgers.get(ledger_of(id))
        if ledger is None:
            return self._own.get(id)
        position = transaction_of(id)
        return ledger.transactions[position - 1] if 1 <= position <= len(ledger.transactions) else None
