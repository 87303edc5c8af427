"""A pool as it stands at one ledger: what it would give, take, and pay out."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from .asset import Asset
from .liquidity_pool import PoolParameters
from .pool import deposit_amounts, pool_receives, pool_sends, withdrawn_amount
from .price import price_at_least, price_at_most
from .xdr import pool_id

__all__ = ["PoolReserves", "impermanent_loss", "price_bounds"]


@dataclass(frozen=True, slots=True)
class PoolReserves:
    """The reserves of a pool and the shares in it, in stroops.

    Parameters
    ----------
    parameters : PoolParameters
    reserve_a, reserve_b : int
    total_shares : int
    """

    parameters: PoolParameters
    reserve_a: int
    reserve_b: int
    total_shares: int

    @property
    def id(self) -> str:
        """64 hexadecimal digits."""
        return pool_id(self.parameters)

    def reserve_of(self, asset: Asset) -> int:
        """Return the stroops that it has of one of its assets.

        Raises
        ------
        ValueError
            If the asset is none of the two.
        """
        if asset == self.parameters.asset_a:
            return self.reserve_a
        if asset == self.parameters.asset_b:
            return self.reserve_b
        raise ValueError(f"the pool {self.id} has no {asset}")

    def price(self, base: Asset) -> Fraction:
        """Return units of the other asset for a unit of `base` at the margin, before the pool's 30 bp.

        Raises
        ------
        ValueError
            If the pool is empty.
        """
        if not (self.reserve_a and self.reserve_b):
            raise ValueError(f"the pool {self.id} is empty and has no price")
        price = Fraction(self.reserve_b, self.reserve_a)
        return price if base == self.parameters.asset_a else 1 / price

    def gives(self, sent: Asset, amount: int) -> int | None:
        """Return the stroops of the other asset that it gives for an amount of `sent`; None: it would not."""
        return pool_sends(self.reserve_of(sent), self._other(sent), amount)

    def takes(self, wanted: Asset, amount: int) -> int | None:
        """Return the stroops of the other asset that it takes for an amount of `wanted`; None: it would
        not.
        """
        return pool_receives(self._other(wanted), self.reserve_of(wanted), amount)

    def deposit(self, most_a: int, most_b: int) -> tuple[int, int, int]:
        """Return what a deposit of at most these amounts puts in, and its shares: (A, B, shares)."""
        return deposit_amounts(self.reserve_a, self.reserve_b, self.total_shares, most_a, most_b)

    def worth(self, shares: int) -> tuple[int, int]:
        """Return what a withdrawal of shares pays out: (stroops of A, stroops of B).

        Raises
        ------
        ValueError
            If there are not so many shares.
        """
        return (
            withdrawn_amount(shares, self.total_shares, self.reserve_a),
            withdrawn_amount(shares, self.total_shares, self.reserve_b),
        )

    def _other(self, asset: Asset) -> int:
        own = self.reserve_of(asset)
        return self.reserve_a + self.reserve_b - own


def price_bounds(price: Fraction, slippage: Fraction) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the bounds n/d, int32 each, that a deposit tolerates around a price: (lowest, highest).

    Neither is further away from the price than the slippage allows.

    Parameters
    ----------
    price : Fraction
        Units of asset A for a unit of asset B.
    slippage : Fraction
        A share, above 0 and below 1.

    Raises
    ------
    ValueError
        If slippage is not such a share, or the price lies beyond what int32 fractions can say.
    """
    if not 0 < slippage < 1:
        raise ValueError(f"slippage {float(slippage):.4%} is not above 0 % and below 100 %")
    lowest = price_at_least(_decimal(price * (1 - slippage), ROUND_CEILING))
    highest = price_at_most(_decimal(price * (1 + slippage), ROUND_FLOOR))
    return (lowest.n, lowest.d), (highest.n, highest.d)


def impermanent_loss(held: tuple[int, int], worth: tuple[int, int], price: Fraction) -> Fraction:
    """Return how far a position lies behind its assets had they been kept, as a share; negative is a loss.

    Fees that the pool has earned since count in: a position may be ahead. Without fees, in a pool whose price
    has changed by the factor r since the deposit, it is 2√r/(1+r) − 1.

    Parameters
    ----------
    held : tuple of (int, int)
        What was put in, less what was taken out, of A and B in stroops.
    worth : tuple of (int, int)
        What the shares pay out now, likewise.
    price : Fraction
        Units of B for a unit of A, now.

    Raises
    ------
    ValueError
        If nothing was put in.

    References
    ----------
    Angeris, Kao, Chiang, Noyes, Chitra, "An analysis of Uniswap markets" (2019), section 2.3.
    """
    kept = held[0] * price + held[1]
    if kept <= 0:
        raise ValueError("nothing is left of what was put in: there is nothing to compare with")
    return (worth[0] * price + worth[1]) / kept - 1


def _decimal(value: Fraction, rounding: str) -> Decimal:
    return Context(prec=40, rounding=rounding).divide(Decimal(value.numerator), Decimal(value.denominator))
