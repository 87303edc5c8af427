"""Tells Hummingbot what the ledger did to its orders, in the ledger's order and each thing once."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeBase, TradeFeeSchema

from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops

from .order_events import Ended, Ending, Event, Filled, Missing, Opened

__all__ = ["OrderReports", "OwnTrade", "trade_fee"]

REMEMBERED: Final = 100_000
STATES: Final = {
    Ending.FILLED: OrderState.FILLED,
    Ending.CANCELLED: OrderState.CANCELED,
    Ending.REJECTED: OrderState.FAILED,
}


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """One fill of ours, exact; Hummingbot's own record cuts amounts to 6 decimals.

    Parameters
    ----------
    trading_pair : str
    is_buy : bool
    fill : Filled
        With amounts and fee in stroops.
    """

    trading_pair: str
    is_buy: bool
    fill: Filled


def trade_fee(schema: TradeFeeSchema, side: TradeType, trading_pair: str, stroops: int) -> TradeFeeBase:
    """State a network fee in lumens with a trade.

    A pair without XLM states none: Hummingbot would have to convert it at a rate that nobody may know.
    """
    flat = []
    if stroops and "XLM" in trading_pair.split("-"):
        flat.append(TokenAmount("XLM", from_stroops(stroops)))
    return TradeFeeBase.new_spot_fee(fee_schema=schema, trade_type=side, flat_fees=flat)


class OrderReports:
    """From the ledger's events to those of Hummingbot's order tracker.

    Parameters
    ----------
    tracker : ClientOrderTracker
    schema : TradeFeeSchema
    now : callable
        Hummingbot's wall time in seconds.
    told : callable
        Called when what was reported by one call of `report` has been told.
    logger : logging.Logger

    Attributes
    ----------
    own_trades : deque of OwnTrade
    is_listening : bool
        Whether Hummingbot hears of events; until it does, they wait.
    """

    def __init__(
        self,
        tracker: ClientOrderTracker,
        schema: TradeFeeSchema,
        now: Callable[[], float],
        told: Callable[[], None],
        logger: logging.Logger,
    ) -> None:
        self._tracker = tracker
        self._schema = schema
        self._now = now
        self._told = told
        self._logger = logger
        self._waiting: deque[Sequence[Event]] = deque()
        self._forgotten: set[str] = set()
        self._recorded: Set[str] = frozenset()
        self._telling = asyncio.Lock()
        self.own_trades: deque[OwnTrade] = deque(maxlen=REMEMBERED)
        self.is_listening = True

    async def report(self, events: Sequence[Event]) -> None:
        """Pass events on, behind those that wait; each is complete before the next."""
        if events:
            self._waiting.append(events)
            await self.tell()

    def hold(self, events: Sequence[Sequence[Event]]) -> None:
        """Put what an earlier run left in front, and tell nothing until `listen`."""
        self._waiting.extendleft(reversed(events))
        self.is_listening = False

    def listen(self, recorded: Set[str] = frozenset()) -> None:
        """Let Hummingbot hear from now on; `tell` tells what has waited.

        Parameters
        ----------
        recorded : set of str
            Ids of trades that Hummingbot has on record from earlier runs.
        """
        self._recorded = recorded
        self.is_listening = True

    def forget(self, client_order_id: str) -> None:
        """Tell nothing more of an order whose end Hummingbot has on record."""
        self._forgotten.add(client_order_id)

    async def tell(self) -> None:
        """Tell what waits, if Hummingbot hears."""
        async with self._telling:
            while self._waiting and self.is_listening:
                for event in self._waiting[0]:
                    try:
                        await self._pass_on(event)
                    except Exception:
                        self._logger.exception(f"Hummingbot could not take {event}.")
                events = self._waiting.popleft()
                if any(not isinstance(event, Missing) for event in events):
                    self._told()

    def update_of(self, order: InFlightOrder, fill: Filled) -> TradeUpdate:
        """Return a fill in Hummingbot's terms."""
        base, quote = from_stroops(fill.base_amount), from_stroops(fill.quote_amount)
        return TradeUpdate(
            trade_id=fill.trade_id,
            client_order_id=fill.client_order_id,
            exchange_order_id=fill.exchange_order_id,
            trading_pair=order.trading_pair,
            fill_timestamp=self._now(),
            fill_price=quote / base if base else order.price,
            fill_base_amount=base,
            fill_quote_amount=quote,
            fee=trade_fee(self._schema, order.trade_type, order.trading_pair, fill.fee),
            is_taker=fill.is_taker,
        )

    async def _pass_on(self, event: Event) -> None:
        order = self._tracker.all_fillable_orders.get(event.client_order_id)
        if event.client_order_id in self._forgotten:
            return
        if order is None:
            self._logger.warning(f"Hummingbot has forgotten order {event.client_order_id}: {event}")
        elif isinstance(event, Opened):
            if order.is_pending_create:
                await self._update(order, OrderState.OPEN, exchange_order_id=event.exchange_order_id)
        elif isinstance(event, Filled):
            await self._fill(order, event)
        elif isinstance(event, Missing):
            if order.is_open:
                await self._tracker.process_order_not_found(order.client_order_id)
        else:
            await self._end(order, event)

    async def _fill(self, order: InFlightOrder, fill: Filled) -> None:
        if fill.trade_id in order.order_fills:
            return
        self.own_trades.append(OwnTrade(order.trading_pair, order.trade_type is TradeType.BUY, fill))
        update = self.update_of(order, fill)
        if fill.trade_id in self._recorded:
            order.update_with_trade_update(update)
        else:
            self._tracker.process_trade_update(update)
        if order.is_open and not order.is_done:
            await self._update(order, OrderState.PARTIALLY_FILLED)

    async def _end(self, order: InFlightOrder, ended: Ended) -> None:
        ending = ended.ending
        if ending is Ending.CANCELLED and order.completely_filled_event.is_set():
            ending = Ending.FILLED
        if ending is Ending.FILLED:
            # What is left, if anything, is less than the ledger can exchange: the order is as full as it can
            # be, and Hummingbot must not wait for more.
            order.completely_filled_event.set()
        reason: dict[str, Any] = {}
        if ending is Ending.REJECTED:
            reason = {"error_message": ended.reason, "error_type": "OrderRejected"}
        await self._update(order, STATES[ending], misc_updates=reason)

    async def _update(self, order: InFlightOrder, state: OrderState, **details: Any) -> None:
        await self._tracker.process_order_update(
            OrderUpdate(
                trading_pair=order.trading_pair,
                update_timestamp=self._now(),
                new_state=state,
                client_order_id=order.client_order_id,
                **details,
            )
        )
