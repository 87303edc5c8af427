"""Orders, instructions and events as the journal's JSON, and back."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isnan
from typing import Any, Final

from hummingbot.connector.exchange.stellar.ledger.account_operations import AccountMerge
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord, TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope

from ..instructions import AccountOperation, Cancellation, Change, Instruction, Order, Placement
from ..offers import deletion, unchanged
from ..order_events import Ended, Ending, Event, Filled, Opened
from ..record import TransactionRecord
from ..sent import Sent

__all__ = [
    "bump_to_json",
    "event_from_json",
    "event_to_json",
    "offer_from_json",
    "offer_to_json",
    "order_from_json",
    "order_to_json",
    "record_from_json",
    "record_to_json",
    "sent_from_json",
    "sent_to_json",
    "with_bump",
]

Json = Mapping[str, Any]
PLACING: Final = (
    ManageSellOffer,
    ManageBuyOffer,
    CreatePassiveSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
"""Operations that place orders."""
ON_ACCOUNT: Final = (ChangeTrust, LiquidityPoolDeposit, LiquidityPoolWithdraw, CreateAccount, AccountMerge)
"""Operations that are no orders."""
PASSIVE: Final = "LIMIT_MAKER"
"""The kind of order that is sent as a passive offer."""
SIDES: Final = {True: "buy", False: "sell"}


def sent_to_json(sent: Sent, instructions: Sequence[Instruction]) -> dict[str, Any]:
    """Return a transaction, and for each of its operations the orders that it places and cancels, if any."""
    return {
        "hash": sent.name,
        "source": sent.source,
        "sequence": sent.sequence,
        "max_time": sent.max_time,
        "ledger": sent.ledger,
        "envelope": b64encode(sent.signed.envelope_xdr).decode(),
        **bump_to_json(sent),
        "operations": [_described(entry) for entry in instructions],
    }


def sent_from_json(entry: Json) -> tuple[Sent, list[Instruction]]:
    """Read what `sent_to_json` wrote.

    Raises
    ------
    ValueError
        If its envelope holds other operations than it says.
    """
    envelope = b64decode(entry["envelope"], validate=True)
    signed = SignedTransaction(envelope, bytes.fromhex(entry["hash"]))
    transaction = decode_envelope(envelope).tx
    bid = transaction.fee // len(transaction.operations)
    sent = Sent(signed, transaction.source, entry["sequence"], entry["max_time"], entry["ledger"], bid)
    if "bump" in entry:
        sent = with_bump(sent, entry)
    instructions: list[Instruction] = []
    for described, operation in zip(entry["operations"], transaction.operations, strict=True):
        if "change" in described and isinstance(operation, ManageSellOffer | ManageBuyOffer):
            instructions.append(_change(described["change"], operation))
        elif "place" in described and isinstance(operation, PLACING):
            instructions.append(Placement(order_from_json(described["place"]), operation))
        elif "account" in described and isinstance(operation, ON_ACCOUNT):
            instructions.append(AccountOperation(operation))
        elif "cancel" in described and isinstance(operation, ManageSellOffer):
            instructions.append(Cancellation(described["cancel"], operation))
        else:
            raise ValueError(f"transaction {entry['hash']} holds another operation than {described}")
    return sent, instructions


def bump_to_json(sent: Sent) -> dict[str, Any]:
    """Return the fee bump that a transaction was last put into, if any."""
    return {} if sent.bump is None else {"bump": b64encode(sent.bump).decode()}


def with_bump(sent: Sent, entry: Json) -> Sent:
    """Read what `bump_to_json` wrote of a transaction.

    Raises
    ------
    ValueError
        If it is no fee bump.
    """
    bump = b64decode(entry["bump"], validate=True)
    envelope = decode_envelope(bump)
    if envelope.fee_bump is None:
        raise ValueError(f"transaction {sent.name} was put into something else than a fee bump")
    return replace(sent, bid=envelope.fee // envelope.fee_units, bump=bump)


def _change(described: Json, operation: ManageSellOffer | ManageBuyOffer) -> Change:
    order = order_from_json(described["place"])
    gone = deletion(operation.selling, operation.buying, operation.offer_id)
    made = unchanged(operation, order.kind == PASSIVE)
    return Change(Cancellation(described["cancel"], gone), Placement(order, made))


def _described(entry: Instruction) -> dict[str, Any]:
    if isinstance(entry, Change):
        order = order_to_json(entry.placement.order)
        return {"change": {"cancel": entry.cancellation.client_order_id, "place": order}}
    if isinstance(entry, Placement):
        return {"place": order_to_json(entry.order)}
    if isinstance(entry, Cancellation):
        return {"cancel": entry.client_order_id}
    return {"account": type(entry.operation).__name__}


def record_to_json(record: TransactionRecord) -> dict[str, Any]:
    """Return where a transaction is on the ledger and what it cost; its operations' results are not kept."""
    return {
        "hash": record.hash,
        "toid": record.toid,
        "ledger": record.ledger,
        "close_time": record.close_time,
        "fee": record.result.fee_charged,
        "result": record.result.code,
    }


def record_from_json(entry: Json) -> TransactionRecord:
    """Read what `record_to_json` wrote."""
    result = TransactionResult(entry["fee"], entry["result"])
    return TransactionRecord(entry["hash"], entry["toid"], entry["ledger"], entry["close_time"], result)


def order_to_json(order: Order) -> dict[str, Any]:
    """Return an order."""
    return {
        "id": order.client_order_id,
        "pair": order.trading_pair,
        "base": str(order.base),
        "quote": str(order.quote),
        "side": SIDES[order.is_buy],
        "amount": order.amount,
        "kind": order.kind,
        "price": str(order.price),
        "created_at": 0.0 if isnan(order.created_at) else order.created_at,
    }


def order_from_json(entry: Json) -> Order:
    """Read what `order_to_json` wrote."""
    return Order(
        entry["id"],
        entry["pair"],
        Asset.parse(entry["base"]),
        Asset.parse(entry["quote"]),
        entry["side"] == SIDES[True],
        entry["amount"],
        entry["kind"],
        Decimal(entry["price"]),
        entry["created_at"],
    )


def offer_to_json(offer: OfferRecord | None) -> dict[str, Any] | None:
    """Return an offer at rest."""
    if offer is None:
        return None
    return {
        "seller": offer.seller,
        "id": offer.offer_id,
        "selling": str(offer.selling),
        "buying": str(offer.buying),
        "amount": offer.amount,
        "price": [offer.price_n, offer.price_d],
        "passive": offer.passive,
    }


def offer_from_json(entry: Json | None) -> OfferRecord | None:
    """Read what `offer_to_json` wrote."""
    if entry is None:
        return None
    return OfferRecord(
        entry["seller"],
        entry["id"],
        Asset.parse(entry["selling"]),
        Asset.parse(entry["buying"]),
        entry["amount"],
        entry["price"][0],
        entry["price"][1],
        entry["passive"],
    )


def event_to_json(event: Event) -> dict[str, Any]:
    """Return an event; that an offer is missing is no fact that lasts, and not kept."""
    if isinstance(event, Opened):
        return {
            "opened": event.client_order_id,
            "as": event.exchange_order_id,
            "offer": offer_to_json(event.offer),
            "fee": event.fee,
        }
    if isinstance(event, Filled):
        return {
            "filled": event.client_order_id,
            "as": event.exchange_order_id,
            "trade": event.trade_id,
            "base": event.base_amount,
            "quote": event.quote_amount,
            "taker": event.is_taker,
            "fee": event.fee,
            "ledger": event.ledger,
            "close_time": event.close_time,
        }
    if isinstance(event, Ended):
        return {"ended": event.client_order_id, "by": event.ending.value, "reason": event.reason}
    raise ValueError(f"{event} is not kept")


def event_from_json(entry: Json) -> Event:
    """Read what `event_to_json` wrote."""
    if "opened" in entry:
        return Opened(entry["opened"], entry["as"], offer_from_json(entry["offer"]), entry["fee"])
    if "filled" in entry:
        return Filled(
            entry["filled"],
            entry["as"],
            entry["trade"],
            entry["base"],
            entry["quote"],
            entry["taker"],
            entry["fee"],
            entry["ledger"],
            entry["close_time"],
        )
    return Ended(entry["ended"], Ending(entry["by"]), entry["reason"])
