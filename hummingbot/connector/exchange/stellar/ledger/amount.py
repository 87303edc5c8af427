"""Amounts: the ledger's integer stroops, Decimals at Hummingbot's border, and the strings of Horizon.

One unit of any asset is 10,000,000 stroops; an amount is an int64. Floats are refused everywhere.
"""

import re
from decimal import Context, Decimal
from typing import Final

__all__ = [
    "DECIMALS",
    "INT64_MAX",
    "STROOPS",
    "format_stroops",
    "from_stroops",
    "quantize_down",
    "to_stroops",
]

DECIMALS: Final = 7
STROOPS: Final = 10**DECIMALS
INT64_MAX: Final = 2**63 - 1
INT64_MIN: Final = -(2**63)

_PLAIN: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS: Final = 64
_MOST_INTEGER_DIGITS: Final = 12
_WIDE: Final = Context(prec=40)


def to_stroops(amount: Decimal | str) -> int:
    """Convert an amount in units to stroops, exactly.

    Parameters
    ----------
    amount : Decimal or str
        Units of the asset; as text plain digits, the way Horizon writes them.

    Raises
    ------
    ValueError
        If it is not a number, has a nonzero digit after the 7th decimal, or exceeds int64 stroops.
    TypeError
        If it is a float, an int, or anything else whose unit or precision would have to be guessed.

    Examples
    --------
    >>> to_stroops("12.3456789")
    123456789
    """
    if isinstance(amount, str):
        if len(amount) > _MOST_DIGITS or _PLAIN.fullmatch(amount) is None:
            raise ValueError(
                f"amount {amount[:_MOST_DIGITS]!r} is not a plain decimal number such as 12.3456789"
            )
        amount = Decimal(amount)
    numerator, denominator = _ratio(amount)
    stroops, remainder = divmod(numerator * STROOPS, denominator)
    if remainder:
        raise ValueError(
            f"amount {amount} has more than {DECIMALS} decimals: round it to whole stroops first"
        )
    return _checked(stroops, amount)


def quantize_down(amount: Decimal) -> int:
    """Convert an amount in units to the largest number of stroops that does not exceed it.

    Raises
    ------
    ValueError
        If it is not a number or exceeds int64 stroops.
    TypeError
        If it is not a Decimal.

    Examples
    --------
    >>> quantize_down(Decimal("0.00000019"))
    1
    """
    numerator, denominator = _ratio(amount)
    return _checked(numerator * STROOPS // denominator, amount)


def from_stroops(stroops: int) -> Decimal:
    """Convert stroops to units, with 7 decimals.

    Examples
    --------
    >>> from_stroops(15_000_000)
    Decimal('1.5000000')
    """
    return Decimal(stroops).scaleb(-DECIMALS, _WIDE)


def format_stroops(stroops: int) -> str:
    """Write stroops as Horizon does: units with all 7 decimals (``amount.String`` of the Go SDK).

    Examples
    --------
    >>> format_stroops(15_000_000)
    '1.5000000'
    """
    units, rest = divmod(abs(stroops), STROOPS)
    return f"{'-' if stroops < 0 else ''}{units}.{rest:07d}"


def _ratio(amount: Decimal) -> tuple[int, int]:
    if not isinstance(amount, Decimal):
        raise TypeError(f"amount {amount!r} is of type {type(amount).__name__}: write it as Decimal")
    if not amount.is_finite():
        raise ValueError(f"amount {amount} is not a number")
    if not amount:
        return 0, 1
    if amount.adjusted() > _MOST_INTEGER_DIGITS:
        raise ValueError(_out_of_range(amount))
    if amount.adjusted() < -DECIMALS:  # less than a tenth of a stroop: any such fraction rounds alike
        return (-1 if amount < 0 else 1), 10 * STROOPS
    return amount.as_integer_ratio()


def _checked(stroops: int, amount: Decimal) -> int:
    if not INT64_MIN <= stroops <= INT64_MAX:
        raise ValueError(_out_of_range(amount))
    return stroops


def _out_of_range(amount: Decimal) -> str:
    return f"amount {amount} is beyond what a ledger entry holds: at most {format_stroops(INT64_MAX)} units"
