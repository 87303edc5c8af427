"""What the network did, as Horizon tells it: ledgers, transactions, operations, effects and trades, newest kept."""

from .aggregation import Bucket, TradeAggregation
from .effects import Effect
from .history import History, Retention
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .toid import ledger_of, toid

__all__ = [
    "Bucket",
    "Effect",
    "History",
    "LedgerRecord",
    "OperationRecord",
    "Retention",
    "TradeAggregation",
    "TradeRecord",
    "TransactionRecord",
    "ledger_of",
    "toid",
]
