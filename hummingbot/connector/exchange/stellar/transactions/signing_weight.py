"""Whether the key may sign for the account, as that was last read: its signers can change at any time."""

import logging

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.account_signers import SigningWeightTooLow

__all__ = ["SigningWeight"]


class SigningWeight:
    """Watches what a key's signature weighs for an account.

    Parameters
    ----------
    key : str
        Address of the key that signs.
    network : str
        The domain, for messages.
    logger : logging.Logger

    Attributes
    ----------
    obstacle : str
        Why it cannot sign alone, empty if it can.
    """

    def __init__(self, key: str, network: str, logger: logging.Logger) -> None:
        self.obstacle = ""
        self._key = key
        self._network = network
        self._logger = logger

    def observe(self, balances: AccountBalances) -> None:
        """Take an account as it was read; say once when the key can no longer sign, or can again."""
        obstacle = balances.signers.shortage(self._key, self._network)
        if obstacle and not self.obstacle:
            self._logger.error(
                f"No order can be placed or cancelled: {obstacle}. Orders that rest stay on the ledger."
            )
        elif self.obstacle and not obstacle:
            self._logger.warning(f"The key can sign for account {balances.account} again.")
        self.obstacle = obstacle

    def check(self) -> None:
        """Make sure that the key can sign.

        Raises
        ------
        SigningWeightTooLow
            If not.
        """
        if self.obstacle:
            raise SigningWeightTooLow(self.obstacle)
