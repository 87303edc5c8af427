"""Takes up the orders of earlier runs in Hummingbot's tracker: what the journal knows, and what it had told.

Three memories may disagree after a crash: the ledger is right about what happened, the journal knows which
orders may be on it, and Hummingbot's saved states and trade records show what it has heard. An order is made
again as Hummingbot last heard of it; the difference to the ledger is then told.
"""

from collections.abc import Mapping, Set
from typing import Any

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState

from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops

from .journal.state import JournaledOrder, JournalState
from .order_events import Filled
from .order_reports import OrderReports

__all__ = ["Restoration"]


class Restoration:
    """The orders of the journal, on their way back into Hummingbot.

    Parameters
    ----------
    tracker : ClientOrderTracker
    reports : OrderReports
    state : JournalState
        As it was when the journal was opened.
    """

    def __init__(self, tracker: ClientOrderTracker, reports: OrderReports, state: JournalState) -> None:
        self._tracker = tracker
        self._reports = reports
        self._orders = dict(state.orders)
        self._untold = [list(events) for events in state.untold]
        for journaled in self._orders.values():
            tracker.start_tracking_order(self._as_told(journaled))
        if self._orders or self._untold:
            reports.hold(self._untold)

    def compare(self, saved: Mapping[str, Any], recorded: Set[str]) -> list[InFlightOrder]:
        """Correct the orders by what Hummingbot has saved; return saved ones that the journal does not know.

        Parameters
        ----------
        saved : mapping
            Hummingbot's tracking states, by client order id.
        recorded : set of str
            Ids of trades that it has on record.
        """
        strangers = []
        for client_order_id, state in saved.items():
            journaled = self._orders.get(client_order_id)
            order = InFlightOrder.from_json(state)
            if journaled is not None and not self._reports.is_listening:
                if journaled.has_ended and not order.is_open:
                    self._forget(client_order_id)  # Hummingbot saves an order's end before it drops it
                    continue
                self._complete(order, journaled)
                self._tracker.start_tracking_order(order)
            elif client_order_id not in self._tracker.all_orders and order.is_open:
                strangers.append(order)
        if not self._reports.is_listening:
            for client_order_id in self._orders.keys() - saved.keys():
                self._forget_if_told(client_order_id, recorded)
        return strangers

    def _as_told(self, journaled: JournaledOrder) -> InFlightOrder:
        order = journaled.order
        tracked = InFlightOrder(
            order.client_order_id,
            order.trading_pair,
            OrderType[order.kind],
            TradeType.BUY if order.is_buy else TradeType.SELL,
            from_stroops(order.amount),
            order.created_at,
            order.price,
            journaled.exchange_order_id if journaled.is_told else None,
            _state(journaled),
        )
        tracked.executed_amount_base = from_stroops(journaled.told_base)
        tracked.executed_amount_quote = from_stroops(journaled.told_quote)
        for trade_id, fill in journaled.told.items():
            tracked.order_fills[trade_id] = self._reports.update_of(tracked, fill)
        return tracked

    def _complete(self, order: InFlightOrder, journaled: JournaledOrder) -> None:
        """Add what Hummingbot has heard since it saved the order."""
        if journaled.is_told and not order.exchange_order_id:
            order.update_exchange_order_id(journaled.exchange_order_id)
            order.current_state = _state(journaled)
        for fill in journaled.told.values():
            order.update_with_trade_update(self._reports.update_of(order, fill))

    def _forget_if_told(self, client_order_id: str, recorded: Set[str]) -> None:
        """Drop an order that Hummingbot knew and does not save any more: it has heard of its end."""
        journaled = self._orders[client_order_id]
        fills = [e for events in self._untold for e in events if isinstance(e, Filled)]
        was_heard = journaled.is_told or any(
            fill.trade_id in recorded for fill in fills if fill.client_order_id == client_order_id
        )
        if journaled.has_ended and was_heard:
            self._forget(client_order_id)

    def _forget(self, client_order_id: str) -> None:
        self._tracker.stop_tracking_order(client_order_id)
        self._reports.forget(client_order_id)


def _state(journaled: JournaledOrder) -> OrderState:
    if not journaled.is_told:
        return OrderState.PENDING_CREATE
    return OrderState.PARTIALLY_FILLED if journaled.told_base else OrderState.OPEN
