"""Limits that differ by pair, as a configuration writes them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from .limits import Limits

__all__ = ["LIMITS_OF_A_PAIR", "parse_pair_limits"]

LIMITS_OF_A_PAIR: Final = ("max_order", "max_position", "max_price_deviation")
"""Those that bound one market; the others bound the portfolio or the connection, of which there is one."""
ENTRY: Final = re.compile(r"(?P<pair>\S+)(?P<limits>(\s+\S+=\S+)+)")


def parse_pair_limits(written: Any) -> dict[str, dict[str, Decimal]]:
    """Read limits by pair, from a mapping or from text.

    Parameters
    ----------
    written : mapping or str
        Pair to limit to value; or one entry a pair, separated by commas or semicolons, each the pair followed
        by ``LIMIT=VALUE``.

    Raises
    ------
    ValueError
        If it cannot be read, names no limit of a pair, or a value is negative or not finite.

    Examples
    --------
    >>> parse_pair_limits("XLM-USDC max_order=100 max_position=500; AQUA-XLM max_order=20")["AQUA-XLM"]
    {'max_order': Decimal('20')}
    """
    if isinstance(written, str):
        written = _read(written)
    if not isinstance(written, Mapping):
        raise ValueError("write it as XLM-USDC max_order=100 max_position=500; AQUA-XLM max_order=20")
    limits = {}
    for pair, values in written.items():
        if not isinstance(values, Mapping) or not values:
            raise ValueError(f"{pair} has no limits: write {pair} max_order=100")
        limits[str(pair).upper()] = {str(name): _value(pair, str(name), values[name]) for name in values}
    return limits


def _read(text: str) -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = {}
    for part in re.split(r"[,;]", "" if text.strip() == "{}" else text):
        if not part.strip():
            continue
        entry = ENTRY.fullmatch(part.strip())
        if entry is None:
            raise ValueError(f"{part.strip()!r} is not PAIR LIMIT=VALUE …: write XLM-USDC max_order=100")
        if entry["pair"] in read:
            raise ValueError(f"{entry['pair']} is named twice")
        read[entry["pair"]] = dict(_assignments(entry["pair"], entry["limits"]))
    return read


def _assignments(pair: str, text: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for assignment in text.split():
        name, _, value = assignment.partition("=")
        if name in seen:
            raise ValueError(f"{name} of {pair} is given twice")
        seen.add(name)
        yield name, value


def _value(pair: object, name: str, written: object) -> Decimal:
    if name not in LIMITS_OF_A_PAIR:
        if name in (field.name for field in fields(Limits)):
            raise ValueError(
                f"{name} holds for all pairs together, not for {pair} alone: set the field {name}"
            )
        raise ValueError(f"{name} of {pair} is no limit: choose from {', '.join(LIMITS_OF_A_PAIR)}")
    try:
        value = Decimal(str(written))
    except InvalidOperation:
        raise ValueError(f"{name} of {pair} is {written!r}: it must be a number") from None
    if not value.is_finite() or value < 0:
        raise ValueError(f"{name} of {pair} is {written}: it must be a finite number of at least 0")
    if name == "max_price_deviation" and value > 100:
        raise ValueError(f"{name} of {pair} is {written}: it must be at most 100, in percent")
    return value
