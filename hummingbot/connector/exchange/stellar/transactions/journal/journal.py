"""The journal of one account on one network.

It knows of every transaction before it is sent for the first time, so that no crash leaves an order that may
be on the ledger and that nobody remembers. What became of orders is written before it is told, and again when
it has been told: what a crash leaves in between the next run tells, unless Hummingbot's records show it.

Kinds of records: ``begun`` (whose journal), ``sent`` (a transaction), ``bumped`` (a fee bump that it was put
into), ``decided`` (its fate, and what that means for orders), ``happened`` (what trades and other programs
mean for them), ``told`` (the oldest record with events that was not told has been), ``state`` (all of it
added up, in place of what came before).
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..errors import JournalError
from ..instructions import Instruction
from ..order_events import Event
from ..record import TransactionRecord
from ..sent import Sent
from .entries import (
    bump_to_json,
    event_from_json,
    event_to_json,
    record_from_json,
    record_to_json,
    sent_from_json,
    sent_to_json,
    with_bump,
)
from .journal_file import JournalFile, Record
from .state import JournalState

__all__ = ["Journal", "journal_path"]

VERSION: Final = 1
MOST: Final = 16 * 1024 * 1024
"""Bytes beyond which it is added up and begun anew."""


def journal_path(folder: Path, domain: str, account: str) -> Path:
    """Return where an account's journal is in an instance's data folder."""
    return folder / f"{domain}_{account}.journal"


class Journal:
    """What was sent, what became of it, and what of that was told.

    Parameters
    ----------
    path : Path
    account, domain : str
        Whose journal it must be.
    logger : logging.Logger

    Attributes
    ----------
    state : JournalState

    Raises
    ------
    JournalError
        If it is another account's or domain's, damaged, or held by another process.
    """

    def __init__(self, path: Path, account: str, domain: str, logger: logging.Logger) -> None:
        self.path = path
        self._account = account
        self._domain = domain
        self._logger = logger
        self._network = ""
        self._file = JournalFile(path)
        self._least = 0
        self.state = JournalState()
        try:
            for number, record in enumerate(self._file.records, 1):
                self._replay(number, record)
        except JournalError:
            self._file.close()
            raise
        self._file.records = []
        if self._file.torn:
            logger.warning(
                f"The journal {path} ended in the middle of a record ({self._file.torn} bytes), as after a "
                "crash; nothing that had been sent is lost, for nothing is sent before its record is whole."
            )

    def begin(self, network: str) -> None:
        """Make sure that it is of this network; a new journal is from now on.

        Raises
        ------
        JournalError
            If it is another network's, or cannot be written.
        """
        if not self._network:
            self._network = network
            if self._file.size == 0:
                self._file.append(self._begun())
        elif self._network != network:
            raise JournalError(
                f"the journal {self.path} is of the network {self._network!r}, but the node belongs to "
                f"{network!r}: choose the node it was written with, or move the file away"
            )

    async def send(self, sent: Sent, instructions: Sequence[Instruction], ledger_hash: str) -> None:
        """Keep a transaction; once this returns it may be sent.

        Raises
        ------
        JournalError
            If it cannot be kept: then it must not be sent.
        """
        if not self._file.is_sound or self._file.size > max(MOST, 2 * self._least):
            await self._rewrite()
        entry = sent_to_json(sent, instructions)
        self._file.append({"kind": "sent", **entry, "ledger_hash": ledger_hash})
        self.state.sent(sent, instructions, ledger_hash)
        try:
            await self._file.sync()
        except JournalError:
            self.decided(sent.name, "unsent", "", None)
            with suppress(JournalError):  # lest the next run sends what this one gave up
                await self._rewrite()
            raise

    async def bump(self, sent: Sent) -> None:
        """Keep the fee bump that a transaction was put into; once this returns it may be sent.

        Raises
        ------
        JournalError
            If it cannot be kept: then it must not be sent.
        """
        self._file.append({"kind": "bumped", "hash": sent.name, **bump_to_json(sent)})
        self.state.bumped(sent)
        await self._file.sync()

    def decided(
        self,
        name: str,
        fate: str,
        code: str,
        record: TransactionRecord | None,
        events: Sequence[Event] = (),
        position: str = "",
    ) -> None:
        """Keep a transaction's fate, and what it means for orders.

        Parameters
        ----------
        name : str
            Its hash.
        fate : str
            ``applied``, ``failed``, ``refused``, ``expired`` or ``unsent``.
        code : str
            The network's result code.
        record : TransactionRecord or None
            Where it is on the ledger, if it is there.
        events : sequence of Event
            To be told; each must be confirmed by `told`.
        position : str
            Cursor up to which the account's trades have been taken.
        """
        self.state.decided(name, record, events, position)
        entry = {"kind": "decided", "hash": name, "fate": fate, "code": code}
        ledger = {"record": record_to_json(record)} if record is not None else {}
        self._note({**entry, **ledger, **self._events(events, position)})

    def happened(self, events: Sequence[Event], position: str) -> None:
        """Keep what became of orders; each call with events must be confirmed by `told`."""
        self.state.happened(events, position)
        if events:
            self._note({"kind": "happened", **self._events(events, position)})

    def told(self) -> None:
        """Keep that the oldest events not told have been told."""
        self.state.told()
        self._note({"kind": "told"})

    def start_anew(self) -> Path:
        """Set the file aside and begin an empty one for the same network; return where the old one is.

        Raises
        ------
        JournalError
            If that cannot be done.
        """
        ledger, name = self.state.last_seen
        kept = self._file.set_aside(f".{ledger}-{name[:8]}")
        self.state = JournalState()
        self._file.append(self._begun())
        return kept

    @property
    def is_held(self) -> bool:
        """Whether no newer journal of this process has taken the file over."""
        return self._file.is_held

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def _rewrite(self) -> None:
        await self._file.rewrite(lambda: [self._begun(), {"kind": "state", **self.state.to_json()}])
        self._least = self._file.size

    def _note(self, record: Record) -> None:
        """Write what a crash may lose, because ledger and Hummingbot show it again.

        Where the disk fails, the next transaction waits until everything can be written in one piece.
        """
        if self._file.is_sound and self._file.is_held:
            try:
                self._file.append(record)
            except JournalError as error:
                self._logger.error(f"{str(error)[0].upper()}{str(error)[1:]}.")

    def _begun(self) -> Record:
        whose = {"account": self._account, "domain": self._domain, "network": self._network}
        return {"kind": "begun", "version": VERSION, **whose}

    @staticmethod
    def _events(events: Sequence[Event], position: str) -> Record:
        return {"events": [event_to_json(event) for event in events], "position": position}

    def _replay(self, number: int, record: Record) -> None:
        kind = record.get("kind")
        if number == 1 or kind == "begun":
            self._check_whose(record)
            return
        try:
            if kind == "sent":
                self.state.sent(*sent_from_json(record), record["ledger_hash"])
            elif kind == "bumped":
                sent, _ = self.state.undecided[record["hash"]]
                self.state.bumped(with_bump(sent, record))
            elif kind == "told":
                self.state.told()
            elif kind == "state":
                self.state = JournalState.from_json(record)
            else:
                events = [event_from_json(entry) for entry in record["events"]]
                if kind == "happened":
                    self.state.happened(events, record["position"])
                elif kind == "decided":
                    applied = record_from_json(record["record"]) if "record" in record else None
                    self.state.decided(record["hash"], applied, events, record["position"])
                else:
                    raise ValueError(f"kind {kind!r}")
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise JournalError(
                f"the journal {self.path} holds in line {number} what this version cannot read "
                f"({type(error).__name__}: {error}): use the version that wrote it, or check the account's "
                "offers by other means and move the file away"
            ) from None

    def _check_whose(self, record: Record) -> None:
        if record.get("kind") != "begun" or record.get("version") != VERSION:
            raise JournalError(
                f"the file {self.path} is not a journal of this version: move it away if nothing in it is "
                "needed"
            )
        account, domain = record.get("account"), record.get("domain")
        if (account, domain) != (self._account, self._domain):
            raise JournalError(
                f"the journal {self.path} is of account {account} on {domain}, not of {self._account} on "
                f"{self._domain}: put it back where it belongs, or move it away"
            )
        self._network = str(record.get("network"))
