"""A history as it was some ledgers ago, read from the whole one."""

from ...ledger.asset import Asset
from .history import History
from .records import LedgerRecord, OperationRecord, TransactionRecord
from .toid import ledger_of

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
        self._participation, self._trades = whole._participation, whole._trades
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

    def operations_of(self, record: TransactionRecord) -> tuple[OperationRecord, ...]:
        """Return the operations of a transaction, each with its result."""
        return self._whole.operations_of(record)

    def knows(self, account: str) -> bool:
        """Tell whether an account took part in anything that is remembered."""
        return self._whole.knows(account) and bool(
            self.operations(0, 1, True, account=account, include_failed=True)
            or self.effects((0, 0), 1, True, account=account)
        )

    def traded_pairs(self) -> list[tuple[Asset, Asset]]:
        """Return the pairs that ever traded."""
        firsts = (
            (pair, self._whole.trades((0, 0), 1, True, pair=pair)) for pair in self._whole.traded_pairs()
        )
        return [pair for pair, first in firsts if not first or self._past(first[0].operation_id)]

    def _transaction_at(self, id: int) -> TransactionRecord | None:
        return self._whole._transaction_at(id) if self._past(id) else None
