"""Transactions that an earlier run had sent when it stopped, and whose fate it did not live to learn.

Hummingbot keeps a connector's open orders between runs; with an order whose placement was under way this
keeps the signed envelope, so that the next run can send the same bytes again until the ledger has decided.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import (
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope

from .instructions import Order, Placement
from .sent import Sent

__all__ = ["Undecided", "UndecidedTransactions", "to_json"]


@dataclass(slots=True)
class Undecided:
    """A transaction of an earlier run, and the orders it was to place, by the index of their operation."""

    sent: Sent
    operations: int
    placements: dict[int, Placement] = field(default_factory=dict)

    @property
    def instructions(self) -> list[Placement | None]:
        """One entry an operation; None for those of orders that Hummingbot did not keep."""
        return [self.placements.get(index) for index in range(self.operations)]


class UndecidedTransactions:
    """Those of the last run, each once however many orders it holds."""

    def __init__(self) -> None:
        self._by_hash: dict[str, Undecided] = {}

    def __iter__(self) -> Iterator[Undecided]:
        return iter(sorted(self._by_hash.values(), key=lambda undecided: undecided.sent.sequence))

    def add(self, order: Order, state: Mapping[str, Any]) -> None:
        """Take up an order and what `Sent.to_json` kept with it.

        Raises
        ------
        ValueError
            If it is not such a state.
        """
        try:
            envelope = b64decode(state["envelope"], validate=True)
            sent = Sent(
                SignedTransaction(envelope, bytes.fromhex(state["hash"])),
                int(state["sequence"]),
                int(state["max_time"]),
                int(state["ledger"]),
            )
            operations = decode_envelope(envelope).tx.operations
            operation = operations[int(state["operation"])]
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        if not isinstance(operation, ManageSellOffer | ManageBuyOffer | CreatePassiveSellOffer):
            raise ValueError("the operation places no order")
        undecided = self._by_hash.setdefault(state["hash"], Undecided(sent, len(operations)))
        undecided.placements[int(state["operation"])] = Placement(order, operation)

    def remove(self, undecided: Undecided) -> None:
        """Forget one whose fate is known."""
        self._by_hash.pop(undecided.sent.name, None)


def to_json(sent: Sent, index: int) -> dict[str, Any]:
    """Return what restores a transaction, with the index of one order's operation."""
    return {
        "envelope": b64encode(sent.signed.envelope_xdr).decode(),
        "hash": sent.name,
        "sequence": sent.sequence,
        "max_time": sent.max_time,
        "ledger": sent.ledger,
        "operation": index,
    }
