"""Sends one signed transaction, and the same bytes again, until the ledger has decided its fate."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar.horizon.account import AccountNotFunded, read_account
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonRefused,
    HorizonUnavailable,
    reading,
)
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result

from .record import TransactionRecord

__all__ = ["Expired", "Included", "Refused", "Submission", "Verdict"]

WAIT_MOST: Final = 5.0
SLOW: Final = 3
"""Ledgers after which an answer is overdue: a transaction is usually in the next."""
TRANSACTION_CODES: Final = {
    "tx_failed": "txFAILED",
    "tx_too_early": "txTOO_EARLY",
    "tx_too_late": "txTOO_LATE",
    "tx_bad_seq": "txBAD_SEQ",
    "tx_bad_auth": "txBAD_AUTH",
    "tx_insufficient_balance": "txINSUFFICIENT_BALANCE",
    "tx_insufficient_fee": "txINSUFFICIENT_FEE",
    "tx_no_source_account": "txNO_ACCOUNT",
}


@dataclass(frozen=True, slots=True)
class Included:
    """It is on the ledger, successful or failed; its sequence number is used."""

    record: TransactionRecord


@dataclass(frozen=True, slots=True)
class Refused:
    """The network did not take it; it never was and never will be on the ledger, and cost nothing.

    `is_proven` says that the ledger itself shows this (another transaction has used the sequence number),
    so that it holds whatever happened to earlier attempts to send.
    """

    code: str
    result: TransactionResult | None
    is_proven: bool = False


@dataclass(frozen=True, slots=True)
class Expired:
    """Its time bound has passed without it: a later ledger proves that it never happened."""


Verdict = Included | Refused | Expired


class Submission:
    """Brings transactions of one account to the ledger, one at a time.

    Parameters
    ----------
    horizon : Horizon
    clock : LedgerClock
    account, network : str
        The account, and the domain for messages.
    """

    def __init__(self, horizon: Horizon, clock: LedgerClock, account: str, network: str) -> None:
        self._horizon = horizon
        self._clock = clock
        self._account = account
        self._network = network

    async def decide(self, signed: SignedTransaction, sequence: int, max_time: int) -> Verdict:
        """Send the transaction until its fate is certain, however long that takes.

        A time-out, a 5xx or an answer that is not JSON tells nothing: the identical envelope goes out again
        until a ledger later than `max_time` has closed; then the ledger itself is read.
        """
        sent_before = False
        wait = self._clock.median_arrival / 2
        while True:
            answer = await self._send(signed, sequence, max_time)
            if isinstance(answer, Included) or (isinstance(answer, Refused) and answer.is_proven):
                return answer
            if isinstance(answer, Refused):
                known = await self._find_patiently(signed)
                if known is not None:
                    return Included(known)
                if not sent_before:
                    return answer
            sent_before = True
            if self._clock.close_time > max_time:
                verdict = await self._read_fate(signed, sequence, max_time)
                if verdict is not None:
                    return verdict
            await self._clock.tick(min(wait, WAIT_MOST))
            wait = min(2 * wait, WAIT_MOST)
            await self._tick_if_silent()

    async def _send(
        self, signed: SignedTransaction, sequence: int, max_time: int
    ) -> Included | Refused | None:
        """Post once; None if the outcome is unknown, also when the time bound passes before an answer.

        An answer that is slow to come may mean that another program has used the sequence number.
        """
        post = asyncio.ensure_future(self._post(signed))
        slow = asyncio.ensure_future(self._overtaken(signed, sequence))
        passed = asyncio.ensure_future(self._clock.passed(max_time))
        try:
            await asyncio.wait((post, slow, passed), return_when=asyncio.FIRST_COMPLETED)
            for task in (post, slow):
                if task.done():
                    return task.result()
            return None
        finally:
            for task in (post, slow, passed):
                task.cancel()
            await asyncio.gather(post, slow, passed, return_exceptions=True)

    async def _overtaken(self, signed: SignedTransaction, sequence: int) -> Included | Refused:
        """Return once the ledger shows that this sequence number is used: by this transaction or another."""
        while True:
            for _ in range(SLOW):
                await self._clock.passed(self._clock.close_time)
            with suppress(HorizonUnavailable, AccountNotFunded):
                account = await read_account(self._horizon, self._account, self._network)
                if account.sequence >= sequence:
                    verdict = await self._read_occupant(signed, sequence)
                    if verdict is not None:
                        return verdict

    async def _post(self, signed: SignedTransaction) -> Included | Refused | None:
        try:
            answer = await self._horizon.submit(signed.envelope_xdr)
            return Included(TransactionRecord.read(answer.body))
        except HorizonRefused as error:
            return _refusal(error.extras)
        except HorizonUnavailable:
            return None

    async def find(self, signed: SignedTransaction) -> TransactionRecord | None:
        """Look the transaction up on the ledger; None if the node does not know it.

        Raises
        ------
        HorizonUnavailable
            If the node does not answer.
        """
        try:
            answer = await self._horizon.get(f"/transactions/{signed.hash.hex()}")
        except HorizonRefused as error:
            if error.status == 404:
                return None
            raise HorizonUnavailable(str(error)) from None
        return TransactionRecord.read(answer.body)

    async def _find_patiently(self, signed: SignedTransaction) -> TransactionRecord | None:
        wait = 0.1
        while True:
            try:
                return await self.find(signed)
            except HorizonUnavailable as error:
                await asyncio.sleep(max(wait, error.retry_after))
                wait = min(2 * wait, WAIT_MOST)

    async def _read_fate(self, signed: SignedTransaction, sequence: int, max_time: int) -> Verdict | None:
        """Read the ledger after the time bound; None if this node is not there yet."""
        with suppress(HorizonUnavailable):
            record = await self.find(signed)
            if record is not None:
                return Included(record)
            try:
                account = await read_account(self._horizon, self._account, self._network)
            except AccountNotFunded:
                return Expired()
            if account.sequence >= sequence:
                return await self._read_occupant(signed, sequence)
            if self._clock.is_later(account.ledger or self._clock.sequence, max_time):
                return Expired()
        return None

    async def _read_occupant(self, signed: SignedTransaction, sequence: int) -> Included | Refused | None:
        """Find the transaction that used the sequence number: a proof, even if nodes lag, whose it was."""
        path = f"/accounts/{self._account}/transactions"
        params = {"order": "desc", "limit": "200", "include_failed": "true"}
        for record in (await self._horizon.get(path, params)).records:
            with reading("a transaction"):
                is_own = record["source_account"] == self._account
                number, name = int(record["source_account_sequence"]), record["hash"]
            if is_own and number == sequence:
                if name == signed.hash.hex():
                    return Included(TransactionRecord.read(record))
                return Refused("txBAD_SEQ", None, is_proven=True)
            if is_own and number < sequence:
                break
        return None

    async def _tick_if_silent(self) -> None:
        """Ask for the last ledger where none has arrived for long: the stream may be down with the node."""
        if self._clock.behind().seconds > max(1.0, 4 * self._clock.median_arrival):
            with suppress(HorizonUnavailable, HorizonRefused):
                await self._clock.read(self._horizon)


def _refusal(extras: Mapping[str, Any]) -> Refused | None:
    codes = extras.get("result_codes")
    if not isinstance(codes, dict) or not isinstance(codes.get("transaction"), str):
        return Refused("txMALFORMED", None) if "envelope_xdr" in extras else None
    result = None
    with suppress(ValueError, TypeError):
        result = decode_result(b64decode(extras.get("result_xdr", ""), validate=True))
    named = str(codes["transaction"])
    code = result.code if result else TRANSACTION_CODES.get(named, named)
    return Refused(code, result)
