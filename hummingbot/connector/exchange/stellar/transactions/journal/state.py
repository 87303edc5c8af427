"""What the journal says, added up: the orders that are not over, what is undecided, what is not told yet."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hummingbot.connector.exchange.stellar.horizon.trades import LAST, position_of
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from ..instructions import AccountOperation, Cancellation, Change, Instruction, Order, placements
from ..network_fees import NetworkFees
from ..order_events import Ended, Event, Filled, Opened
from ..own_order import OwnOrder, rest_of
from ..record import TransactionRecord, fee_shares
from ..sent import Sent
from .entries import (
    event_from_json,
    event_to_json,
    offer_from_json,
    offer_to_json,
    order_from_json,
    order_to_json,
    sent_from_json,
    sent_to_json,
)

__all__ = ["JournalState", "JournaledOrder"]


@dataclass(slots=True)
class JournaledOrder:
    """An order that was sent and is not over, or whose end has not been told.

    Parameters
    ----------
    order : Order
    exchange_order_id : str
        Empty until it is on the ledger.
    offer : OfferRecord or None
        What rests after the trade at the position `as_of`.
    fee_due : int
        Stroops of network fees not yet stated with a fill.
    base_amount, quote_amount : int
        Stroops filled.
    has_ended : bool
    is_told : bool
        Whether Hummingbot was told that it is on the ledger.
    told_base, told_quote : int
        Stroops of the fills that Hummingbot was told.
    told : dict of str to Filled
        Those fills by trade id, as far back as the journal still has them one by one.
    """

    order: Order
    exchange_order_id: str = ""
    offer: OfferRecord | None = None
    as_of: tuple[int, int] = (0, 0)
    fee_due: int = 0
    base_amount: int = 0
    quote_amount: int = 0
    has_ended: bool = False
    is_told: bool = False
    told_base: int = 0
    told_quote: int = 0
    told: dict[str, Filled] = field(default_factory=dict)

    def own(self) -> OwnOrder:
        """Return the order as it is watched on the ledger."""
        offer_id, _, toid = self.exchange_order_id.partition(":")
        return OwnOrder(
            self.order,
            int(offer_id),
            int(toid),
            self.offer,
            self.as_of,
            self.fee_due,
            self.base_amount,
            self.as_of,
        )

    def take(self, event: Event) -> None:
        """Follow what happened to it."""
        if isinstance(event, Opened):
            self.exchange_order_id, self.offer = event.exchange_order_id, event.offer
            self.as_of, self.fee_due = (int(event.exchange_order_id.partition(":")[2]), LAST), event.fee
        elif isinstance(event, Filled):
            self.fee_due = 0
            self.base_amount += event.base_amount
            self.quote_amount += event.quote_amount
            if self.offer is not None and not event.is_taker:
                sold = event.quote_amount if self.order.is_buy else event.base_amount
                self.offer, self.as_of = rest_of(self.offer, sold), position_of(event.trade_id)
        else:
            self.has_ended = True

    def hear(self, event: Event) -> None:
        """Note that Hummingbot was told."""
        if isinstance(event, Opened):
            self.is_told = True
        elif isinstance(event, Filled):
            self.told[event.trade_id] = event
            self.told_base += event.base_amount
            self.told_quote += event.quote_amount

    def to_json(self) -> dict[str, Any]:
        """Return it without its single fills."""
        return {
            "order": order_to_json(self.order),
            "as": self.exchange_order_id,
            "offer": offer_to_json(self.offer),
            "as_of": self.as_of,
            "fee_due": self.fee_due,
            "filled": [self.base_amount, self.quote_amount],
            "ended": self.has_ended,
            "told": [self.is_told, self.told_base, self.told_quote],
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "JournaledOrder":
        """Read what `to_json` wrote."""
        return cls(
            order_from_json(entry["order"]),
            entry["as"],
            offer_from_json(entry["offer"]),
            (entry["as_of"][0], entry["as_of"][1]),
            entry["fee_due"],
            entry["filled"][0],
            entry["filled"][1],
            entry["ended"],
            entry["told"][0],
            entry["told"][1],
            entry["told"][2],
        )


class JournalState:
    """Follows the journal record by record.

    Attributes
    ----------
    orders : dict of str to JournaledOrder
        By client order id.
    undecided : dict of str to (Sent, list of Instruction)
        Transactions without a verdict, by hash, as they were sent.
    untold : deque of list of Event
        What happened, not confirmed as told to Hummingbot; oldest first.
    fees : NetworkFees
    position : str
        Cursor up to which the account's trades have been taken; empty if there is none.
    last_seen : tuple of int and str
        Number and hash of the last ledger that a transaction was made after.
    """

    def __init__(self) -> None:
        self.orders: dict[str, JournaledOrder] = {}
        self.undecided: dict[str, tuple[Sent, list[Instruction]]] = {}
        self.untold: deque[list[Event]] = deque()
        self.fees = NetworkFees()
        self.position = ""
        self.last_seen = (0, "")

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open, undecided or untold."""
        return not (self.orders or self.undecided or self.untold)

    def in_doubt(self, but: str = "") -> dict[int, int]:
        """Return the offers that an undecided transaction may have made another order's.

        Each has the last ledger in which it surely was still the earlier order's; whose a later trade of it
        is, is known once the transaction's fate is.

        Parameters
        ----------
        but : str
            Hash of a transaction whose fate is known.
        """
        return {
            entry.cancellation.operation.offer_id: sent.ledger
            for name, (sent, instructions) in self.undecided.items()
            if name != but
            for entry in instructions
            if isinstance(entry, Change)
        }

    def sent(self, sent: Sent, instructions: Sequence[Instruction], ledger_hash: str) -> None:
        """Take a transaction that is about to be sent."""
        self.undecided[sent.name] = sent, list(instructions)
        self.last_seen = sent.ledger, ledger_hash
        for entry in placements(instructions):
            self.orders.setdefault(entry.client_order_id, JournaledOrder(entry.order))

    def bumped(self, sent: Sent) -> None:
        """Take that a transaction is about to be sent in a fee bump."""
        _, instructions = self.undecided[sent.name]
        self.undecided[sent.name] = sent, instructions

    def decided(
        self, name: str, record: TransactionRecord | None, events: Sequence[Event], position: str
    ) -> None:
        """Take a transaction's fate; `record` is None if it never came to the ledger."""
        _, instructions = self.undecided.pop(name, (None, []))
        if record is not None:
            self._charge(record, instructions, events)
        self.happened(events, position)
        left = [entry for _, entries in self.undecided.values() for entry in entries]
        placing = {entry.client_order_id for entry in placements(left)}
        for entry in placements(instructions):
            order = self.orders.get(entry.client_order_id)
            is_over = order is not None and not order.exchange_order_id and not order.has_ended
            if is_over and entry.client_order_id not in placing:
                del self.orders[entry.client_order_id]

    def happened(self, events: Sequence[Event], position: str) -> None:
        """Take what became of orders, before it is told."""
        self.position = position or self.position
        if not events:
            return
        self.untold.append(list(events))
        for event in events:
            order = self.orders.get(event.client_order_id)
            if isinstance(event, Filled):
                self.fees.stated += event.fee
                if event.fee and (order is None or order.has_ended):
                    self.fees.unfilled -= event.fee
            elif isinstance(event, Ended) and order is not None:
                self.fees.unfilled += order.fee_due
            if order is not None:
                order.take(event)

    def told(self) -> None:
        """Note that the oldest of what was not told has been."""
        for event in self.untold.popleft() if self.untold else ():
            order = self.orders.get(event.client_order_id)
            if order is not None:
                order.hear(event)
                if isinstance(event, Ended):
                    del self.orders[event.client_order_id]

    def _charge(
        self, record: TransactionRecord, instructions: Sequence[Instruction], events: Sequence[Event]
    ) -> None:
        fee = record.result.fee_charged
        self.fees.charged += fee
        if not record.is_successful:
            self.fees.failed += fee
            return
        shares = fee_shares(fee, len(instructions)) if instructions else [fee]
        cancels = others = 0
        for share, entry in zip(shares, instructions, strict=False):
            cancels += share if isinstance(entry, Cancellation) else 0
            others += share if isinstance(entry, AccountOperation) else 0
        self.fees.cancels += cancels
        self.fees.others += others
        self.fees.unfilled += (
            fee - cancels - others - sum(event.fee for event in events if isinstance(event, Opened))
        )

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return {
            "orders": [order.to_json() for order in self.orders.values()],
            "undecided": [sent_to_json(*entry) for entry in self.undecided.values()],
            "untold": [[event_to_json(event) for event in events] for events in self.untold],
            "fees": asdict(self.fees),
            "position": self.position,
            "last_seen": self.last_seen,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "JournalState":
        """Read what `to_json` wrote."""
        state = cls()
        for described in entry["orders"]:
            order = JournaledOrder.from_json(described)
            state.orders[order.order.client_order_id] = order
        for described in entry["undecided"]:
            sent, instructions = sent_from_json(described)
            state.undecided[sent.name] = sent, instructions
        state.untold.extend([event_from_json(event) for event in events] for events in entry["untold"])
        state.fees = NetworkFees(**entry["fees"])
        state.position = entry["position"]
        state.last_seen = entry["last_seen"][0], entry["last_seen"][1]
        return state
