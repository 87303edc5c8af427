"""The trades that are remembered, found by pair, account, pool or offer."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator

from ...ledger.asset import Asset
from .records import TradeRecord
from .trades import is_base

__all__ = ["TradeLog"]

Key = tuple[int, int]


class TradeLog:
    """Trades in order, and the same trades under each pair, each account and each pool."""

    def __init__(self) -> None:
        self._all: list[TradeRecord] = []
        self._by_pair: dict[tuple[Asset, Asset], list[TradeRecord]] = defaultdict(list)
        self._by_account: dict[str, list[TradeRecord]] = defaultdict(list)
        self._by_pool: dict[str, list[TradeRecord]] = defaultdict(list)
        self._pairs: set[tuple[Asset, Asset]] = set()

    def append(self, trade: TradeRecord) -> None:
        """Add a trade that comes after all others."""
        self._all.append(trade)
        self._pairs.add((trade.base, trade.counter))
        self._by_pair[trade.base, trade.counter].append(trade)
        if trade.pool_id is not None:
            self._by_pool[trade.pool_id].append(trade)
        for account in _accounts(trade):
            self._by_account[account].append(trade)

    def pairs(self) -> list[tuple[Asset, Asset]]:
        """Return the pairs that ever traded."""
        return sorted(self._pairs, key=str)

    def mark_traded(self, base: Asset, counter: Asset) -> None:
        """Note that a pair traded before anything that is remembered."""
        self._pairs.add((base, counter))

    def walk(
        self,
        cursor: Key,
        ascending: bool,
        *,
        pair: tuple[Asset, Asset] | None = None,
        account: str | None = None,
        offer_id: int | None = None,
        of_pools: bool | None = None,
    ) -> Iterator[TradeRecord]:
        """Yield the trades beyond `cursor` that meet all conditions, oriented as the pair asks.

        `account` is an account, or a pool's id.
        """
        turn = pair is not None and not is_base(*pair)
        if account is not None:
            trades = self._by_account.get(account) or self._by_pool.get(account, [])
        elif pair is not None:
            trades = self._by_pair.get((pair[1], pair[0]) if turn else pair, [])
        else:
            trades = self._all
        for trade in _beyond(trades, cursor, ascending):
            if pair is not None and trade.base not in pair:
                continue
            if pair is not None and trade.counter not in pair:
                continue
            if offer_id is not None and offer_id not in (trade.base_offer_id, trade.counter_offer_id):
                continue
            if of_pools is not None and trade.is_pool != of_pools:
                continue
            yield trade.reversed() if turn else trade

    def own_trades(self, residents: Container[str]) -> list[TradeRecord]:
        """Return the trades of accounts that are not residents."""
        own = {
            trade.key: trade
            for account, trades in self._by_account.items()
            if account not in residents
            for trade in trades
        }
        return [own[key] for key in sorted(own)]

    def append_own(self, trade: TradeRecord, residents: Container[str]) -> None:
        """Add a trade that is older than all that `append` will add, for its users only."""
        for account in _accounts(trade):
            if account not in residents:
                self._by_account[account].append(trade)

    def forget_before(self, id: int, residents: Container[str], own_trades: int) -> None:
        """Drop the trades of operations below `id`, but keep so many of accounts that are not residents."""
        del self._all[: _count_before(self._all, id)]
        for trades in (*self._by_pair.values(), *self._by_pool.values()):
            del trades[: _count_before(trades, id)]
        users = sum(account not in residents for account in self._by_account)
        most = own_trades // max(users, 1)
        for account in list(self._by_account):
            trades = self._by_account[account]
            older = _count_before(trades, id)
            del trades[: older if account in residents else min(older, max(len(trades) - most, 0))]
            if not trades:
                del self._by_account[account]


def _accounts(trade: TradeRecord) -> set[str]:
    return {trade.base_account, trade.counter_account} - {trade.pool_id}


def _count_before(trades: list[TradeRecord], id: int) -> int:
    return bisect_left(trades, (id, 0), key=lambda trade: trade.key)


def _beyond(trades: list[TradeRecord], cursor: Key, ascending: bool) -> Iterator[TradeRecord]:
    if ascending:
        first = bisect_right(trades, cursor, key=lambda trade: trade.key)
        return (trades[index] for index in range(first, len(trades)))
    last = bisect_left(trades, cursor, key=lambda trade: trade.key)
    return (trades[index] for index in range(last - 1, -1, -1))
