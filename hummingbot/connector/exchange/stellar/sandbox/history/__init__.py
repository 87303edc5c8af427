"""What the network did, as Horizon tells it: ledgers, transactions, operations, effects and trades."""

from .aggregation import Bucket, TradeAggregation
from .effects import Effect
from .history import History
from .records import LedgerRecord, OperationRecord, TradeRecord, TransactionRecord
from .retention import Retention
from .saved import history_from_dict, history_to_dict
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
    "history_from_dict",
    "history_to_dict",
    "ledger_of",
    "toid",
]
