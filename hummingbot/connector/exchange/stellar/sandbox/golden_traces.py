"""What a recording proves of the transactions that wait in the network's queue: which still do, which are
gone."""

from hashlib import sha256
from typing import Any

from .candidate import Candidate

__all__ = ["Traces"]


class Traces:
    """Proofs of what waits and what is gone, each by its position in the recording.

    A transaction waits when another of its account is taken behind it, when it is a duplicate, and until it
    is applied. It is gone when another takes its sequence number, or cannot take the one after it. When
    another of its account is put off, it waits, but would have been the first to go.

    Attributes
    ----------
    now : int
        The position that has been reached.
    attempt : int
        0 for the likeliest order; another number for another one that agrees with what waits.
    """

    def __init__(self, records: list[dict[str, Any]], candidates: list[Candidate | None]) -> None:
        self.now = self.attempt = 0
        self._end = len(records)
        self._waits: dict[bytes, list[int]] = {}
        self._gone: dict[bytes, list[int]] = {}
        offered: set[bytes] = set()
        chains: dict[str, list[Candidate]] = {}
        for position, (record, candidate) in enumerate(zip(records, candidates, strict=True)):
            if candidate is not None:
                chain = chains.setdefault(candidate.tx.source, [])
                self._read(position, record, candidate, chain, candidate.full_hash in offered)
                offered.add(candidate.full_hash)

    def _read(
        self, at: int, record: dict[str, Any], candidate: Candidate, chain: list[Candidate], banned: bool
    ) -> None:
        sequence, status = candidate.tx.sequence, record.get("submit_status")
        if "ledger" in record:
            self._note(self._waits, candidate, self._end)
        if status == "DUPLICATE":
            self._note(self._waits, candidate, at)
        elif status == "PENDING":
            for other in chain:
                self._note(self._gone if other.tx.sequence >= sequence else self._waits, other, at)
            chain[:] = [other for other in chain if other.tx.sequence < sequence]
            chain.append(candidate)
        elif status == "TRY_AGAIN_LATER" and not banned:
            for other in chain:
                self._note(self._waits, other, at - 1)
                self._note(self._gone, other, at)
        elif record.get("submit_code") == "txBAD_SEQ":
            for other in chain:
                directly_before = other.tx.sequence + 1 == sequence
                self._note(self._gone, other, at if directly_before else self._end)

    def _note(self, proofs: dict[bytes, list[int]], candidate: Candidate, at: int) -> None:
        proofs.setdefault(candidate.full_hash, []).append(at)

    def fate(self, candidate: Candidate) -> tuple[int, int]:
        """Return a key that is lower, the sooner a transaction has to go for all that follows to be true."""
        waits = (at for at in self._waits.get(candidate.full_hash, ()) if at >= self.now)
        if self.attempt:
            chance = sha256(candidate.full_hash + self.attempt.to_bytes(4)).digest()
            return max(waits, default=-1), int.from_bytes(chance)
        gone = (at for at in self._gone.get(candidate.full_hash, ()) if at >= self.now)
        return max(waits, default=-1), min(gone, default=self._end + 1)
