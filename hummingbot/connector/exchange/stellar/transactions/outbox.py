"""Gathers what Hummingbot asks for within one tick into one transaction, and sees each transaction through.

One transaction is under way at a time: since protocol 20 the network queues no second one of an account. What
is asked meanwhile leaves together in the next.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult

from .errors import OrderRejected, explain
from .instructions import Cancellation, Instruction, Placement
from .record import TransactionRecord
from .sent import Sent
from .sequence_number import SequenceNumber
from .submission import Expired, Included, Refused, Submission, Verdict

__all__ = ["EXPIRED", "Outbox", "Outcome"]

ATTEMPTS: Final = 6
TRY_AGAIN: Final = (
    "expired",
    "txTOO_LATE",
    "txTOO_EARLY",
    "txBAD_SEQ",
    "txINSUFFICIENT_FEE",
    "txINTERNAL_ERROR",
)
RETRY: Final = 5.0
DELIVERIES: Final = 3
EXPIRED: Final = "the network did not include it before its time bound passed, and a later ledger proves it"


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
class _Waiting:
    instruction: Instruction
    outcome: asyncio.Future[Outcome]

    def resolve(self, outcome: Outcome) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Outbox:
    """The only sender of an account's transactions.

    Parameters
    ----------
    account : str
    sign : callable
        Signs a transaction for the network.
    clock : LedgerClock
    sequence : SequenceNumber
    submission : Submission
    admit : callable
        Takes an order and what goes before it in the same transaction; raises `OrderRejected` for one that
        the ledger would refuse.
    deliver : callable
        Takes each transaction that came to the ledger successfully, with its instructions, before these
        count as done.
    freshen : callable
        Brings ledger clock and balances up to date, with those of a ledger that changed the account.
    logger : logging.Logger
    """

    def __init__(
        self,
        account: str,
        sign: Callable[[Transaction], SignedTransaction],
        clock: LedgerClock,
        sequence: SequenceNumber,
        submission: Submission,
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
        self._admit = admit
        self._deliver = deliver
        self._freshen = freshen
        self._logger = logger
        self._queue: list[_Waiting] = []
        self._under_way: list[_Waiting] = []
        self._sent: Sent | None = None
        self._driver: asyncio.Task[None] | None = None

    def send(self, instruction: Instruction) -> asyncio.Future[Outcome]:
        """Put an instruction into the next transaction and return the future of its outcome.

        The transaction is made once everything that is ready to run in this turn of the event loop has run,
        so that all orders and cancels of one tick share it.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(instruction, loop.create_future())
        self._queue.append(waiting)
        if self._driver is None or self._driver.done():
            self._driver = loop.create_task(self._drive())
        return waiting.outcome

    def withdraw(self, client_order_id: str) -> bool:
        """Take a placement back that has not been sent; False if it is under way or unknown."""
        for waiting in self._queue:
            if (
                isinstance(waiting.instruction, Placement)
                and waiting.instruction.client_order_id == client_order_id
            ):
                self._queue.remove(waiting)
                waiting.resolve(Outcome("it was cancelled before it was sent", "withdrawn"))
                return True
        return False

    def waiting(self) -> Iterator[Instruction]:
        """Yield what is queued or under way."""
        for waiting in (*self._under_way, *self._queue):
            yield waiting.instruction

    @property
    def is_under_way(self) -> bool:
        """Whether a transaction is being sent."""
        return bool(self._under_way)

    def sent(self, client_order_id: str) -> tuple[Sent, int] | None:
        """Return the transaction under way that places the order, and the index of its operation there."""
        for index, waiting in enumerate(self._under_way):
            is_placement = isinstance(waiting.instruction, Placement)
            if self._sent and is_placement and waiting.instruction.client_order_id == client_order_id:
                return self._sent, index
        return None

    async def idle(self) -> None:
        """Wait until nothing is queued or under way."""
        while self._driver is not None and not self._driver.done():
            await asyncio.wait((self._driver,))

    async def _drive(self) -> None:
        await asyncio.sleep(0)
        while self._queue:
            batch = self._next_batch()
            try:
                await self._settle(batch)
            except Exception as error:
                self._logger.exception("A transaction could not be made.")
                _resolve(batch, Outcome(f"nothing was sent: {error}"))
            finally:
                self._under_way, self._sent = [], None

    def _next_batch(self) -> list[_Waiting]:
        """Cancels first: they free balance, and an order must not meet our own that is to go."""
        self._queue.sort(key=lambda waiting: isinstance(waiting.instruction, Placement))
        batch = self._queue[: CONSTANTS.OPERATIONS_IN_TRANSACTION]
        del self._queue[: CONSTANTS.OPERATIONS_IN_TRANSACTION]
        return batch

    async def _settle(self, batch: list[_Waiting]) -> None:
        bid, refusals, ledger, was_late = CONSTANTS.FEE_BID, 0, 0, False
        attempts: dict[str, list[_Waiting]] = {}
        while batch:
            self._under_way = batch
            try:
                await self._freshen(was_late, ledger)
                sequence = await self._sequence.next()
            except StellarError as error:
                _resolve(batch, Outcome(f"nothing was sent: {error}"))
                return
            batch = self._under_way = self._admitted(batch)
            if not batch:
                return
            sent = self._sent = self._make(batch, sequence, bid)
            attempts[sent.name] = batch
            verdict = await self._decide(sent)
            if isinstance(verdict, Refused) and verdict.occupant is not None:
                earlier = attempts.get(verdict.occupant.hash)
                if earlier is not None:  # the network took after all what it had refused
                    batch, verdict = earlier, Included(verdict.occupant)
            if isinstance(verdict, Included):
                self._sequence.used(sequence)
                ledger = verdict.record.ledger
                if verdict.record.is_successful:
                    await self._hand_over(verdict.record, batch)
                    _resolve(batch, Outcome(ledger=ledger))
                    return
                batch = _without_faulty(batch, verdict.record.result, ledger)
                continue
            self._sequence.forget(sequence if isinstance(verdict, Refused) and verdict.occupant else 0)
            if isinstance(verdict, Refused) and verdict.code == "txFAILED" and verdict.result is not None:
                batch = _without_faulty(batch, verdict.result, 0)
                continue
            refusals += 1
            was_late = isinstance(verdict, Expired) or verdict.code == "txTOO_LATE"
            if isinstance(verdict, Expired):
                batch = _without_placements(batch, Outcome(EXPIRED, "expired"))
                code = "expired"
            else:
                code = verdict.code
            if refusals < ATTEMPTS and code in TRY_AGAIN:
                if code != "txINSUFFICIENT_FEE":
                    continue
                if bid < CONSTANTS.FEE_BID_MOST:
                    bid = min(10 * bid, CONSTANTS.FEE_BID_MOST)
                    continue
            failure = Outcome(EXPIRED if code == "expired" else explain(code), code)
            cancels = _without_placements(batch, failure)
            least = self._clock.header.base_fee if self._clock.header else bid
            if len(cancels) == len(batch):
                if code != "txINSUFFICIENT_BALANCE" or bid <= least:
                    _resolve(batch, failure)
                    return
                bid = least
            batch = cancels

    def _admitted(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Reject the orders that the ledger would refuse behind what goes before them."""
        sound: list[_Waiting] = []
        for waiting in batch:
            if isinstance(waiting.instruction, Placement):
                try:
                    self._admit(waiting.instruction, [entry.instruction for entry in sound])
                except OrderRejected as error:
                    waiting.resolve(Outcome(str(error), "refused here"))
                    continue
            sound.append(waiting)
        return sound

    def _make(self, batch: list[_Waiting], sequence: int, bid: int) -> Sent:
        max_time = self._clock.time_bound()
        transaction = Transaction(
            self._account,
            bid * len(batch),
            sequence,
            tuple(waiting.instruction.operation for waiting in batch),
            max_time=max_time,
        )
        return Sent(self._sign(transaction), sequence, max_time, self._clock.sequence)

    async def _decide(self, sent: Sent) -> Verdict:
        """Go on deciding the same envelope whatever happens on the way: no other may be made before."""
        was_sent = False
        while True:
            try:
                return await self._submission.decide(sent, was_sent)
            except Exception:
                self._logger.exception(
                    f"The fate of transaction {sent.name} could not be read; trying again."
                )
                was_sent = True
                await self._clock.tick(RETRY)

    async def _hand_over(self, record: TransactionRecord, batch: list[_Waiting]) -> None:
        instructions = [waiting.instruction for waiting in batch]
        for attempt in range(1, DELIVERIES + 1):
            try:
                await self._deliver(record, instructions)
                return
            except Exception:
                self._logger.exception(f"Transaction {record.hash} is on the ledger but could not be taken.")
            if attempt < DELIVERIES:
                await self._clock.tick(RETRY)


def _resolve(batch: list[_Waiting], outcome: Outcome) -> None:
    for waiting in batch:
        waiting.resolve(outcome)


def _without_placements(batch: list[_Waiting], outcome: Outcome) -> list[_Waiting]:
    """Give up the orders; what is left are the cancels, which are still wanted."""
    _resolve([w for w in batch if isinstance(w.instruction, Placement)], outcome)
    return [w for w in batch if isinstance(w.instruction, Cancellation)]


def _without_faulty(batch: list[_Waiting], result: TransactionResult, ledger: int) -> list[_Waiting]:
    """Reject the operations that failed; the rest, which the ledger rolled back, can be sent again.

    Where the result blames no operation, all of them are rejected.
    """
    if len(result.operations) != len(batch):
        _resolve(batch, Outcome(explain(result.code), result.code, ledger))
        return []
    sound = []
    for waiting, operation in zip(batch, result.operations, strict=True):
        if operation.code.endswith("_SUCCESS"):
            sound.append(waiting)
        else:
            waiting.resolve(Outcome(explain(operation.code), operation.code, ledger))
    if len(sound) == len(batch):
        _resolve(batch, Outcome(explain(result.code), result.code, ledger))
        return []
    return sound
