"""The hard limits in force."""

from dataclasses import asdict, dataclass, fields
from decimal import Decimal

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that no order may break, whatever a forecast says. Money in the account's currency.

    Attributes
    ----------
    max_order : Decimal
        Value of one order.
    max_position : Decimal
        Value held of one pair's base asset, open buy orders counted as filled.
    max_exposure : Decimal
        Value held of everything but the account's currency, open buy orders counted as filled.
    max_open_orders : int
        Orders that can still fill, over all pairs.
    max_daily_loss : Decimal
        Share of the equity at the start of the ledger's day (UTC) that may be lost, as 0.05.
    max_drawdown : Decimal
        Share of the highest equity seen that may be lost.
    max_price_deviation : Decimal
        Distance of an order's price from the mid, as a share of the mid.
    max_ledgers_behind : int
        Ledgers the node may lag.
    max_ledger_age : Decimal
        Wall seconds since the last ledger arrived.

    Raises
    ------
    ValueError
        If a limit is negative or not finite; it is named.
    """

    max_order: Decimal
    max_position: Decimal
    max_exposure: Decimal
    max_open_orders: int
    max_daily_loss: Decimal
    max_drawdown: Decimal
    max_price_deviation: Decimal
    max_ledgers_behind: int
    max_ledger_age: Decimal

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if not Decimal(value).is_finite() or value < 0:
                raise ValueError(f"limit {limit.name} is {value}: it must be a finite number of at least 0")

    def to_dict(self) -> dict[str, str]:
        """Return name and value, as text that loses no digit."""
        return {name: str(value) for name, value in asdict(self).items()}
