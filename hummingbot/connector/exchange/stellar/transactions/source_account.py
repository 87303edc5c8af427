"""Whose sequence numbers transactions use, and who pays their fees: the account itself, or channel accounts.

The network queues one transaction of each source account. Channel accounts let several of ours wait for the
same ledger: each is the source of a transaction whose operations are the trading account's.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.amount import format_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE

from .sequence_number import SequenceNumber

__all__ = ["FAULTS", "SourceAccount"]

SET_ASIDE: Final = 20
"""Ledgers after which a channel account in trouble is looked at again."""
FAULTS: Final = {
    "txNO_ACCOUNT": "it is not on the ledger: fund it, or take it out of the channels' file",
    "txINSUFFICIENT_BALANCE": "it cannot pay the fee: send it XLM",
    "txBAD_AUTH": "its own key may not sign for it, or not alone: use a channel account of its own key",
    "txBAD_SEQ": "another program has used its sequence number: give each program channels of its own",
}
"""Codes with which the network refuses a transaction for its source account, and what they mean for it."""


class SourceAccount:
    """A source of transactions, with its sequence number.

    Parameters
    ----------
    account : str
    is_channel : bool
        Whether it is a channel account, which may fail without harm; the trading account is always used.
    read : callable
        Reads an account from the ledger.
    clock : LedgerClock
    fee_cap : int
        Stroops that an operation may cost at most.
    network : str
        The domain, for messages.
    logger : logging.Logger

    Attributes
    ----------
    sequence : SequenceNumber
    trouble : str
        Why it is set aside, empty if it is not.
    """

    def __init__(
        self,
        account: str,
        is_channel: bool,
        read: Callable[[str], Awaitable[AccountBalances]],
        clock: LedgerClock,
        fee_cap: int,
        network: str,
        logger: logging.Logger,
    ) -> None:
        self.account = account
        self.is_channel = is_channel
        self.sequence = SequenceNumber(self._read_sequence)
        self.trouble = ""
        self._read = read
        self._clock = clock
        self._needs = fee_cap * (CONSTANTS.OPERATIONS_IN_TRANSACTION + 1)
        self._network = network
        self._logger = logger
        self._is_checked = not is_channel
        self._until = 0
        self._said = ""

    @property
    def is_usable(self) -> bool:
        """Whether it is not set aside, or has been for long enough to be looked at again."""
        return not self.trouble or self._clock.sequence >= self._until

    @property
    def state(self) -> str:
        """``ready``, ``set aside``, or ``untried`` for a channel account that was not needed yet."""
        if self.trouble:
            return "set aside"
        return "ready" if self._is_checked else "untried"

    async def check(self) -> bool:
        """Tell whether it can be used.

        A channel account is looked at on the ledger first, and again after trouble; it is set aside if it
        cannot pay or sign.
        """
        if self._is_checked:
            return True
        try:
            balances = await self._read(self.account)
        except StellarError as error:
            self.set_aside(str(error))
            return False
        trouble = self._obstacle(balances)
        if trouble:
            self.set_aside(trouble)
            return False
        if self._said:
            self._logger.warning(f"Channel account {self.account} is used again.")
        self.trouble = self._said = ""
        self._is_checked = True
        self.sequence.learn(balances.sequence)
        return True

    def set_aside(self, reason: str) -> None:
        """Use it no more for a while; say why, once."""
        if reason != self._said:
            self._logger.warning(
                f"Channel account {self.account} is set aside: {reason}. Transactions go through the other "
                f"source accounts; it is looked at again every {SET_ASIDE} ledgers."
            )
        self.trouble = self._said = reason
        self._until = self._clock.sequence + SET_ASIDE
        self._is_checked = False
        self.sequence.forget()

    def _obstacle(self, balances: AccountBalances) -> str:
        signers = balances.signers
        weight = signers.weights.get(self.account, 0)
        if weight < max(1, signers.low):
            return f"its own key weighs {weight}, but its transactions need {max(1, signers.low)}"
        header = self._clock.header
        free = balances.available(NATIVE, header.base_reserve if header else 0)
        if free < self._needs:
            return (
                f"it has {format_stroops(free)} XLM free, but fees can come to "
                f"{format_stroops(self._needs)}: send it XLM"
            )
        return ""

    async def _read_sequence(self) -> int:
        return (await self._read(self.account)).sequence
