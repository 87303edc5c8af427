"""What takers executed in a closed ledger."""

from collections.abc import Iterator
from dataclasses import dataclass

from hummingbot.connector.exchange.stellar.sandbox.closed import ClosedLedger

from .assets import Pair

__all__ = ["Taken", "taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one operation took from the book: `volume` in stroops of base, bought positive."""

    taker: str
    volume: int


def taken(closed: ClosedLedger, pair: Pair) -> Iterator[Taken]:
    """Yield what each operation of a closed ledger took from a pair's book, in apply order."""
    for applied in closed.transactions:
        if applied.result.code != "txSUCCESS":
            continue
        transaction = applied.envelope.tx
        for operation, result in zip(transaction.operations, applied.result.operations, strict=True):
            if not result.claims:
                continue
            volume = 0
            for claim in result.claims:
                if claim.sold == pair.base and claim.bought == pair.quote:
                    volume += claim.amount_sold
                elif claim.sold == pair.quote and claim.bought == pair.base:
                    volume -= claim.amount_bought
            if volume:
                yield Taken(operation.source or transaction.source, volume)
