"""Conditions on claiming a balance, as Horizon writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ...ledger.claimable_balances import (
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Claimant,
    Not,
    Or,
    Predicate,
)

__all__ = ["render_claimants", "render_predicate"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = 86_400
YEARS: Final = 400
DAYS: Final = 146_097
"""The Gregorian calendar repeats after 400 years of so many days."""


def render_claimants(claimants: tuple[Claimant, ...]) -> list[dict[str, Any]]:
    """Return the claimants of a balance, each with the condition on its claim."""
    return [
        {"destination": claimant.destination, "predicate": render_predicate(claimant.predicate)}
        for claimant in claimants
    ]


def render_predicate(predicate: Predicate) -> dict[str, Any]:
    """Return a predicate."""
    match predicate:
        case And(parts):
            return {"and": [render_predicate(part) for part in parts]}
        case Or(parts):
            return {"or": [render_predicate(part) for part in parts]}
        case Not(part):
            return {"not": None if part is None else render_predicate(part)}
        case BeforeAbsoluteTime(time):
            return {"abs_before": far_instant(time), "abs_before_epoch": str(time)}
        case BeforeRelativeTime(seconds):
            return {"rel_before": str(seconds)}
        case _:
            return {"unconditional": True}


def far_instant(time: int) -> str:
    """Write unix seconds of any year; from year 10,000 with a plus sign."""
    cycles, rest = divmod(time, DAYS * DAY)
    moment = EPOCH + timedelta(seconds=rest)
    year = moment.year + cycles * YEARS
    return f"{'+' if year > 9999 else ''}{year:04d}{moment:-%m-%dT%H:%M:%SZ}"
