"""From an order in Hummingbot's terms to a placement in the ledger's."""

from collections.abc import Callable
from decimal import Decimal

from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.order_book import OrderBook

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.ledger.amount import quantize_down

from .errors import OrderRejected
from .instructions import Order, Placement
from .offers import limit_offer, passive_offer

__all__ = ["OrderTerms"]


class OrderTerms:
    """Knows the assets behind names, and the best prices behind pairs.

    Parameters
    ----------
    assets : AssetTable
    book : callable
        Returns the pair's order book, None if there is none yet.
    """

    def __init__(self, assets: AssetTable, book: Callable[[str], OrderBook | None]) -> None:
        self._assets = assets
        self._book = book

    def order(self, tracked: InFlightOrder) -> Order:
        """Return the order in the ledger's terms.

        Raises
        ------
        OrderRejected
            If its amount is more than the ledger holds.
        """
        base, quote = self._assets.pair(tracked.trading_pair)
        try:
            amount = quantize_down(tracked.amount)
        except ValueError as error:
            raise OrderRejected(f"its amount does not fit the ledger: {error}") from None
        return Order(
            tracked.client_order_id,
            tracked.trading_pair,
            base,
            quote,
            tracked.trade_type is TradeType.BUY,
            amount,
            tracked.order_type.name,
            tracked.price,
            tracked.creation_timestamp,
        )

    def placement(self, tracked: InFlightOrder, price: Decimal) -> Placement:
        """Return how to put the order on the ledger.

        LIMIT is an offer at its price. LIMIT_MAKER is checked against the book as it was last seen, and
        refused if it would trade at once; then it is sent as a passive offer, which takes none at its own
        price. What can still happen:

        - An offer better than its price comes to the ledger before it, or was not in the book yet: the
          order takes it, at that better price.
        - The network knows passive offers only as sells, so that a buy offers the quote that it may cost.
          Where it takes a better price it buys more base than it asks for, never for more quote; and
          counted in whole stroops of quote, it may end up to one stroop's worth of base short.
        - It takes nothing at its own price, so it may rest level with the other side.

        Raises
        ------
        OrderRejected
            If it cannot be put there.
        """
        order = self.order(tracked)
        is_passive = tracked.order_type is OrderType.LIMIT_MAKER
        if is_passive:
            self._refuse_taking(order, price)
        make = passive_offer if is_passive else limit_offer
        try:
            return Placement(order, make(order.base, order.quote, order.is_buy, order.amount, price))
        except (ValueError, ArithmeticError) as error:
            raise OrderRejected(f"its price {price} or amount does not fit the ledger: {error}") from None

    def best_opposite(self, trading_pair: str, is_buy: bool) -> Decimal | None:
        """Return the best price on the other side of the book, None if there is none."""
        book = self._book(trading_pair)
        if book is None:
            return None
        best = next(iter(book.ask_entries() if is_buy else book.bid_entries()), None)
        return None if best is None else Decimal(str(best.price))

    def _refuse_taking(self, order: Order, price: Decimal) -> None:
        best = self.best_opposite(order.trading_pair, order.is_buy)
        if best is not None and (price > best if order.is_buy else price < best):
            raise OrderRejected(
                f"a LIMIT_MAKER order at {price} would trade at once with an offer at {best}: "
                "move its price or use LIMIT"
            )
