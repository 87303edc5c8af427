"""Sees what was asked for together through: one transaction after another, until each instruction has ended.

A transaction's fate decides what follows: who is rejected, and what is sent again, in another transaction.
Never is one made while an earlier one may still happen.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult

from .asked import Asked, Outcome, resolve, without_placements
from .errors import OrderRejected, explain
from .fee_market import FeeMarket
from .instructions import Instruction, Placement
from .journal.journal import Journal
from .record import TransactionRecord
from .sent import Sent
from .sequence_number import SequenceNumber
from .submission import Submission
from .verdict import Expired, Included, Refused, Verdict

__all__ = ["EXPIRED", "Settlement"]

ATTEMPTS: Final = 6
PASSING: Final = (
    "expired",
    "txTOO_LATE",
    "txTOO_EARLY",
    "txBAD_SEQ",
    "txINSUFFICIENT_FEE",
    "txINTERNAL_ERROR",
)
UNTIMELY: Final = ("expired", "txINSUFFICIENT_FEE")
"""Codes of transactions whose time bound passed, the second for what others paid."""
BAD_SIGNATURE: Final = "opBAD_AUTH"
RETRY: Final = 5.0
DELIVERIES: Final = 3
EXPIRED: Final = "the network did not include it before its time bound passed, and a later ledger proves it"


@dataclass(slots=True)
class _Round:
    """What is left of a batch, and what its next transaction must heed."""

    batch: list[Asked]
    most: int
    refusals: int = 0
    changed_in: int = 0
    was_late: bool = False
    is_unsigned: bool = False
    attempts: dict[str, list[Asked]] = field(default_factory=dict)


class Settlement:
    """Makes the transactions of one account.

    Parameters
    ----------
    account : str
    sign : callable
        Signs a transaction for the network.
    clock : LedgerClock
    sequence : SequenceNumber
    submission : Submission
    fees : FeeMarket
        Knows what to bid.
    journal : Journal
        Keeps each transaction before it is sent.
    admit : callable
        Takes an order and what goes before it in the same transaction; raises `OrderRejected` for one that
        the ledger would refuse.
    deliver : callable
        Takes each transaction that came to the ledger successfully, with its instructions, before these
        count as done.
    freshen : callable
        Brings ledger clock and balances up to date, with those of a ledger that changed the account; raises
        `StellarError` if nothing can be signed.
    logger : logging.Logger
    """

    def __init__(
        self,
        account: str,
        sign: Callable[[Transaction], SignedTransaction],
        clock: LedgerClock,
        sequence: SequenceNumber,
        submission: Submission,
        fees: FeeMarket,
        journal: Journal,
        admit: Callable[[Placement, Sequence[Instruction]], None],
        deliver: Callable[[TransactionRecord, Sequence[Instruction]], Awaitable[None]],
        freshen: Callable[[bool, int], Awaitable[None]],
        logger: logging.Logger,
    ) -> None:
        self._account = account
        self._sign = sign
        self._clock = clock
        self._sequence = sequence
        self._submission = submission
        self._fees = fees
        self._journal = journal
        self._admit = admit
        self._deliver = deliver
        self._freshen = freshen
        self._logger = logger

    async def settle(self, batch: Sequence[Asked]) -> None:
        """Bring every instruction to its end; each has an outcome when this returns."""
        current = _Round(list(batch), self._fees.cap)
        while current.batch:
            try:
                await self._freshen(current.was_late, current.changed_in)
                sequence = await self._sequence.next()
                bid = min(await self._fees.bid(), current.most)
                current.batch = self._admitted(current.batch)
                if not current.batch:
                    return
                sent = await self._make(current.batch, sequence, bid)
            except StellarError as error:
                resolve(current.batch, Outcome(f"nothing was sent: {error}"))
                return
            current.attempts[sent.name] = current.batch
            verdict = await self._decide(sent)
            if isinstance(verdict, Included):
                self._sequence.used(sequence)
                await self._include(current, sent.name, verdict.record)
            elif isinstance(verdict, Refused) and verdict.occupant is not None:
                self._sequence.forget(sequence)
                await self._yield(current, sent, verdict, verdict.occupant)
            else:
                self._sequence.forget()
                self._refuse(current, sent, verdict)
            if current.is_unsigned:
                await self._look_at_signers(current)

    async def _look_at_signers(self, current: _Round) -> None:
        """Read the account after a signature was not enough; give up what is left if it shows so, too."""
        current.is_unsigned = False
        try:
            await self._freshen(False, self._clock.sequence)
        except StellarError as error:
            resolve(current.batch, Outcome(f"nothing was sent: {error}"))
            current.batch = []

    async def _include(self, current: _Round, name: str, record: TransactionRecord) -> None:
        """Take a transaction that is on the ledger."""
        batch = current.attempts[name]
        current.changed_in = record.ledger
        if record.is_successful:
            await self._hand_over(record, batch)
            resolve(batch, Outcome(ledger=record.ledger))
            current.batch = []
        else:
            self._journal.decided(name, "failed", record.result.code, record)
            current.is_unsigned = _blames_signature(record.result)
            current.batch = _without_faulty(batch, record.result, record.ledger)

    async def _yield(
        self, current: _Round, sent: Sent, refused: Refused, occupant: TransactionRecord
    ) -> None:
        """Take that another transaction has the sequence number: another program's, or one of these attempts
        that the network has taken after refusing it.
        """
        if occupant.hash in current.attempts:
            await self._include(current, occupant.hash, occupant)
            self._journal.decided(sent.name, "refused", refused.code, None)
        else:
            self._refuse(current, sent, refused)

    def _refuse(self, current: _Round, sent: Sent, verdict: Refused | Expired) -> None:
        """Take that the transaction did not happen: send what still makes sense again, give up the rest."""
        code = "expired" if isinstance(verdict, Expired) else verdict.code
        self._journal.decided(sent.name, "expired" if code == "expired" else "refused", code, None)
        result = verdict.result if isinstance(verdict, Refused) else None
        current.is_unsigned = code == "txBAD_AUTH" or (result is not None and _blames_signature(result))
        if result is not None and code == "txFAILED" and not current.is_unsigned:
            current.batch = _without_faulty(current.batch, result, 0)
            return
        if code == "txFAILED" and current.is_unsigned:
            code = BAD_SIGNATURE
        current.refusals += 1
        current.was_late = code in (*UNTIMELY, "txTOO_LATE")
        failure = Outcome(EXPIRED if code == "expired" else explain(code), code)
        if code in UNTIMELY:  # the moment of the orders has passed; cancels are still wanted
            current.batch = without_placements(current.batch, failure)
        may_pass = code in PASSING and current.refusals < ATTEMPTS
        if not may_pass:
            current.batch = self._give_up(current, failure)

    def _give_up(self, current: _Round, failure: Outcome) -> list[Asked]:
        """Return the cancels that can go alone, or for less, where all of it was refused."""
        cancels = without_placements(current.batch, failure)
        if len(cancels) < len(current.batch):
            return cancels
        least = self._clock.header.base_fee if self._clock.header else current.most
        if failure.code == "txINSUFFICIENT_BALANCE" and current.most > least:
            current.most = least
            return cancels
        resolve(cancels, failure)
        return []

    def _admitted(self, batch: list[Asked]) -> list[Asked]:
        """Reject the orders that the ledger would refuse behind what goes before them."""
        sound: list[Asked] = []
        for asked in batch:
            if isinstance(asked.instruction, Placement):
                try:
                    self._admit(asked.instruction, [entry.instruction for entry in sound])
                except OrderRejected as error:
                    asked.resolve(Outcome(str(error), "refused here"))
                    continue
            sound.append(asked)
        return sound

    async def _make(self, batch: list[Asked], sequence: int, bid: int) -> Sent:
        """Sign a transaction and keep it in the journal."""
        instructions = [asked.instruction for asked in batch]
        operations = tuple(instruction.operation for instruction in instructions)
        max_time = self._clock.time_bound()
        transaction = Transaction(self._account, bid * len(batch), sequence, operations, max_time=max_time)
        header = self._clock.header
        sent = Sent(self._sign(transaction), sequence, max_time, self._clock.sequence, bid)
        await self._journal.send(sent, instructions, header.hash if header else "")
        return sent

    async def _decide(self, sent: Sent) -> Verdict:
        """Go on deciding the same envelope whatever happens on the way: no other may be made before."""
        was_sent = False
        while True:
            try:
                return await self._submission.decide(sent, was_sent)
            except Exception:
                self._logger.exception(f"Transaction {sent.name} could not be decided; trying again.")
                was_sent = True
                await self._clock.tick(RETRY)

    async def _hand_over(self, record: TransactionRecord, batch: list[Asked]) -> None:
        instructions = [asked.instruction for asked in batch]
        for attempt in range(1, DELIVERIES + 1):
            try:
                await self._deliver(record, instructions)
                return
            except Exception:
                self._logger.exception(f"Transaction {record.hash} is on the ledger but could not be taken.")
            if attempt < DELIVERIES:
                await self._clock.tick(RETRY)


def _blames_signature(result: TransactionResult) -> bool:
    return result.code == "txBAD_AUTH" or any(
        operation.code == BAD_SIGNATURE for operation in result.operations
    )


def _without_faulty(batch: list[Asked], result: TransactionResult, ledger: int) -> list[Asked]:
    """Reject the operations that failed; the rest, which the ledger rolled back, can be sent again.

    Where the result blames no operation, or the signature, all of them are rejected.
    """
    codes = [operation.code for operation in result.operations]
    if len(codes) == len(batch) and not _blames_signature(result):
        sound = [asked for asked, code in zip(batch, codes, strict=True) if code.endswith("_SUCCESS")]
        if len(sound) < len(batch):
            for asked, code in zip(batch, codes, strict=True):
                if not code.endswith("_SUCCESS"):
                    asked.resolve(Outcome(explain(code), code, ledger))
            return sound
    code = BAD_SIGNATURE if _blames_signature(result) else result.code
    resolve(batch, Outcome(explain(code), code, ledger))
    return []
