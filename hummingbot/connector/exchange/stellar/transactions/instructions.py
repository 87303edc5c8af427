"""What an order asks of the next transaction."""

from dataclasses import dataclass
from decimal import Decimal

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
    kind : str
        Hummingbot's type: LIMIT, LIMIT_MAKER or MARKET.
    price : Decimal
        Quote per base, as asked for.
    created_at : float
        Hummingbot's wall time in seconds.
    """

    client_order_id: str
    trading_pair: str
    base: Asset
    quote: Asset
    is_buy: bool
    amount: int
    kind: str = "LIMIT"
    price: Decimal = Decimal(0)
    created_at: float = 0.0

    @property
    def is_market(self) -> bool:
        """Whether what does not fill at once is to be cancelled."""
        return self.kind == "MARKET"


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
