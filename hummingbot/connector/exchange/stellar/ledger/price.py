"""Prices: fractions n/d of two positive int32, as offers carry them.

A decimal price is mostly no such fraction. Rounding it to the nearest one can move it against its owner, so
the side is explicit here: `price_at_most` for what one pays, `price_at_least` for what one asks. Both return
the closest fraction there is on that side.
"""

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, Self

__all__ = ["INT32_MAX", "Price", "format_price", "price_at_least", "price_at_most"]

INT32_MAX: Final = 2**31 - 1

_DIGITS: Final = Context(prec=28)
_DECIMALS: Final = 10**7


@dataclass(frozen=True, slots=True, eq=False)
class Price:
    """A price as the ledger holds it: n/d units of one asset for a unit of another.

    Prices compare by value, exactly, by cross multiplication: 1/2 equals 2/4, although the ledger keeps each
    as written.

    Parameters
    ----------
    n, d : int
        1 to 2^31 - 1.
    """

    n: int
    d: int

    def __post_init__(self) -> None:
        if not (1 <= self.n <= INT32_MAX and 1 <= self.d <= INT32_MAX):
            raise ValueError(
                f"price {self.n}/{self.d} is not a fraction of two numbers from 1 to {INT32_MAX}"
            )

    @property
    def inverse(self) -> Self:
        """The same price seen from the other asset: d/n."""
        return type(self)(self.d, self.n)

    def to_decimal(self) -> Decimal:
        """Return n/d to 28 significant digits, rounded half to even."""
        return _DIGITS.divide(Decimal(self.n), Decimal(self.d))

    def __str__(self) -> str:
        """Write the price as Horizon does."""
        return format_price(self.n, self.d)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Price) and self.n * other.d == other.n * self.d

    def __hash__(self) -> int:
        return hash(Fraction(self.n, self.d))

    def __lt__(self, other: "Price") -> bool:
        return self.n * other.d < other.n * self.d

    def __le__(self, other: "Price") -> bool:
        return self.n * other.d <= other.n * self.d

    def __gt__(self, other: "Price") -> bool:
        return self.n * other.d > other.n * self.d

    def __ge__(self, other: "Price") -> bool:
        return self.n * other.d >= other.n * self.d


def price_at_most(value: Decimal) -> Price:
    """Return the largest price n/d that does not exceed `value`; it equals `value` where a fraction can.

    It lies below `value` by less than 2/(2^31 - 1) of itself, so by less than one part in a thousand million:
    neighbouring fractions a/b < c/d differ by 1/(b·d), which is 1/(a·d) of the lower one. They are neighbours
    because their mediant is out of reach, so a + c > M = 2^31 - 1 (for prices from 1 up; mirrored below), and
    as c = (a·d + 1)/b <= a·d + 1, a·d >= M·d/(d + 1) >= M/2.

    Parameters
    ----------
    value : Decimal
        From 1/(2^31 - 1) to 2^31 - 1.

    Raises
    ------
    ValueError
        If `value` is not a number or outside that range.
    TypeError
        If it is not a Decimal.

    Examples
    --------
    >>> price_at_most(Decimal("0.1234567891"))
    Price(n=87864301, d=711700844)
    """
    numerator, denominator = _ratio(value)
    return Price(*_below(numerator, denominator))


def price_at_least(value: Decimal) -> Price:
    """Return the smallest price n/d that is not below `value`, within the error bound of `price_at_most`.

    Raises
    ------
    ValueError
        If `value` is not a number or outside 1/(2^31 - 1) to 2^31 - 1.
    TypeError
        If it is not a Decimal.
    """
    numerator, denominator = _ratio(value)
    d, n = _below(denominator, numerator)
    return Price(n, d)


def format_price(n: int, d: int) -> str:
    """Write n/d as Horizon does: 7 decimals, halves away from zero (Go's ``Rat.FloatString(7)``).

    Examples
    --------
    >>> format_price(10000, 1081)
    '9.2506938'
    """
    units, rest = divmod((2 * _DECIMALS * n + d) // (2 * d), _DECIMALS)
    return f"{units}.{rest:07d}"


def _ratio(value: Decimal) -> tuple[int, int]:
    if not isinstance(value, Decimal):
        raise TypeError(f"price {value!r} is of type {type(value).__name__}: write it as Decimal")
    if not value.is_finite():
        raise ValueError(f"price {value} is not a number")
    if value > 0 and -10 <= value.adjusted() <= 9:
        numerator, denominator = value.as_integer_ratio()
        if denominator <= numerator * INT32_MAX and numerator <= denominator * INT32_MAX:
            return numerator, denominator
    raise ValueError(
        f"price {value} does not fit an offer: write one from 4.66e-10 (1/{INT32_MAX}) to {INT32_MAX}"
    )


def _below(numerator: int, denominator: int) -> tuple[int, int]:
    """Descend the Stern–Brocot tree to the largest int32 fraction that is <= numerator/denominator.

    a/b <= x < c/d are neighbours throughout. Each turn takes as many equal steps at once as x and int32
    allow, as a continued fraction does, so there are fewer than fifty turns.
    """
    if numerator <= INT32_MAX and denominator <= INT32_MAX:
        return numerator, denominator
    a, b, c, d = 0, 1, 1, 0
    below, above = numerator, denominator  # x·b - a and c - x·d, times the denominator of x
    while a + c <= INT32_MAX and b + d <= INT32_MAX:
        if below >= above:
            steps = min(below // above, (INT32_MAX - a) // c)
            if d:
                steps = min(steps, (INT32_MAX - b) // d)
            a, b, below = a + steps * c, b + steps * d, below - steps * above
        else:
            steps = min(above // below, (INT32_MAX - d) // b)
            if a:
                steps = min(steps, (INT32_MAX - c) // a)
            c, d, above = c + steps * a, d + steps * b, above - steps * below
    return a, b
