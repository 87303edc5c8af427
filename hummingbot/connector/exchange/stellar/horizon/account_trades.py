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
        self._put_off: dict[tuple[int, int], Trade] = {}

    @property
    def is_started(self) -> bool:
        """Whether a position is known."""
        return self._position is not None

    @property
    def cursor(self) -> str:
        """The cursor after which trades follow that have not been taken."""
        if not self._put_off:
            return _cursor(self._position)
        toid, index = min(self._put_off)
        return _cursor((toid, index - 1) if index else (toid - 1, LAST))

    @property
    def is_one_put_off(self) -> bool:
        """Whether a trade has been read that could not be taken yet."""
        return bool(self._put_off)

    def start_after(self, toid: int, index: int = LAST) -> None:
        """Begin after the claim `index` of the operation at `toid`; once begun, go back there, but never
        forward.
        """
        if self._position is None or (toid, index) < self._position:
            self._position = toid, index

    @property
    def position(self) -> tuple[int, int]:
        """Up to where the trades have been read and taken, or put off."""
        return self._position or (0, 0)

    def advance(self, trade: Trade) -> None:
        """Move the position to a trade of `read` that has been taken."""
        self._put_off.pop(trade.position, None)
        self._position = max(self.position, trade.position)

    def put_off(self, trade: Trade) -> None:
        """Move the position beyond a trade of `read` that cannot be taken yet; `read` returns it again."""
        self._put_off[trade.position] = trade
        self._position = max(self.position, trade.position)

    def listing(self) -> Listing:
        """Return the unread trades as something to follow."""
        return Listing(self._path, {}, _cursor(self._position))

    async def read(self, horizon: Horizon, as_of: int = 0) -> list[Trade]:
        """Return all trades that are unread or put off, oldest first, without moving the position.

        Parameters
        ----------
        as_of : int
            The ledger up to which they must be complete.

        Raises
        ------
        HorizonUnavailable
            If no node answers that has reached that ledger.
        """
        trades = dict(self._put_off)
        try:
            async for records in horizon.pages(self._path, {}, _cursor(self._position), as_of):
                trades |= {trade.position: trade for trade in map(Trade.read, records)}
        except HorizonRefused as error:
            if error.status != 404:  # an account that does not exist has no trades
                raise
        return [trades[position] for position in sorted(trades)]


def _cursor(position: tuple[int, int] | None) -> str:
    return f"{position[0]}-{position[1]}" if position else ""
