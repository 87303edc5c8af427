"""Exchange rates for Hummingbot's balances and reports, from the order books of the network itself."""

from decimal import Decimal
from typing import TYPE_CHECKING

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.rate_oracle.rate_oracle import RateOracle
from hummingbot.core.rate_oracle.sources.rate_source_base import RateSourceBase

from hummingbot.connector.exchange.stellar.errors import StellarError

if TYPE_CHECKING:
    from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

__all__ = ["StellarRateSource"]


class StellarRateSource(RateSourceBase):  # type: ignore[misc]
    """Mids of the books a connector trades, and of those between what its account holds and the quote token.

    Hummingbot's own sources all ask an exchange on the internet, which knows nothing of a sandbox's prices.

    Parameters
    ----------
    connector : StellarExchange
        Its live books are used where it keeps them; other books are asked for.
    """

    def __init__(self, connector: "StellarExchange") -> None:
        self._connector = connector

    @classmethod
    def install(cls, connector: "StellarExchange") -> None:
        """Make Hummingbot ask the connector's books, unless it already asks those of one that trades."""
        oracle = RateOracle.get_instance()
        if isinstance(oracle.source, cls) and not connector.trading_pairs:
            return
        oracle.source = cls(connector)

    @property
    def name(self) -> str:
        """Name shown by Hummingbot."""
        return f"{self._connector.name} order books"

    async def get_prices(self, quote_token: str | None = None) -> dict[str, Decimal]:
        """Return the mid by pair, of each pair whose book has two sides and whose assets are known."""
        pairs = set(self._connector.trading_pairs)
        if quote_token is not None:
            held = self._connector.get_all_balances()
            pairs |= {f"{asset}-{quote_token}" for asset in held if asset != quote_token}
        mids = {pair: await self._mid(pair) for pair in sorted(pairs)}
        return {pair: mid for pair, mid in mids.items() if mid is not None}

    async def _mid(self, pair: str) -> Decimal | None:
        tracker = self._connector.order_book_tracker
        book: OrderBook | None = tracker.order_books.get(pair) if tracker.ready else None
        if book is None:
            try:
                book = await tracker.data_source.read_order_book(pair)
            except StellarError:
                return None
        bid = next(iter(book.bid_entries()), None)
        ask = next(iter(book.ask_entries()), None)
        if bid is None or ask is None:
            return None
        return (Decimal(str(bid.price)) + Decimal(str(ask.price))) / 2
