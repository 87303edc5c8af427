"""Liquidity pools as the protocol names them, their shares, and the operations on them.

Every pool of the network is a constant product of two reserves that charges 30 basis points.
"""

from dataclasses import dataclass
from typing import Final, Self

from .asset import Asset

__all__ = [
    "FEE_BP",
    "LiquidityPoolDeposit",
    "LiquidityPoolWithdraw",
    "PoolParameters",
    "PoolShare",
    "Trusted",
    "parse_trusted",
]

FEE_BP: Final = 30
"""Basis points that a trade leaves in the pool: the only fee the protocol allows."""

ID_DIGITS: Final = 64
PREFIX: Final = "pool:"


@dataclass(frozen=True, slots=True)
class PoolShare:
    """Shares of one pool: what a trustline can hold beside credits. They cannot be paid or offered.

    Parameters
    ----------
    pool_id : str
        64 hexadecimal digits in small letters.
    """

    pool_id: str

    def __post_init__(self) -> None:
        if len(self.pool_id) != ID_DIGITS or set(self.pool_id) - set("0123456789abcdef"):
            raise ValueError(
                f"pool id {self.pool_id!r} is not {ID_DIGITS} hexadecimal digits in small letters"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``pool:`` and an id."""
        if not text.startswith(PREFIX):
            raise ValueError(f"{text!r} does not name pool shares: write {PREFIX}ID")
        return cls(text.removeprefix(PREFIX))

    def __str__(self) -> str:
        return PREFIX + self.pool_id


Trusted = Asset | PoolShare
"""What a trustline is of."""


def parse_trusted(text: str) -> Trusted:
    """Read ``CODE:ISSUER`` or ``pool:ID``."""
    return PoolShare.parse(text) if text.startswith(PREFIX) else Asset.parse(text)


@dataclass(frozen=True, slots=True)
class PoolParameters:
    """What makes a pool: its two assets and its fee. Their hash is the pool's id (``ledger.xdr.pool_id``).

    The network takes only pools whose assets are in the protocol's order and whose fee is `FEE_BP`;
    ``ledger.xdr.pool_of`` makes such of any two assets.

    Parameters
    ----------
    asset_a, asset_b : Asset
    fee_bp : int
        Basis points.
    """

    asset_a: Asset
    asset_b: Asset
    fee_bp: int = FEE_BP


@dataclass(frozen=True, slots=True)
class LiquidityPoolDeposit:
    """Put both assets of a pool into it, in the proportion of its reserves, for shares (threshold: medium).

    The prices bound what is put in, units of asset A for a unit of asset B; an empty pool takes both amounts
    whole.
    """

    pool_id: str
    max_amount_a: int
    max_amount_b: int
    min_price_n: int
    min_price_d: int
    max_price_n: int
    max_price_d: int
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class LiquidityPoolWithdraw:
    """Give `amount` shares of a pool back for their part of its reserves (threshold: medium)."""

    pool_id: str
    amount: int
    min_amount_a: int
    min_amount_b: int
    source: str | None = None
    source_id: int | None = None
