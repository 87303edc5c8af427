"""Sees what was asked for together through: one transaction after another, until each instruction has ended.

A transaction's fate decides what follows: who is rejected, and what is sent again, in another transaction.
Never is one made while an earlier one may still happen.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult

from .asked import Asked, Outcome, Step, resolve, without_placements
from .errors import explain
from .fee_market import FeeMarket
from .instructions import Instruction, cancellation_in, parts
from .journal.journal import Journal
from .ladder import LadderPlan
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
    """What is left of a batch, and what its next transaction must heed.

    `gone` are client order ids of those whose offers the ledger has proven not to be there.
    """

    batch: list[Asked]
    most: int
    steps: list[Step] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    refusals: int = 0
    changed_in: int = 0
    was_late: bool = False
    is_unsigned: bool = False
    is_applied: bool = False
    attempts: dict[str, list[Step]] = field(default_factory=dict)

    @property
    def left(self) -> list[Asked]:
        """What has no outcome yet."""
        return [asked for asked in self.batch if not asked.outcome.done()]


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
    plan : callable
        Lays out instructions; also takes client order ids of offers that are surely gone. What is neither a
        step nor refused is done already.
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
        plan: Callable[[Sequence[Instruction], Collection[str]], LadderPlan],
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
        self._plan = plan
        self._deliver = deliver
        self._freshen = freshen
        self._logger = logger

    async def settle(self, batch: Sequence[Asked]) -> list[Asked]:
        """Bring what fits into one transaction to its end; return what has to go with another.

        All other instructions have an outcome when this returns.
        """
        current = _Round(list(batch), self._fees.cap)
        while current.left and not current.is_applied:
            try:
                await self._freshen(current.was_late, current.changed_in)
                sequence = await self._sequence.next()
                bid = min(await self._fees.bid(), current.most)
                self._lay_out(current)
                if not current.steps:
                    break
                sent = await self._make(current.steps, sequence, bid)
            except StellarError as error:
                resolve(current.batch, Outcome(f"nothing was sent: {error}"))
                break
            current.attempts[sent.name] = current.steps
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
        return current.left

    async def _look_at_signers(self, current: _Round) -> None:
        """Read the account after a signature was not enough; give up what is left if it shows so, too."""
        current.is_unsigned = False
        try:
            await self._freshen(False, self._clock.sequence)
        except StellarError as error:
            resolve(current.batch, Outcome(f"nothing was sent: {error}"))

    async def _include(self, current: _Round, name: str, record: TransactionRecord) -> None:
        """Take a transaction that is on the ledger."""
        steps = current.attempts[name]
        current.changed_in = record.ledger
        if record.is_successful:
            await self._hand_over(record, steps)
            resolve((asked for step in steps for asked in step.asked), Outcome(ledger=record.ledger))
            current.is_applied = True
        else:
            self._journal.decided(name, "failed", record.result.code, record)
            current.is_unsigned = _blames_signature(record.result)
            current.gone |= _blame(steps, record.result, record.ledger)

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
            _blame(current.steps, result, 0)
            return
        if code == "txFAILED" and current.is_unsigned:
            code = BAD_SIGNATURE
        current.refusals += 1
        current.was_late = code in (*UNTIMELY, "txTOO_LATE")
        failure = Outcome(EXPIRED if code == "expired" else explain(code), code)
        if code in UNTIMELY:  # the moment of the orders has passed; cancels are still wanted
            without_placements((asked for step in current.steps for asked in step.asked), failure)
        may_pass = code in PASSING and current.refusals < ATTEMPTS
        if not may_pass:
            self._give_up(current, failure)

    def _give_up(self, current: _Round, failure: Outcome) -> None:
        """Give up what was refused, but for cancels that can go alone, or for less."""
        left = current.left
        cancels = without_placements(left, failure)
        if len(cancels) < len(left):
            return
        least = self._clock.header.base_fee if self._clock.header else current.most
        if failure.code == "txINSUFFICIENT_BALANCE" and current.most > least:
            current.most = least
            return
        resolve(cancels, failure)

    def _lay_out(self, current: _Round) -> None:
        """Take the next transaction's steps; reject orders that the ledger would refuse behind them."""
        left = current.left
        asked_for = {id(asked.instruction): asked for asked in left}
        plan = self._plan([asked.instruction for asked in left], current.gone)
        steps = [Step(entry, tuple(asked_for.pop(id(part)) for part in parts(entry))) for entry in plan.steps]
        for placement, reason in plan.refusals:
            asked_for.pop(id(placement)).resolve(Outcome(str(reason), "refused here"))
        resolve(asked_for.values(), Outcome())
        current.steps = steps[: CONSTANTS.OPERATIONS_IN_TRANSACTION]

    async def _make(self, steps: list[Step], sequence: int, bid: int) -> Sent:
        """Sign a transaction and keep it in the journal."""
        instructions = [step.instruction for step in steps]
        operations = tuple(instruction.operation for instruction in instructions)
        max_time = self._clock.time_bound()
        transaction = Transaction(self._account, bid * len(steps), sequence, operations, max_time=max_time)
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

    async def _hand_over(self, record: TransactionRecord, steps: list[Step]) -> None:
        instructions = [step.instruction for step in steps]
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


def _blame(steps: list[Step], result: TransactionResult, ledger: int) -> set[str]:
    """Reject what failed; the rest, which the ledger rolled back, can be sent again.

    An order that failed behind a cancel or change that failed may lack only what that would have freed: it is
    sent again. Where the result blames no operation, or the signature, all of them are rejected.

    Returns
    -------
    set of str
        Client order ids of those whose offers are not there any more.
    """
    gone: set[str] = set()
    codes = [operation.code for operation in result.operations]
    is_unsigned, blames_none = _blames_signature(result), all(code.endswith("_SUCCESS") for code in codes)
    if is_unsigned or blames_none or len(codes) != len(steps):
        code = BAD_SIGNATURE if is_unsigned else result.code
        resolve((asked for step in steps for asked in step.asked), Outcome(explain(code), code, ledger))
        return gone
    has_not_freed = False
    for step, code in zip(steps, codes, strict=True):
        cancellation = cancellation_in(step.instruction)
        is_gone = code.endswith("NOT_FOUND")
        if code.endswith("_SUCCESS") or (has_not_freed and not is_gone):
            continue
        step.fail(Outcome(explain(code), code, ledger))
        if cancellation is not None:
            has_not_freed = True
            if is_gone:
                gone.add(cancellation.client_order_id)
    return gone
