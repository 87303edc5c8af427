from dataclasses import dataclass

from .asset import Asset

@dataclass(frozen=True)
class ManageSellOffer:
    selling: Asset
    buying: Asset
    amount: int
    price_n: int
    price_d: int
    offer_id: int = 0
    source: str | None = None
    source_id: int | None = None

@dataclass(frozen=True)
class ManageBuyOffer:
    selling: Asset
    buying: Asset
    buy_amount: int
    price_n: int
    price_d: int
    offer_id: int = 0
    source: str | None = None
    source_id: int | None = None

@dataclass(frozen=True)
class CreatePassiveSellOffer:
    selling: Asset
    buying: Asset
    amount: int
    price_n: int
    price_d: int
    source: str | None = None
    source_id: int | None = None
