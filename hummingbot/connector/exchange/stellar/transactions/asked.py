"""Instructions on their way, and how they end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from .instructions import Cancellation, Change, Instruction

__all__ = ["Asked", "Outcome", "Step", "resolve", "without_placements"]


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

    def resolve(self, outcome: Outcome) -> None:
        """Tell its outcome; the first one counts."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a transaction, and what was asked for that it does: two things if it is a change."""

    instruction: Instruction
    asked: tuple[Asked, ...]

    def fail(self, outcome: Outcome) -> None:
        """Tell that the ledger refused it, whom it concerns: either half of a change can be had otherwise.

        A change of an offer that is gone leaves an order to be placed anew; one refused for what the order
        asks for leaves a cancel.
        """
        failed = self.asked
        if isinstance(self.instruction, Change):
            is_gone = outcome.code.endswith("NOT_FOUND")
            failed = tuple(a for a in failed if isinstance(a.instruction, Cancellation) == is_gone)
        resolve(failed, outcome)


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
