"""Which of equal bids a recorded network let go first: that fell to chance, so it has to be found again."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from ..candidate import Candidate

__all__ = ["Luck"]

TRIES: Final = 2000


class Luck:
    """An order of transactions: of equal bids, the earlier goes first.

    At first, those that never came to a ledger stand before those that did.

    Parameters
    ----------
    candidates : sequence of (Candidate, bool)
        All of a recording, each with whether it came to a ledger.
    """

    def __init__(self, candidates: Sequence[tuple[Candidate, bool]]) -> None:
        count = len(candidates)
        self._places: dict[bytes, float] = {
            candidate.full_hash: place + count * came for place, (candidate, came) in enumerate(candidates)
        }
        self._end = 2 * count

    def place(self, candidate: Candidate) -> float:
        """Return a number that is lower, the sooner a transaction goes."""
        return self._places[candidate.full_hash]

    def find(self, movable: Sequence[Candidate], agreement: Callable[[], int], whole: int) -> None:
        """Move one transaction after another to some other place, as long as agreement does not fall.

        Parameters
        ----------
        movable : sequence of Candidate
            What to move; if there is nothing, the order stays.
        agreement : callable
            How far the order agrees with the recording.
        whole : int
            The agreement that is looked for.
        """
        if not movable:
            return
        chance, reached = Random(0), agreement()
        for _ in range(TRIES):
            if reached == whole:
                return
            moved = chance.choice(movable).full_hash
            place = self._places[moved]
            self._places[moved] = chance.uniform(-1, self._end)
            agreed = agreement()
            if agreed < reached:
                self._places[moved] = place
            reached = max(reached, agreed)
