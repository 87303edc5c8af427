"""What Horizon tells of the past: pages of ledgers, transactions, operations, effects and trades."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice, takewhile

from ...ledger.asset import Asset
from .effects import Effect, effects_of
from .participation import Participation
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .timeline import Timeline
from .toid import ledger_of, operation_of, toid, transaction_id_of
from .trade_log import TradeLog

__all__ = ["Pages"]


class Pages(ABC):
    """The ledgers from `elder` to `latest` and what is remembered of earlier ones; nothing of later ones.

    Pages are lists of at most `limit` records strictly beyond a cursor, in the direction asked for. Where a
    page is of one `account`, it can be of one liquidity pool as well, by its id.

    Parameters
    ----------
    participation : Participation
    trades : TradeLog

    Attributes
    ----------
    latest, elder : int
        The newest and the oldest ledger told of; 0 before the first.
    """

    def __init__(self, participation: Participation, trades: TradeLog) -> None:
        self.latest = 0
        self.elder = 0
        self._participation = participation
        self._trades = trades

    @abstractmethod
    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Return a ledger, or None if it is not there (yet, or any more)."""

    @abstractmethod
    def operations_of(self, record: TransactionRecord) -> tuple[OperationRecord, ...]:
        """Return the operations of a transaction, each with its result."""

    @abstractmethod
    def _transaction_at(self, id: int) -> TransactionRecord | None:
        """Return a transaction by its TOID."""

    def operation(self, id: int) -> OperationRecord | None:
        """Return an operation by its TOID."""
        record = self._transaction_at(transaction_id_of(id))
        operations = self.operations_of(record) if record is not None else ()
        position = operation_of(id)
        return operations[position - 1] if 1 <= position <= len(operations) else None

    def knows(self, account: str) -> bool:
        """Tell whether an account took part in anything that is remembered."""
        return self._participation.knows(account)

    def knows_asset(self, asset: Asset) -> bool:
        """Tell whether an asset ever traded, remembered or not."""
        return any(asset in pair for pair in self.traded_pairs())

    def traded_pairs(self) -> list[tuple[Asset, Asset]]:
        """Return the pairs that ever traded."""
        return self._trades.pairs()

    def ledgers(self, cursor: int, limit: int, ascending: bool) -> list[LedgerRecord]:
        """Return a page of ledgers."""
        if ascending:
            first = max(self.elder, ledger_of(cursor) + 1)
            sequences = range(first, min(first + limit, self.latest + 1))
        else:
            below = ledger_of(cursor - 1) if cursor > 0 else -1
            last = min(self.latest, below)
            sequences = range(last, max(last - limit, self.elder - 1), -1)
        return [record for sequence in sequences if (record := self.ledger(sequence)) is not None]

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
        end = toid(self.latest + 1)
        trades = self._trades.walk(
            cursor if ascending else min(cursor, (end, 0)),
            ascending,
            pair=pair,
            account=account,
            offer_id=offer_id,
            of_pools=of_pools,
        )
        return list(islice(takewhile(lambda trade: trade.operation_id < end, trades), limit))

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
        first, last = toid(self.elder) if of_all else 0, toid(self.latest + 1)
        if transaction is not None:
            first, last = transaction.id, min(last, transaction.id + (1 << 12))
        elif ledger is not None:
            first, last = toid(ledger), min(last, toid(ledger + 1))
        start = max(cursor, first - 1) if ascending else min(cursor, last)
        for id in line.walk(start, ascending):
            if not first <= id < last:
                return
            yield id
