"""The history of a network: fed with closed ledgers, asked for pages, bounded in what it keeps."""

from array import array
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import Final

from ...ledger.asset import Asset
from ..closed import ClosedLedger
from .aggregation import TradeAggregation
from .derivation import ledger_record, operations_of, read_operations
from .effects import Effect, effects_of
from .participation import Participation
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .retention import OwnTransactions, Retention
from .timeline import Timeline
from .toid import ledger_of, operation_of, toid, transaction_id_of, transaction_of
from .trade_log import TradeLog

__all__ = ["History"]

READ_BACK_KEPT: Final = 512
SWEEP_EVERY: Final = 64


class History:
    """Everything Horizon tells about the past.

    Pages are lists of at most `limit` records strictly beyond a cursor, in the direction asked for. Where a
    page is of one `account`, it can be of one liquidity pool as well, by its id.

    Parameters
    ----------
    retention : Retention

    Attributes
    ----------
    residents : set of str
        The market's accounts, whose part of the history is forgotten first.
    aggregation : TradeAggregation
    latest, elder : int
        The newest and the oldest ledger kept; 0 before the first.
    """

    def __init__(self, retention: Retention | None = None) -> None:
        self.retention = retention or Retention()
        self.residents: set[str] = set()
        self.aggregation = TradeAggregation()
        self.latest = 0
        self.elder = 0
        self._ledgers: dict[int, LedgerRecord] = {}
        self._close_times = array("q")
        self._close_times_from = 0
        self._by_hash: dict[bytes, TransactionRecord] = {}
        self._own = OwnTransactions()
        self._xdr_bytes = 0
        self._participation = Participation()
        self._trades = TradeLog()
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

    def operation(self, id: int) -> OperationRecord | None:
        """Return an operation by its TOID."""
        record = self._transaction_at(transaction_id_of(id))
        operations = self.operations_of(record) if record is not None else ()
        position = operation_of(id)
        return operations[position - 1] if 1 <= position <= len(operations) else None

    def operations_of(self, record: TransactionRecord) -> tuple[OperationRecord, ...]:
        """Return the operations of a transaction, each with its result."""
        operations = self._read_back.get(record.id)
        if operations is None:
            operations = read_operations(record)
            self._remember(record.id, operations)
        return operations

    def knows(self, account: str) -> bool:
        """Tell whether an account took part in anything that is remembered."""
        return self._participation.knows(account)

    def knows_asset(self, asset: Asset) -> bool:
        """Tell whether an asset ever traded, remembered or not."""
        return any(asset in pair for pair in self.traded_pairs())

    def mark_traded(self, base: Asset, counter: Asset) -> None:
        """Note that a pair traded before anything that is remembered."""
        self._trades.mark_traded(base, counter)

    def traded_pairs(self) -> list[tuple[Asset, Asset]]:
        """Return the pairs that ever traded."""
        return self._trades.pairs()

    def _transaction_at(self, id: int) -> TransactionRecord | None:
        ledger = self._ledgers.get(ledger_of(id))
        if ledger is None:
            return self._own.get(id)
        position = transaction_of(id)
        return ledger.transactions[position - 1] if 1 <= position <= len(ledger.transactions) else None

    # Pages

    def ledgers(self, cursor: int, limit: int, ascending: bool) -> list[LedgerRecord]:
        """Return a page of ledgers."""
        if ascending:
            first = max(self.elder, ledger_of(cursor) + 1)
            sequences = range(first, min(first + limit, self.latest + 1))
        else:
            below = ledger_of(cursor - 1) if cursor > 0 else -1
            last = min(self.latest, below)
            sequences = range(last, max(last - limit, self.elder - 1), -1)
        return [self._ledgers[sequence] for sequence in sequences]

    def transactions(
        self,
        cursor: int,
        limit: int,
        ascending: bool,
        *,
        account: str | None = None,
        ledger: int | None = None,
        include_failed: bool = False,
    ) -> list[TransactionRecord]:
        """Return a page of transactions, of all or of one account or ledger."""
        found = (
            record
            for id in self._walk(
                self._participation.transactions(account), cursor, ascending, ledger, of_all=account is None
            )
            if (record := self._transaction_at(id)) is not None and (record.successful or include_failed)
        )
        return list(islice(found, limit))

    def operations(
        self,
        cursor: int,
        limit: int,
        ascending: bool,
        *,
        account: str | None = None,
        ledger: int | None = None,
        transaction: TransactionRecord | None = None,
        include_failed: bool = False,
        payments_only: bool = False,
    ) -> list[OperationRecord]:
        """Return a page of operations, of all or of one account, ledger or transaction."""
        line = (
            self._participation.payments(account)
            if payments_only
            else self._participation.operations(account)
        )
        found = (
            record
            for id in self._walk(line, cursor, ascending, ledger, transaction, of_all=account is None)
            if (record := self.operation(id)) is not None
            and (record.transaction.successful or include_failed)
        )
        return list(islice(found, limit))

    def effects(
        self,
        cursor: tuple[int, int],
        limit: int,
        ascending: bool,
        *,
        account: str | None = None,
        ledger: int | None = None,
        transaction: TransactionRecord | None = None,
        operation: int | None = None,
    ) -> list[Effect]:
        """Return a page of effects, of all or of one account, ledger, transaction or operation."""
        line = self._participation.effects(account)
        start = cursor[0] - 1 if ascending else min(cursor[0], (1 << 62) - 1) + 1
        ids: Iterator[int] = self._walk(line, start, ascending, ledger, transaction, of_all=account is None)
        if operation is not None:
            ids = iter((operation,))
        if account is not None and self._participation.is_pool(account):
            account, ids = None, islice(ids, limit)  # as Horizon, which looks at so many operations only
        return list(islice(self._effects_in(ids, cursor, ascending, account), limit))

    def _effects_in(
        self, ids: Iterator[int], cursor: tuple[int, int], ascending: bool, account: str | None
    ) -> Iterator[Effect]:
        for id in ids:
            record = self.operation(id)
            if record is None:
                continue
            effects = effects_of(record)
            for effect in effects if ascending else reversed(effects):
                beyond = effect.key > cursor if ascending else effect.key < cursor
                if beyond and (account is None or effect.account == account):
                    yield effect

    def trades(
        self,
        cursor: tuple[int, int],
        limit: int,
        ascending: bool,
        *,
        pair: tuple[Asset, Asset] | None = None,
        account: str | None = None,
        offer_id: int | None = None,
        of_pools: bool | None = None,
    ) -> list[TradeRecord]:
        """Return a page of trades; `pair` is (base, counter) and orients them.

        `of_pools` tells whether only trades with pools, or only those with offers, are wanted.
        """
        trades = self._trades.walk(
            cursor, ascending, pair=pair, account=account, offer_id=offer_id, of_pools=of_pools
        )
        return list(islice(trades, limit))

    def _walk(
        self,
        line: Timeline,
        cursor: int,
        ascending: bool,
        ledger: int | None = None,
        transaction: TransactionRecord | None = None,
        *,
        of_all: bool,
    ) -> Iterator[int]:
        """Yield the ids of a timeline beyond the cursor, within a ledger or transaction if one is given."""
        first, last = toid(self.elder) if of_all else 0, 1 << 62
        if transaction is not None:
            first, last = transaction.id, transaction.id + (1 << 12)
        elif ledger is not None:
            first, last = toid(ledger), toid(ledger + 1)
        start = max(cursor, first - 1) if ascending else min(cursor, last)
        for id in line.walk(start, ascending):
            if not first <= id < last:
                return
            yield id
