"""Sends one signed transaction, and the same bytes again, until the ledger has decided its fate."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account import AccountNotFunded
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonError,
    HorizonRefused,
    HorizonUnavailable,
    reading,
)
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock

from .account_source import AccountSource
from .fee_bump import FeeBumps
from .record import TransactionRecord
from .sent import Sent
from .verdict import NOT_PASSED_ON, Expired, Included, Refused, Verdict, read_refusal

__all__ = ["Submission"]

WAIT_MOST: Final = 5.0
PASSED_OVER: Final = 2
"""Ledgers without the transaction after which its fee bid is held against what others pay."""
SLOW: Final = 3
"""Ledgers after which an answer is overdue: a transaction is usually in the next."""
PAGE: Final = 200
LONG_AGO: Final = 300
"""Seconds of ledger time after a time bound beyond which no node lags."""


@dataclass(frozen=True, slots=True)
class Outbid:
    """Ledgers passed the transaction over for its bid; `asked` stroops an operation would do."""

    asked: int


class Submission:
    """Brings transactions to the ledger.

    Parameters
    ----------
    source : AccountSource
        Where it is sent and looked up.
    horizon : Horizon
        Lists what the account has sent.
    clock : LedgerClock
    bumps : FeeBumps
        Raises the bid where others pay more.
    """

    def __init__(self, source: AccountSource, horizon: Horizon, clock: LedgerClock, bumps: FeeBumps) -> None:
        self._source = source
        self._horizon = horizon
        self._clock = clock
        self._bumps = bumps

    async def decide(self, sent: Sent, was_sent: bool = False) -> Verdict:
        """Send the transaction until its fate is certain, however long that takes.

        A time-out, a 5xx or an answer that is not JSON tells nothing: the identical envelope goes out again
        until a ledger later than its time bound has closed; then the ledger itself is read. A refusal is
        believed at once only from the first attempt, and only if it cannot come from the transaction's own
        success. Where others pay more, the same transaction goes out in a fee bump, up to the cap.

        Parameters
        ----------
        sent : Sent
        was_sent : bool
            Whether an earlier attempt may have arrived, as after a restart.
        """
        seen: int | None = None
        never_taken: Refused | None = None
        wait = self._clock.median_arrival / 2
        due = self._clock.sequence + PASSED_OVER
        while True:
            if self._clock.close_time > sent.max_time:
                verdict, seen = await self._read_fate(sent, seen)
                if verdict is not None:
                    return never_taken or verdict if isinstance(verdict, Expired) else verdict
            else:
                answer = await self._send(sent, due)
                if isinstance(answer, Included):
                    return answer
                asked = answer.asked if isinstance(answer, Outbid) else 0
                if isinstance(answer, Refused):
                    if answer.occupant is not None or (answer.code == NOT_PASSED_ON and not was_sent):
                        return answer
                    verdict = await self._examine(sent, answer, was_sent)
                    if verdict is not None:
                        return verdict
                    if answer.code == "txTOO_LATE" and not was_sent:
                        never_taken = answer
                    if answer.code == "txINSUFFICIENT_FEE":
                        least_fee = answer.result.fee_charged if answer.result else 0
                        asked = await self._bumps.asked(sent, least_fee) or sent.bid + 1
                    if answer.code == "txINSUFFICIENT_BALANCE":
                        sent = replace(sent, bump=None)  # the transaction's own fee may be covered
                was_sent = True
                if asked:
                    due = self._clock.sequence + PASSED_OVER
                    bumped = await self._bumps.bump(sent, asked)
                    if bumped is not None and bumped.bid > sent.bid:
                        sent = bumped
                        continue
                    if bumped is None and never_taken is None:
                        self._bumps.give_up(sent, asked)
                        never_taken = Refused("txINSUFFICIENT_FEE", None)
            await self._clock.tick(min(wait, WAIT_MOST))
            wait = min(2 * wait, WAIT_MOST)
            await self._tick_if_silent()

    async def _send(self, sent: Sent, due: int) -> Included | Refused | Outbid | None:
        """Post once; None if the outcome is unknown, also when the time bound passes before an answer.

        An answer that is slow to come may mean that another program has used the sequence number, or, after
        the ledger `due`, that others pay more.
        """
        post = asyncio.ensure_future(self._post(sent))
        slow = asyncio.ensure_future(self._overtaken(sent))
        outbid = asyncio.ensure_future(self._outbid(sent, due))
        passed = asyncio.ensure_future(self._clock.passed(sent.max_time))
        tasks = (post, slow, outbid, passed)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in (post, slow, outbid):
                if task.done():
                    return task.result()
            return None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _overtaken(self, sent: Sent) -> Included | Refused:
        """Return once the ledger shows that this sequence number is used: by this transaction or another."""
        while True:
            for _ in range(SLOW):
                await self._clock.passed(self._clock.close_time)
            with suppress(StellarError):
                verdict = await self._read_use(sent)
                if verdict is not None:
                    return verdict

    async def _outbid(self, sent: Sent, due: int) -> Outbid:
        """Return once ledgers after `due` are closed by others' higher bids."""
        while True:
            while self._clock.sequence < due:
                await self._clock.passed(self._clock.close_time)
            asked = await self._bumps.asked(sent)
            if asked:
                return Outbid(asked)
            due = self._clock.sequence + 1

    async def _post(self, sent: Sent) -> Included | Refused | None:
        try:
            return Included(await self._source.submit(sent))
        except HorizonRefused as error:
            return read_refusal(error)
        except HorizonUnavailable:
            return None

    async def _examine(self, sent: Sent, refused: Refused, was_sent: bool) -> Verdict | None:
        """Ask the ledger what a refusal means; None if the transaction may still happen.

        A used sequence number, a passed time bound and failed operations may be the traces of the
        transaction's own success, or of an applied failure, that this node does not show yet.
        """
        record = await self._find_patiently(sent)
        if record is not None:
            return Included(record)
        with suppress(HorizonError, AccountNotFunded):
            if refused.code == "txBAD_SEQ":
                return await self._read_use(sent)
            if refused.code == "txTOO_LATE":
                await self._clock.read(self._horizon)
                return None
            if refused.code == "txINSUFFICIENT_FEE":
                return None
            if refused.code == "txFAILED":
                overdue = self._clock.sequence + SLOW
                while self._clock.sequence < overdue:
                    await self._clock.tick(WAIT_MOST)
                    await self._tick_if_silent()
                account = await self._source.account(sent.source, overdue)
                if account.sequence >= sent.sequence:
                    return await self._read_use(sent)
                return refused if account.ledger >= overdue and not was_sent else None
            return None if was_sent else refused
        return None

    async def find(self, sent: Sent, as_of: int = 0) -> TransactionRecord | None:
        """Look the transaction up on the ledger; None if no node that has reached `as_of` knows it.

        Raises
        ------
        HorizonUnavailable
            If the node does not answer.
        """
        return await self._source.find(sent, as_of)

    async def _find_patiently(self, sent: Sent) -> TransactionRecord | None:
        wait = 0.1
        while True:
            try:
                return await self.find(sent)
            except HorizonUnavailable as error:
                await asyncio.sleep(max(wait, error.retry_after))
                wait = min(2 * wait, WAIT_MOST)

    async def _read_fate(self, sent: Sent, seen: int | None) -> tuple[Verdict | None, int | None]:
        """Read the ledger after the time bound; no verdict if this node is not there yet.

        Only nodes that have reached the clock's ledger are asked. That the transaction is nowhere is believed
        when two ledgers show it, for a node may answer with an older state than it says; `seen` is the first.
        Long after the bound one is enough.
        """
        as_of = self._clock.sequence
        with suppress(HorizonError):
            is_told, record = True, None
            try:
                record = await self.find(sent, as_of)
            except HorizonUnavailable:  # its number, where that is unused, proves as much
                is_told = False
            if record is not None:
                return Included(record), seen
            try:
                account = await self._source.account(sent.source, as_of)
                ledger = account.ledger or as_of
                verdict = await self._read_use(sent, as_of) if account.sequence >= sent.sequence else None
                is_told |= account.sequence < sent.sequence
                if verdict is not None or not self._clock.is_later(ledger, sent.max_time):
                    return verdict, seen
            except AccountNotFunded:
                ledger = as_of
            if not is_told:
                return None, seen
            is_old = self._clock.close_time > sent.max_time + LONG_AGO
            if is_old or (seen is not None and ledger > seen):
                return Expired(), seen
            return None, seen or ledger
        return None, seen

    async def _read_use(self, sent: Sent, as_of: int = 0) -> Included | Refused | None:
        """Find the transaction that used the sequence number; None if the node shows none.

        It proves whose the number was, however far nodes lag behind each other.
        """
        path, cursor = f"/accounts/{sent.source}/transactions", ""
        while True:
            params: dict[str, str | int] = {"order": "desc", "limit": PAGE, "include_failed": "true"}
            records = (await self._horizon.get(path, {**params, "cursor": cursor}, as_of)).records
            for record in records:
                with reading("a transaction"):
                    is_own = record["source_account"] == sent.source
                    number, cursor = int(record["source_account_sequence"]), str(record["paging_token"])
                if is_own and number == sent.sequence:
                    occupant = TransactionRecord.read(record)
                    if occupant.hash == sent.name:
                        return Included(occupant)
                    return Refused("txBAD_SEQ", None, occupant)
                if is_own and number < sent.sequence:
                    return None
            if len(records) < PAGE:
                return None

    async def _tick_if_silent(self) -> None:
        """Ask for the last ledger where none has arrived for long: the stream may be down with the node."""
        if self._clock.behind().seconds > max(1.0, 4 * self._clock.median_arrival):
            with suppress(HorizonError):
                await self._clock.read(self._horizon)
