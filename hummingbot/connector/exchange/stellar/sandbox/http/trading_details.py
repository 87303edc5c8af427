"""What is particular to payments, trustlines, offers and pools, as Horizon shows these operations."""

from typing import Any

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from ...ledger.price import format_price
from ..history import OperationRecord
from ..history.effects import asset_fields
from ..history.muxed import muxed_fields
from ..history.pools import reserves

__all__ = ["trading_details"]


def trading_details(record: OperationRecord) -> dict[str, Any]:
    """Return the fields of an operation of this family that other kinds do not have; none of another."""
    source, source_id = record.source, record.source_id
    match operation := record.operation:
        case CreateAccount():
            return {
                "starting_balance": format_stroops(operation.starting_balance),
                "funder": source,
                **muxed_fields("funder", source, source_id),
                "account": operation.destination,
            }
        case Payment():
            return {
                **asset_fields(operation.asset),
                "from": source,
                **muxed_fields("from", source, source_id),
                "to": operation.destination,
                **muxed_fields("to", operation.destination, operation.destination_id),
                "amount": format_stroops(operation.amount),
            }
        case ChangeTrust():
            return {
                **asset_fields(operation.asset),
                "limit": format_stroops(operation.limit),
                **({"trustee": operation.asset.issuer} if isinstance(operation.asset, Asset) else {}),
                "trustor": source,
                **muxed_fields("trustor", source, source_id),
            }
        case ManageBuyOffer():
            offer = _offer(
                operation.buy_amount,
                operation.price_n,
                operation.price_d,
                operation.buying,
                operation.selling,
            )
            return {**offer, "offer_id": str(operation.offer_id)}
        case ManageSellOffer() | CreatePassiveSellOffer():
            offer = _offer(
                operation.amount, operation.price_n, operation.price_d, operation.buying, operation.selling
            )
            if isinstance(operation, ManageSellOffer):
                offer["offer_id"] = str(operation.offer_id)
            return offer
        case PathPaymentStrictReceive() | PathPaymentStrictSend():
            return _path_payment(record, operation)
        case LiquidityPoolDeposit():
            return _deposit(record, operation)
        case LiquidityPoolWithdraw():
            return _withdrawal(record, operation)
        case _:
            return {}


def _path_payment(
    record: OperationRecord, operation: PathPaymentStrictReceive | PathPaymentStrictSend
) -> dict[str, Any]:
    """Show a path payment; what its path made of the amount is 0 if its transaction failed."""
    result = record.result if record.transaction.successful else None
    if isinstance(operation, PathPaymentStrictSend):
        delivered = result.delivery.amount if result is not None and result.delivery is not None else 0
        sent, bound = operation.send_amount, {"destination_min": format_stroops(operation.dest_min)}
    else:
        delivered, sent = operation.dest_amount, result.amount_sent if result is not None else 0
        bound = {"source_max": format_stroops(operation.send_max)}
    return {
        **asset_fields(operation.dest_asset),
        "from": record.source,
        **muxed_fields("from", record.source, record.source_id),
        "to": operation.destination,
        **muxed_fields("to", operation.destination, operation.destination_id),
        "amount": format_stroops(delivered),
        "path": [asset_fields(asset) for asset in operation.path],
        "source_amount": format_stroops(sent),
        **bound,
        **asset_fields(operation.send_asset, "source_"),
    }


def _deposit(record: OperationRecord, operation: LiquidityPoolDeposit) -> dict[str, Any]:
    change = next(iter(record.pools), None)
    pool, gained = (change.pool, change.gained) if change is not None else (None, (0, 0, 0))
    min_n, min_d = operation.min_price_n, operation.min_price_d
    max_n, max_d = operation.max_price_n, operation.max_price_d
    return {
        "liquidity_pool_id": operation.pool_id,
        "reserves_max": reserves(pool, operation.max_amount_a, operation.max_amount_b),
        "min_price": format_price(min_n, min_d),
        "min_price_r": {"n": min_n, "d": min_d},
        "max_price": format_price(max_n, max_d),
        "max_price_r": {"n": max_n, "d": max_d},
        "reserves_deposited": reserves(pool, gained[0], gained[1]),
        "shares_received": format_stroops(gained[2]),
    }


def _withdrawal(record: OperationRecord, operation: LiquidityPoolWithdraw) -> dict[str, Any]:
    change = next(iter(record.pools), None)
    pool, gained = (change.pool, change.gained) if change is not None else (None, (0, 0, 0))
    return {
        "liquidity_pool_id": operation.pool_id,
        "reserves_min": reserves(pool, operation.min_amount_a, operation.min_amount_b),
        "shares": format_stroops(operation.amount),
        "reserves_received": reserves(pool, -gained[0], -gained[1]),
    }


def _offer(amount: int, n: int, d: int, buying: Asset, selling: Asset) -> dict[str, Any]:
    return {
        "amount": format_stroops(amount),
        "price": format_price(n, d),
        "price_r": {"n": n, "d": d},
        **asset_fields(buying, "buying_"),
        **asset_fields(selling, "selling_"),
    }
