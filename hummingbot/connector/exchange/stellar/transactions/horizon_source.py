"""An account by Horizon."""

from collections.abc import Collection

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances, read_account
from hummingbot.connector.exchange.stellar.horizon.account_offers import read_offers
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused, HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.fee_stats import FeeStats, read_fee_stats
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .record import TransactionRecord
from .sent import Sent

__all__ = ["HorizonSource"]


class HorizonSource:
    """Reads an account, and sends its transactions, by Horizon: an `AccountSource`.

    Parameters
    ----------
    horizon : Horizon
    clock : LedgerClock
    account, network : str
        The trading account, and the domain for messages.
    """

    def __init__(self, horizon: Horizon, clock: LedgerClock, account: str, network: str) -> None:
        self._horizon = horizon
        self._clock = clock
        self._account = account
        self._network = network

    async def account(self, account: str, as_of: int = 0) -> AccountBalances:
        """Read balances, sequence number and signers of an account."""
        return await read_account(self._horizon, account, self._network, as_of)

    async def offers(self, ids: Collection[int], as_of: int = 0) -> tuple[dict[int, OfferRecord], int]:
        """Return all offers of the trading account, and the ledger that they are surely as of."""
        return await read_offers(self._horizon, self._account, self._clock, as_of)

    async def fee_stats(self) -> FeeStats:
        """Read what ledgers charge."""
        return await read_fee_stats(self._horizon)

    async def submit(self, sent: Sent) -> TransactionRecord:
        """Send a transaction and wait until Horizon knows its fate."""
        return TransactionRecord.read((await self._horizon.submit(sent.envelope_xdr)).body)

    async def find(self, sent: Sent, as_of: int = 0) -> TransactionRecord | None:
        """Look a transaction up on the ledger."""
        try:
            answer = await self._horizon.get(f"/transactions/{sent.name}", as_of=as_of)
        except HorizonRefused as error:
            if error.status == 404:
                return None
            raise HorizonUnavailable(str(error)) from None
        return TransactionRecord.read(answer.body)
