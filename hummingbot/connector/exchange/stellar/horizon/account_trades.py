"""The trades of one account in the order of the ledger, each read once."""

from .errors import HorizonRefused
from .feed import Listing
from .horizon import Horizon
from .trades import LAST, Trade

__all__ = ["AccountTrades"]


class AccountTrades:
    """Reads ``/accounts/{id}/trades`` from a position on.

    An account's list of *transactions* leaves out those of others who took its offers (Horizon lists
    sources and destinations alone); its list of trades has them all.

    Only what is read page by page moves the position: a node that lags shows fewer trades, but never one
    without those before it. A stream's events may come late, twice or in another order.

    Parameters
    ----------
    account : str
    """

    def __init__(self, account: str) -> None:
        self._path = f"/accounts/{account}/trades"
        self._position: tuple[int, int] | None = None

    @property
    def is_started(self) -> bool:
        """Whether a position is known."""
        return self._position is not None

    @property
    def cursor(self) -> str:
        """The cursor after which unread trades follow."""
        return f"{self._position[0]}-{self._position[1]}" if self._position else ""

    def start_after(self, toid: int, index: int = LAST) -> None:
        """Begin after the claim `index` of the operation at `toid`; once begun, go back there, but never
        forward.
        """
        if self._position is None or (toid, index) < self._position:
            self._position = toid, index

    @property
    def position(self) -> tuple[int, int]:
        """Up to where the trades have been taken."""
        return self._position or (0, 0)

    def advance(self, trade: Trade) -> None:
        """Move the position to a trade of `read` that has been taken."""
        self._position = max(self.position, trade.position)

    def listing(self) -> Listing:
        """Return the unread trades as something to follow."""
        return Listing(self._path, {}, self.cursor)

    async def read(self, horizon: Horizon, as_of: int = 0) -> list[Trade]:
        """Return all unread trades, oldest first, without moving the position.

        Parameters
        ----------
        as_of : int
            The ledger up to which they must be complete.

        Raises
        ------
        HorizonUnavailable
            If no node answers that has reached that ledger.
        """
        trades: list[Trade] = []
        try:
            async for records in horizon.pages(self._path, {}, self.cursor, as_of):
                trades += [Trade.read(record) for record in records]
        except HorizonRefused as error:
            if error.status != 404:  # an account that does not exist has no trades
                raise
        return trades
