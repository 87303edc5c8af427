"""A history as it was some ledgers ago, read from the whole one."""

from ...ledger.asset import Asset
from .effects import Effect
from .history import History
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .toid import ledger_of, toid

__all__ = ["TrailingHistory"]


class TrailingHistory(History):
    """What `whole` told when `latest` was its newest ledger; only its aggregated trades are those of now.

    Parameters
    ----------
    whole : History

    Attributes
    ----------
    latest : int
        The newest ledger to be seen; `advance` moves it on.
    """

    def __init__(self, whole: History) -> None:
        super().__init__(whole.retention)
        self._whole = whole
        self.residents = whole.residents
        self.aggregation = whole.aggregation
        self.advance(whole.latest)

    def advance(self, latest: int) -> None:
        """See the ledgers up to one."""
        self.latest = latest
        self.elder = min(self._whole.elder, latest)

    def _past(self, id: int) -> bool:
        return ledger_of(id) <= self.latest

    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Return a ledger, or None if it is not there (yet, or any more)."""
        return self._whole.ledger(sequence) if sequence <= self.latest else None

    def closed_at(self, sequence: int) -> int | None:
        """Return the close time of a ledger in unix seconds, or None if it is not remembered."""
        return self._whole.closed_at(sequence) if sequence <= self.latest else None

    def transaction(self, hash: bytes) -> TransactionRecord | None:
        """Return a transaction by its hash, or by that of the fee bump it came in."""
        record = self._whole.transaction(hash)
        return record if record is not None and self._past(record.id) else None

    def operation(self, id: int) -> OperationRecord | None:
        """Return an operation by its TOID."""
        return self._whole.operation(id) if self._past(id) else None

    def operations_of(self, record: TransactionRecord) -> tuple[OperationRecord, ...]:
        """Return the operations of a transaction, each with its result."""
        return self._whole.operations_of(record)

    def knows(self, account: str) -> bool:
        """Tell whether an account took part in anything that is remembered."""
        return self._whole.knows(account) and bool(
            self.operations(0, 1, True, account=account, include_failed=True)
            or self.effects((0, 0), 1, True, account=account)
        )

    def knows_asset(self, asset: Asset) -> bool:
        """Tell whether an asset ever traded, remembered or not."""
        return any(asset in pair for pair in self.traded_pairs())

    def traded_pairs(self) -> list[tuple[Asset, Asset]]:
        """Return the pairs that ever traded."""
        firsts = (
            (pair, self._whole.trades((0, 0), 1, True, pair=pair)) for pair in self._whole.traded_pairs()
        )
        return [pair for pair, first in firsts if not first or self._past(first[0].operation_id)]

    def ledgers(self, cursor: int, limit: int, ascending: bool) -> list[LedgerRecord]:
        """Return a page of ledgers."""
        page = self._whole.ledgers(self._from(cursor, ascending), limit, ascending)
        return [record for record in page if record.sequence <= self.latest]

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
        page = self._whole.transactions(
            self._from(cursor, ascending),
            limit,
            ascending,
            account=account,
            ledger=ledger,
            include_failed=include_failed,
        )
        return [record for record in page if self._past(record.id)]

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
        page = self._whole.operations(
            self._from(cursor, ascending),
            limit,
            ascending,
            account=account,
            ledger=ledger,
            transaction=transaction,
            include_failed=include_failed,
            payments_only=payments_only,
        )
        return [record for record in page if self._past(record.id)]

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
        start = (self._from(cursor[0], ascending), cursor[1])
        page = self._whole.effects(
            start,
            limit,
            ascending,
            account=account,
            ledger=ledger,
            transaction=transaction,
            operation=operation,
        )
        return [effect for effect in page if self._past(effect.key[0])]

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
        """Return a page of trades; `pair` is (base, counter) and orients them."""
        start = (self._from(cursor[0], ascending), cursor[1])
        page = self._whole.trades(
            start, limit, ascending, pair=pair, account=account, offer_id=offer_id, of_pools=of_pools
        )
        return [trade for trade in page if self._past(trade.operation_id)]

    def _from(self, cursor: int, ascending: bool) -> int:
        return cursor if ascending else min(cursor, toid(self.latest + 1))
