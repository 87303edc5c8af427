"""What can happen to an order, in the ledger's terms."""

from dataclasses import dataclass, field
from enum import Enum

from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

__all__ = ["Ended", "Ending", "Event", "Filled", "Missing", "Opened"]


class Ending(Enum):
    """How an order ended."""

    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Opened:
    """The order has come to the ledger. Its id there is ``<offer id>:<TOID>``; offer id 0: nothing rests.

    Parameters
    ----------
    client_order_id, exchange_order_id : str
    offer : OfferRecord or None
        What rests after what it took at once.
    fee : int
        Stroops: its share of the transaction's fee.
    """

    client_order_id: str
    exchange_order_id: str
    offer: OfferRecord | None = field(default=None, compare=False)
    fee: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """A part of the order, or all of it, was exchanged. Amounts and fee are stroops.

    Parameters
    ----------
    trade_id : str
        ``<TOID of the operation>-<index of the claim>``, the same as Horizon's.
    fee : int
        Network fees of the order not yet stated with an earlier fill, in lumens.
    ledger, close_time : int
    """

    client_order_id: str
    exchange_order_id: str
    trade_id: str
    base_amount: int
    quote_amount: int
    is_taker: bool
    fee: int
    ledger: int
    close_time: int


@dataclass(frozen=True, slots=True)
class Missing:
    """One ledger does not show the order's offer any more; why is not known yet. Told once an order."""

    client_order_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more will happen to the order."""

    client_order_id: str
    ending: Ending
    reason: str = ""


Event = Opened | Filled | Missing | Ended
