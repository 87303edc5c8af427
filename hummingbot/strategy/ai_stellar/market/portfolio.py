"""What the account holds over all pairs, valued in one currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

__all__ = ["OpenOrder", "Portfolio", "Side"]

Side = Literal["buy", "sell"]


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order of ours that can still fill, also one whose cancellation is not confirmed.

    Attributes
    ----------
    order_id : str
        Hummingbot's client order id.
    pair : str
        Trading pair.
    side : {"buy", "sell"}
        From the view of the base asset.
    price : Decimal
        Quote per base.
    remaining : Decimal
        Base units not filled yet.
    """

    order_id: str
    pair: str
    side: Side
    price: Decimal
    remaining: Decimal


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Balances, open orders and prices at one ledger, over every pair traded.

    Values are in ``currency``; an asset is priced through the mids of the pairs traded, in as many steps as
    it takes (AQUA by AQUA-XLM, then XLM-USDC). What no chain of pairs reaches has no value, and says so by
    None.

    Attributes
    ----------
    currency : str
        Asset that values are counted in.
    totals, available : mapping of asset to Decimal
        Balance with and without what open orders hold back.
    mids : mapping of pair to Decimal or None
        Middle of each book.
    open_orders : tuple of OpenOrder
        Our orders that can still fill.
    assets : tuple of str
        Every asset of the pairs traded, in order of appearance.
    equity : Decimal or None
        Value of everything held in them.
    """

    currency: str
    totals: Mapping[str, Decimal]
    available: Mapping[str, Decimal]
    mids: Mapping[str, Decimal | None]
    open_orders: tuple[OpenOrder, ...] = ()
    assets: tuple[str, ...] = field(init=False, compare=False, repr=False)
    equity: Decimal | None = field(init=False, compare=False, repr=False)
    _values: dict[str, Decimal] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        values = self._values
        values[self.currency] = Decimal(1)
        edges: list[tuple[str, str, Decimal]] = []
        for pair, mid in self.mids.items():
            if mid is not None and mid > 0:
                edges.append((pair.split("-")[0], pair.split("-")[1], mid))
        grown = True
        while grown:
            grown = False
            for base, quote, mid in edges:
                if quote in values and base not in values:
                    values[base] = values[quote] * mid
                    grown = True
                elif base in values and quote not in values:
                    values[quote] = values[base] / mid
                    grown = True
        assets = tuple(dict.fromkeys(asset for pair in self.mids for asset in pair.split("-")))
        object.__setattr__(self, "assets", assets)
        object.__setattr__(self, "equity", self._worth(assets))

    def value_of(self, asset: str) -> Decimal | None:
        """Return what one unit of an asset is worth in `currency`."""
        return self._values.get(asset)

    def holding(self, asset: str) -> Decimal | None:
        """Return the value of what is held of an asset."""
        value, total = self._values.get(asset), self.totals.get(asset)
        if value is None or total is None or not total.is_finite():
            return None
        return value * total

    @property
    def exposure(self) -> Decimal | None:
        """Value of everything held that is not `currency`: what moves when prices do."""
        return self._worth(tuple(asset for asset in self.assets if asset != self.currency))

    def pending(self, asset: str) -> Decimal | None:
        """Return the value open orders add to an asset if all that buy it fill, and none that sell it."""
        value = self._values.get(asset)
        if value is None:
            return None
        pending = Decimal(0)
        for order in self.open_orders:
            base, quote = order.pair.split("-")
            if order.side == "buy" and base == asset:
                pending += order.remaining * value
            elif order.side == "sell" and quote == asset:
                pending += order.remaining * order.price * value
        return pending

    def _worth(self, assets: tuple[str, ...]) -> Decimal | None:
        worth = Decimal(0)
        for asset in assets:
            holding = self.holding(asset)
            if holding is None:
                return None
            worth += holding
        return worth
