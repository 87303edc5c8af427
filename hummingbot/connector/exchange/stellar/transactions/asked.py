"""Instructions on their way, and how they end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from .instructions import Cancellation, Instruction, Placement

__all__ = ["Asked", "Outcome", "resolve", "without_placements"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an instruction ended: done where `failure` is empty, otherwise surely not done, and why.

    Parameters
    ----------
    failure : str
    code : str
        The network's result code, or a word for what ended here.
    ledger : int
        Where the ledger decided it, else 0.
    """

    failure: str = ""
    code: str = ""
    ledger: int = 0


@dataclass(slots=True)
class Asked:
    """An instruction, and the future of its outcome."""

    instruction: Instruction
    outcome: asyncio.Future[Outcome]

    @property
    def is_placement(self) -> bool:
        """Whether it places an order."""
        return isinstance(self.instruction, Placement)

    def resolve(self, outcome: Outcome) -> None:
        """Tell its outcome; the first one counts."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


def resolve(batch: Iterable[Asked], outcome: Outcome) -> None:
    """Tell all of them one outcome."""
    for asked in batch:
        asked.resolve(outcome)


def without_placements(batch: Iterable[Asked], outcome: Outcome) -> list[Asked]:
    """Give up all but the cancels, which are left."""
    entries = list(batch)
    cancels = [asked for asked in entries if isinstance(asked.instruction, Cancellation)]
    resolve((asked for asked in entries if asked not in cancels), outcome)
    return cancels
