"""Sees what was asked for together through: one transaction after another, until each instruction has ended.

A transaction's fate decides what follows: who is rejected, and what is sent again, in another transaction.
Never is one made while an earlier one may still happen.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction

from .asked import Asked, Outcome, Step, resolve, without_placements
from .blame import BAD_SIGNATURE, blame, blames_signature
from .errors import explain
from .fee_market import FeeMarket
from .instructions import Instruction, exchanged, parts
from .journal.journal import Journal
from .ladder import LadderPlan
from .record import TransactionRecord
from .sent import Sent
from .source_account import FAULTS, SourceAccount
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
FROZEN: Final = "txFROZEN_KEY_ACCESSED"
UNTIMELY: Final = ("expired", "txINSUFFICIENT_FEE")
"""Codes of transactions whose time bound passed, the second for what others paid."""
RETRY: Final = 5.0
DELIVERIES: Final = 3
EXPIRED: Final = "the network did not include it before its time bound passed, and a later ledger proves it"


@dataclass(slots=True)
class _Round:
    """What is left of a batch, and what its next transaction must heed.

    `beside` tells what is under way in other transactions; what has to wait for that is `put_off`. `gone` are
    client order ids of those whose offers the ledger has proven not to be there. `by_pair` lets each pair go
    by itself, as one of them keeps all from being taken.
    """

    batch: list[Asked]
    source: SourceAccount
    beside: Callable[[], Sequence[Instruction]]
    most: int
    steps: list[Step] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    refusals: int = 0
    changed_in: int = 0
    was_late: bool = False
    is_unsigned: bool = False
    by_pair: bool = False
    is_over: bool = False
    put_off: list[Asked] = field(default_factory=list)
    attempts: dict[str, list[Step]] = field(default_factory=dict)

    @property
    def left(self) -> list[Asked]:
        """What has no outcome yet."""
        return [asked for asked in self.batch if not asked.outcome.done()]

    @property
    def concerned(self) -> list[Asked]:
        """Of what is left, that which the last transaction's fate says something about."""
        if not self.by_pair:
            return self.left
        return [asked for step in self.steps for asked in step.asked if not asked.outcome.done()]


class Settlement:
    """Makes the transactions of one account.

    Parameters
    ----------
    account : str
        Whose operations they are, whatever their source.
    sign : callable
        Signs a transaction for the network.
    clock : LedgerClock
    submission : Submission
    fees : FeeMarket
        Knows what to bid.
    journal : Journal
        Keeps each transaction before it is sent.
    plan : callable
        Lays out instructions; also takes client order ids of offers that are surely gone, and what is under
        way in other transactions. What is neither a step nor refused is done already.
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
        submission: Submission,
        fees: FeeMarket,
        journal: Journal,
        plan: Callable[[Sequence[Instruction], Collection[str], Sequence[Instruction]], LadderPlan],
        deliver: Callable[[TransactionRecord, Sequence[Instruction]], Awaitable[None]],
        freshen: Callable[[bool, int], Awaitable[None]],
        logger: logging.Logger,
    ) -> None:
        self._account = account
        self._sign = sign
        self._clock = clock
        self._submission = submission
        self._fees = fees
        self._journal = journal
        self._plan = plan
        self._deliver = deliver
        self._freshen = freshen
        self._logger = logger

    async def settle(
        self, batch: Sequence[Asked], source: SourceAccount, beside: Callable[[], Sequence[Instruction]]
    ) -> list[Asked]:
        """Bring what fits into one transaction to its end; return what has to go with another.

        All other instructions have an outcome when this returns.

        Parameters
        ----------
        batch : sequence of Asked
        source : SourceAccount
            Gives the sequence number and pays the fee.
        beside : callable
            Returns what is under way in transactions of other sources.
        """
        if not await source.check():
            return list(batch)
        current = _Round(list(batch), source, beside, self._fees.cap)
        while current.left and not current.is_over:
            try:
                await self._freshen(current.was_late, current.changed_in)
                sequence = await source.sequence.next()
                bid = min(await self._fees.bid(), current.most)
                self._lay_out(current)
                if not current.steps:
                    break
                sent = await self._make(current, sequence, bid)
            except StellarError as error:
                resolve(current.batch, Outcome(f"nothing was sent: {error}"))
                break
            current.attempts[sent.name] = current.steps
            verdict = await self._decide(sent)
            if isinstance(verdict, Included):
                source.sequence.used(sequence)
                await self._include(current, sent.name, verdict.record)
            elif isinstance(verdict, Refused) and verdict.occupant is not None:
                source.sequence.forget(sequence)
                await self._yield(current, sent, verdict, verdict.occupant)
            else:
                source.sequence.forget()
                self._refuse(current, sent, verdict)
            if current.is_unsigned:
                await self._look_at_signers(current)
        return current.left + current.put_off

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
            current.is_over = True
        else:
            self._journal.decided(name, "failed", record.result.code, record)
            current.is_unsigned = blames_signature(record.result)
            current.gone |= blame(steps, record.result, record.ledger)

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
        if current.source.is_channel and code in FAULTS:
            current.source.set_aside(FAULTS[code])
            current.is_over = True
            return
        result = verdict.result if isinstance(verdict, Refused) else None
        current.is_unsigned = code == "txBAD_AUTH" or (result is not None and blames_signature(result))
        if result is not None and code == "txFAILED" and not current.is_unsigned:
            blame(current.steps, result, 0)
            return
        if code == "txFAILED" and current.is_unsigned:
            code = BAD_SIGNATURE
        pairs = {exchanged(step.instruction) for step in current.steps}
        if code == FROZEN and not current.by_pair and len(pairs) > 1:
            current.by_pair = True
            return
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
        concerned = current.concerned
        cancels = without_placements(concerned, failure)
        if len(cancels) < len(concerned):
            return
        least = self._clock.header.base_fee if self._clock.header else current.most
        if failure.code == "txINSUFFICIENT_BALANCE" and current.most > least:
            current.most = least
            return
        resolve(cancels, failure)

    def _lay_out(self, current: _Round) -> None:
        """Take the next transaction's steps; reject orders that the ledger would refuse behind them.

        Beside other transactions they are put off instead: these may stand against them for a moment only.
        """
        left, beside = current.left, current.beside()
        asked_for = {id(asked.instruction): asked for asked in left}
        plan = self._plan([asked.instruction for asked in left], current.gone, beside)
        steps = [Step(entry, tuple(asked_for.pop(id(part)) for part in parts(entry))) for entry in plan.steps]
        for placement, reason in plan.refusals:
            asked = asked_for.pop(id(placement))
            if beside:
                current.batch.remove(asked)
                current.put_off.append(asked)
            else:
                asked.resolve(Outcome(str(reason), "refused here"))
        resolve(asked_for.values(), Outcome())
        if current.by_pair and steps:
            pair = exchanged(steps[0].instruction)
            steps = [step for step in steps if exchanged(step.instruction) == pair]
        current.steps = steps[: CONSTANTS.OPERATIONS_IN_TRANSACTION]

    async def _make(self, current: _Round, sequence: int, bid: int) -> Sent:
        """Sign a transaction and keep it in the journal."""
        instructions = [step.instruction for step in current.steps]
        operations = tuple(instruction.operation for instruction in instructions)
        source = current.source
        if source.is_channel:
            operations = tuple(replace(operation, source=self._account) for operation in operations)
        max_time, fee = self._clock.time_bound(), bid * len(operations)
        transaction = Transaction(source.account, fee, sequence, operations, max_time=max_time)
        header = self._clock.header
        signed = self._sign(transaction)
        sent = Sent(signed, source.account, sequence, max_time, self._clock.sequence, bid)
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
