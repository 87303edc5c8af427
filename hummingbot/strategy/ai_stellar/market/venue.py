"""The market and the account as the connector shows them at this moment."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.network_iterator import NetworkStatus

from hummingbot.connector.exchange.stellar.horizon.feed_status import FeedStatus
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount

from .market_state import MarketState
from .portfolio import OpenOrder, Portfolio, Side

__all__ = ["Venue", "best_price"]

SMALLEST: Final = Decimal("0.0000001")
PRICE_TOLERANCE: Final = 2e-6
"""Relative: an order and its level in the book differ by rounding to 7 decimals and to a fraction."""
READINESS: Final = {
    "symbols_mapping_initialized": "its pairs",
    "order_books_initialized": "its order books",
    "account_balance": "the account's balances",
    "trading_rule_initialized": "its trading rules",
    "user_stream_initialized": "the account's trades",
}
"""What Hummingbot's names of the parts of a connector stand for."""
PAPER: Final = "_paper_trade"


class Venue:
    """Reads a connector: ledger clock, books without our own orders, balances, rules.

    Parameters
    ----------
    connector : ExchangeBase
        A Stellar connector, or Hummingbot's paper trade of one.
    name : str
        As configured; paper trade calls itself by the name of what it imitates.
    pairs : sequence of str
        Trading pairs; values are counted in the quote asset of the first.
    """

    def __init__(self, connector: Any, name: str, pairs: Sequence[str]) -> None:
        self.connector = connector
        self.name = name
        self.pairs = tuple(pairs)
        self.currency = self.pairs[0].split("-")[1]
        self.source: Any = connector.order_book_tracker.data_source
        self.clock: Any = self.source.ledger_clock
        self._paper = self.name.endswith(PAPER)

    @property
    def ready(self) -> bool:
        """Whether the connector is, and a ledger was seen."""
        return bool(self.connector.ready) and self.clock.close_time > 0

    @property
    def waiting_for(self) -> str:
        """What it is not ready for."""
        missing = [READINESS.get(name, name) for name, done in self.connector.status_dict.items() if not done]
        return ", ".join(missing) or "the first ledger"

    def market(self, pair: str, own: Sequence[OpenOrder] = ()) -> MarketState:
        """Return the state of a pair; what our own orders add to its book is left out.

        Where books show pools, too, it is that of the offers alone: our orders meet nothing else.
        """
        staleness, book_behind = self.clock.behind(), self.source.book_behind(pair)
        # a paper order is in no book
        mine = [] if self._paper else [order for order in own if order.pair == pair]
        offers = self.source.offers(pair)
        book = self.connector.get_order_book(pair) if offers is None else offers
        return MarketState(
            pair=pair,
            time=self.clock.close_time,
            ledger=self.clock.sequence,
            bid=best_price(book.bid_entries(), mine, "buy"),
            ask=best_price(book.ask_entries(), mine, "sell"),
            ledgers_behind=None if book_behind is None else max(staleness.ledgers, book_behind),
            ledger_age=staleness.seconds,
        )

    def portfolio(self, own: tuple[OpenOrder, ...]) -> Portfolio:
        """Return balances, prices and open orders over all pairs."""
        assets = dict.fromkeys(asset for pair in self.pairs for asset in pair.split("-"))
        return Portfolio(
            currency=self.currency,
            totals={asset: self.connector.get_balance(asset) for asset in assets},
            available={asset: self.connector.get_available_balance(asset) for asset in assets},
            mids={pair: self.market(pair, own).mid for pair in self.pairs},
            open_orders=own,
        )

    def minimum_size(self, pair: str) -> Decimal:
        """Return the smallest order taken, base units."""
        rules = getattr(self.connector, "trading_rules", None)  # paper trade has none
        rule = rules.get(pair) if rules else None
        return SMALLEST if rule is None else max(SMALLEST, rule.min_order_size)

    async def final_balances(self, patience: float) -> dict[str, int]:
        """Read the account once nothing is under way; return stroops by asset name, nothing for paper.

        A cancellation that a fill came before is still a transaction, and costs its fee.
        """
        if self._paper:
            return {}
        await self.connector.cancel_all(patience)
        await self.connector._update_balances()
        balances: dict[str, int] = self.connector.stroop_balances()
        return balances

    @property
    def network_fee(self) -> str | None:
        """What an operation costs now, what is bid for it, and what all has cost; None on paper."""
        market = getattr(self.connector, "fee_market", None)
        if market is None:
            return None
        charged = from_stroops(self.connector.network_fees.charged)
        bid = min(market.asked, market.cap)
        return (
            f"{market.going_rate} stroops an operation now, bid {bid}, cap {market.cap}; "
            f"{charged:.7f} XLM charged since the journal began"
        )

    @property
    def sources(self) -> tuple[Sequence[NodeStatus], Sequence[FeedStatus]]:
        """The nodes, of Horizon and of RPC, and the feeds that come from them."""
        rpc = getattr(self.connector, "rpc_statuses", ())  # paper trade has none
        return (*self.source.node_statuses(), *rpc), self.source.feed_statuses()

    @property
    def channels(self) -> Sequence[SourceAccount]:
        """The channel accounts of transactions."""
        accounts = getattr(self.connector, "source_accounts", ())  # paper trade has none
        return [source for source in accounts if source.is_channel]

    @property
    def obstacle(self) -> str | None:
        """Why no order can be placed: the connection is down, or the key cannot sign."""
        if self.connector.network_status is NetworkStatus.CONNECTED:
            return getattr(self.connector, "signing_obstacle", "") or None
        trouble = getattr(self.connector, "trouble", None)  # paper trade has none
        return f"{self.name} is not connected" + (f": {trouble}" if trouble else "")


def best_price(rows: Iterable[Any], own: Sequence[OpenOrder], side: Side) -> Decimal | None:
    """Return the best price of one side of a book that is not ours alone.

    Parameters
    ----------
    rows : iterable
        Levels with ``price`` and ``amount``, best first.
    own : sequence of OpenOrder
        Our orders of the pair.
    side : {"buy", "sell"}
        Which side the rows are.
    """
    mine = [(float(order.price), float(order.remaining)) for order in own if order.side == side]
    for row in rows:
        others = row.amount
        for price, remaining in mine:
            if abs(price - row.price) <= PRICE_TOLERANCE * row.price:
                others -= remaining
        if others > 1e-6 * row.amount:
            return Decimal(str(row.price))
    return None
