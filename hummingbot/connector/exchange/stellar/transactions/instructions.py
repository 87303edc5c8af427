"""What an order asks of the next transaction."""

from dataclasses import dataclass

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer

from .offers import OfferOperation, obligations

__all__ = ["Cancellation", "Instruction", "Order", "Placement"]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as Hummingbot knows it, in the ledger's terms.

    Parameters
    ----------
    client_order_id, trading_pair : str
    base, quote : Asset
    is_buy : bool
    amount : int
        Stroops of base.
    is_market : bool
        Whether what does not fill at once is to be cancelled.
    """

    client_order_id: str
    trading_pair: str
    base: Asset
    quote: Asset
    is_buy: bool
    amount: int
    is_market: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Put an order on the ledger."""

    order: Order
    operation: OfferOperation

    @property
    def client_order_id(self) -> str:
        """Of the order to place."""
        return self.order.client_order_id

    @property
    def reserves(self) -> dict[Asset, int]:
        """Stroops it will lock up once on the ledger, by asset (the offer's own reserve not counted)."""
        selling, _ = obligations(self.operation)
        return {self.operation.selling: selling}


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Take a resting order off the ledger."""

    client_order_id: str
    operation: ManageSellOffer


Instruction = Placement | Cancellation
