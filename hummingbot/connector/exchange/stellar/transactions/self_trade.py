"""An order must not meet another of the same account: the ledger fails it, and all that travels with it."""

from collections import defaultdict

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import crosses

from .errors import OrderRejected
from .instructions import Placement
from .market_payments import MarketPayment
from .offers import rest_price

__all__ = ["OwnBook"]


class OwnBook:
    """The account's own offers while a transaction is put together, by client order id."""

    def __init__(self) -> None:
        self._sides: defaultdict[tuple[Asset, Asset], dict[str, tuple[int, int]]] = defaultdict(dict)

    def put(self, client_order_id: str, selling: Asset, buying: Asset, price: tuple[int, int]) -> None:
        """Add an offer at n/d units of `buying` for one of `selling`."""
        self._sides[selling, buying][client_order_id] = price

    def remove(self, client_order_id: str, selling: Asset, buying: Asset) -> None:
        """Take an offer away."""
        self._sides[selling, buying].pop(client_order_id, None)

    def check(self, placement: Placement) -> None:
        """Refuse an order that lies across one of these.

        It is refused also where the offers of others in front might fill it first: whether they do is known
        only once the ledger closes, and if they do not, the whole transaction fails. A MARKET order, which
        takes what is best wherever that is, is left to the ledger.

        Raises
        ------
        OrderRejected
            With the order that is in the way.
        """
        operation = placement.operation
        if isinstance(operation, MarketPayment):
            return
        price, is_passive = rest_price(operation), placement.is_passive
        for client_order_id, resting in self._sides[operation.buying, operation.selling].items():
            if crosses(*resting, *price, is_passive):
                raise OrderRejected(
                    f"it would trade with the account's own order {client_order_id}: cancel that one first"
                )
