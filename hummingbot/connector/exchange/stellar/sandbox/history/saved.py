"""A history as JSON can hold it, and back."""

from base64 import b64decode, b64encode
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from ...ledger.asset import Asset
from ..entries import Pool
from .history import History
from .records import LedgerRecord, Outcome, PoolChange, TradeRecord, TransactionRecord
from .retention import Retention

__all__ = ["LEDGERS_SAVED", "history_from_dict", "history_to_dict"]

LEDGERS_SAVED: Final = 2_000
"""The newest ledgers that a snapshot holds: enough for a client to catch up after a restart."""

LEDGER_NUMBERS: Final = tuple(
    field.name for field in fields(LedgerRecord) if field.type is int and field.name != "sequence"
)
TRADE_FIELDS: Final = tuple(field.name for field in fields(TradeRecord))


def history_to_dict(history: History) -> dict[str, Any]:
    """Write the newest ledgers and what was in them, what is older of users, and all aggregations."""
    first = max(history.elder, history.latest - LEDGERS_SAVED + 1)
    ledgers = [history.ledger(sequence) for sequence in range(first, history.latest + 1)]
    transactions, trades = history.own_before(first)
    return {
        "residents": sorted(history.residents),
        "older_transactions": [_transaction_to_dict(record) for record in transactions],
        "older_trades": [_trade_to_list(trade) for trade in trades],
        "ledgers": [_ledger_to_dict(ledger) for ledger in ledgers if ledger is not None],
        "traded": [[str(base), str(counter)] for base, counter in history.traded_pairs()],
        "aggregations": history.aggregation.to_dict(),
    }


def history_from_dict(saved: dict[str, Any], retention: Retention | None = None) -> History:
    """Read `history_to_dict` back."""
    history = History(retention)
    history.residents = set(saved["residents"])
    history.restore_own(
        [_transaction_from_dict(entry) for entry in saved["older_transactions"]],
        [_trade_from_list(flat) for flat in saved["older_trades"]],
    )
    for ledger in saved["ledgers"]:
        history.restore(_ledger_from_dict(ledger))
    for base, counter in saved["traded"]:
        history.mark_traded(Asset.parse(base), Asset.parse(counter))
    history.aggregation.restore(saved["aggregations"])
    return history


def _ledger_to_dict(ledger: LedgerRecord) -> dict[str, Any]:
    return {
        "sequence": ledger.sequence,
        "hash": ledger.hash.hex(),
        "previous_hash": ledger.previous_hash.hex(),
        "numbers": {name: getattr(ledger, name) for name in LEDGER_NUMBERS},
        "transactions": [_transaction_to_dict(record) for record in ledger.transactions],
        "trades": [_trade_to_list(trade) for trade in ledger.trades],
    }


def _ledger_from_dict(saved: dict[str, Any]) -> LedgerRecord:
    transactions = tuple(_transaction_from_dict(entry) for entry in saved["transactions"])
    trades = tuple(_trade_from_list(flat) for flat in saved["trades"])
    return LedgerRecord(
        sequence=saved["sequence"],
        hash=bytes.fromhex(saved["hash"]),
        previous_hash=bytes.fromhex(saved["previous_hash"]),
        **saved["numbers"],
        transactions=transactions,
        trades=trades,
    )


def _transaction_to_dict(record: TransactionRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "hash": record.hash.hex(),
        "closed_at": record.closed_at,
        "source": record.source,
        "successful": record.successful,
        "operation_count": record.operation_count,
        "fee_charged": record.fee_charged,
        "max_fee": record.max_fee,
        "envelope_xdr": b64encode(record.envelope_xdr).decode(),
        "result_xdr": b64encode(record.result_xdr).decode(),
        "trustlines": record.trustlines,
        "pools": [
            (
                change.operation,
                change.before and change.before.to_dict(),
                change.after and change.after.to_dict(),
            )
            for change in record.pools
        ],
        "outcomes": [(one.operation, one.effects, one.sponsor, one.balances) for one in record.outcomes],
        "fee_account": record.fee_account,
        "inner_hash": record.inner_hash.hex(),
    }


def _transaction_from_dict(saved: dict[str, Any]) -> TransactionRecord:
    return TransactionRecord(
        **{
            **saved,
            "hash": bytes.fromhex(saved["hash"]),
            "inner_hash": bytes.fromhex(saved.get("inner_hash", "")),
            "envelope_xdr": b64decode(saved["envelope_xdr"]),
            "result_xdr": b64decode(saved["result_xdr"]),
            "trustlines": tuple((position, outcome) for position, outcome in saved["trustlines"]),
            "pools": tuple(
                PoolChange(position, before and Pool.from_dict(before), after and Pool.from_dict(after))
                for position, before, after in saved.get("pools", ())
            ),
            "outcomes": tuple(
                Outcome(position, tuple(map(tuple, effects)), sponsor, tuple(balances))
                for position, effects, sponsor, balances in saved.get("outcomes", ())
            ),
        }
    )


def _trade_to_list(trade: TradeRecord) -> list[Any]:
    values = attrgetter(*TRADE_FIELDS)(trade)
    return [str(value) if isinstance(value, Asset) else value for value in values]


def _trade_from_list(flat: list[Any]) -> TradeRecord:
    values = dict(zip(TRADE_FIELDS, flat, strict=False))
    values["base"], values["counter"] = Asset.parse(values["base"]), Asset.parse(values["counter"])
    return TradeRecord(**values)
