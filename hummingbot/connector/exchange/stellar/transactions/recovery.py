"""Brings what earlier runs left to its end, before anything new is sent.

Transactions whose fate no run lived to learn are sent again as they are, until the ledger has decided; orders
at rest are watched from where the last run stopped reading.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon.account import read_account
from hummingbot.connector.exchange.stellar.horizon.account_offers import read_offers
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused, reading
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.trades import LAST, position_of

from .errors import JournalError, explain
from .instructions import Instruction, cancellations, placement_in, placements
from .journal.journal import Journal
from .order_desk import OrderDesk
from .order_events import Ended, Ending
from .sent import Sent
from .settlement import EXPIRED
from .submission import Submission
from .verdict import Expired, Included

__all__ = ["Recovery"]

NOT_SENT: Final = "the earlier run stopped before it was sent"


class Recovery:
    """Starts an account's desk from its journal.

    Parameters
    ----------
    journal : Journal
    desk : OrderDesk
    submission : Submission
    horizon : Horizon
    clock : LedgerClock
    domain : str
    logger : logging.Logger
    """

    def __init__(
        self,
        journal: Journal,
        desk: OrderDesk,
        submission: Submission,
        horizon: Horizon,
        clock: LedgerClock,
        domain: str,
        logger: logging.Logger,
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._submission = submission
        self._horizon = horizon
        self._clock = clock
        self._domain = domain
        self._logger = logger
        self._has_orders = False

    async def run(self, passphrase: str) -> None:
        """Decide what is undecided and take up what rests; after an error it can be called again.

        Raises
        ------
        JournalError
            If the journal is of another network than this node's.
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        self._journal.begin(passphrase)
        state = self._journal.state
        if not self._has_orders:
            if not state.is_idle:
                await self._check_history(*state.last_seen)
                await self._check_reach()
            self._take_up()
        self._desk.is_recovering = True
        for sent, instructions in sorted(
            self._journal.state.undecided.values(), key=lambda entry: entry[0].sequence
        ):
            await self._decide(sent, instructions)
        await self._desk.catch_up()
        self._desk.is_recovering = False

    def _take_up(self) -> None:
        """Watch the orders at rest from where the last run stopped, or before what it left undecided."""
        self._has_orders = True
        state = self._journal.state
        positions = [(self._clock.toid, LAST)]
        if not state.is_idle and state.position:
            positions.append(position_of(state.position))
        positions += [(((sent.ledger + 1) << 32) - 1, LAST) for sent, _ in state.undecided.values()]
        positions += [(own.toid, LAST) for own in self._desk.orders]
        for order in state.orders.values():
            if order.exchange_order_id and not order.has_ended:
                self._desk.orders.restore(order.own())
        self._desk.trades.start_after(*min(positions))

    async def _decide(self, sent: Sent, instructions: Sequence[Instruction]) -> None:
        """See a transaction of an earlier run through."""
        verdict = await self._submission.decide(sent, was_sent=True)
        if isinstance(verdict, Included) and verdict.record.is_successful:
            await self._desk.deliver(verdict.record, instructions)
            return
        record = verdict.record if isinstance(verdict, Included) else None
        fate, code, reasons = "expired", "expired", [EXPIRED] * len(instructions)
        if record is not None:
            fate, code = "failed", record.result.code
            codes = [operation.code for operation in record.result.operations] or [code] * len(instructions)
            reasons = [explain(code) for code in codes]
        elif not isinstance(verdict, Expired | Included):
            fate, code, reasons = "refused", verdict.code, [explain(verdict.code)] * len(instructions)
        rejections = [
            Ended(placed.client_order_id, Ending.REJECTED, reason)
            for placed, reason in zip(map(placement_in, instructions), reasons, strict=True)
            if placed is not None
        ]
        await self._desk.conclude(sent.name, fate, code, record, rejections)

    async def _check_history(self, ledger: int, name: str) -> None:
        """Make sure that the network's history is the one in which the journal was written."""
        if self._clock.sequence < ledger:
            await self._clock.read(self._horizon)
        if self._clock.sequence < ledger:
            raise JournalError(
                f"the node's last ledger is {self._clock.sequence}, but the journal {self._journal.path} was "
                f"written at ledger {ledger}: the node lags behind, or its network was started anew"
            )
        try:
            answer = await self._horizon.get(f"/ledgers/{ledger}")
        except HorizonRefused:
            return  # longer ago than this node remembers
        with reading("a ledger"):
            found = str(answer.body["hash"])
        if not name or found == name:
            return
        if self._domain == CONSTANTS.DEFAULT_DOMAIN:
            raise JournalError(
                f"ledger {ledger} of the node is {found}, but {name} in the journal {self._journal.path}: "
                "choose the node it was written with, or move the file away"
            )
        await self._start_anew()

    async def _check_reach(self) -> None:
        """Make sure that the node's history holds what happened since the journal was written.

        Raises
        ------
        JournalError
            If it begins later, and something has happened that it does not tell.
        """
        state = self._journal.state
        ledgers = [sent.ledger + 1 for sent, _ in state.undecided.values()]
        if state.position:
            ledgers.append(position_of(state.position)[0] >> 32)
        root = await self._horizon.get("/")
        with reading("its root"):
            elder = int(root.body.get("history_elder_ledger", 0))
        if not ledgers or elder <= min(ledgers):
            return
        unknown = [*await self._used_before(elder), *await self._traded_before(elder)]
        if unknown:
            raise JournalError(
                f"the node's history begins at ledger {elder}, but the journal {self._journal.path} was read "
                f"up to ledger {min(ledgers)}, so that what became of {', '.join(unknown)} cannot be known: "
                "choose a node with a longer history, or find out by other means and move the file away"
            )

    async def _used_before(self, elder: int) -> list[str]:
        """Name the orders of undecided transactions whose numbers were used when no history tells by what."""
        names: list[str] = []
        for sent, instructions in self._journal.state.undecided.values():
            if sent.ledger + 1 < elder:
                account = await read_account(self._horizon, sent.source, self._domain)
                if account.sequence >= sent.sequence:
                    placed = [entry.client_order_id for entry in placements(instructions)]
                    names += placed or [f"transaction {sent.name}"]
        return names

    async def _traded_before(self, elder: int) -> Iterator[str]:
        """Name the orders at rest that have changed: an offer as large as it was has not been traded."""
        state = self._journal.state
        leaving = {
            entry.client_order_id
            for sent, instructions in state.undecided.values()
            if sent.ledger + 1 >= elder
            for entry in cancellations(instructions)
        }
        watched = {
            name: order.offer
            for name, order in state.orders.items()
            if order.offer is not None and not order.has_ended and name not in leaving
        }
        sellers = {offer.seller for offer in watched.values()}
        amounts: dict[int, int] = {}
        for seller in sellers:
            offers, _ = await read_offers(self._horizon, seller, self._clock)
            amounts |= {number: offer.amount for number, offer in offers.items()}
        return (name for name, offer in watched.items() if amounts.get(offer.offer_id) != offer.amount)

    async def _start_anew(self) -> None:
        """The test network and sandboxes are started anew now and then; their orders are gone with them."""
        lost = [order for order in self._journal.state.orders.values() if not order.has_ended]
        kept = self._journal.start_anew()
        self._logger.warning(
            f"The network of {self._domain} was started anew: {len(lost)} orders of the old one are over; "
            f"their journal is kept as {kept}."
        )
        await self._desk.tell(
            [
                Ended(
                    order.order.client_order_id,
                    Ending.CANCELLED if order.exchange_order_id else Ending.REJECTED,
                    "the network was started anew",
                )
                for order in lost
            ]
        )
