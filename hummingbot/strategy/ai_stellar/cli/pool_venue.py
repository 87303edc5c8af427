"""A pair's liquidity pool, and accounts at it, as a Horizon node shows them to the command line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.answer import Answer
from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import net_deposit, read_reserves
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX, format_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

from .account import FEE_BID
from .node import Node, NodeError

__all__ = ["PoolVenue"]

PAGE: Final = 200
SHARE_RESERVES: Final = 2
"""A trustline for pool shares locks up two base reserves."""


@dataclass(frozen=True, slots=True)
class PoolVenue:
    """A pair, and the node that shows its pool."""

    node: Node
    pair: str
    base: Asset
    quote: Asset

    @classmethod
    def of(cls, node: Node, domain: str, pair: str, own_assets: str = "") -> "PoolVenue":
        """Look up a pair's assets by Hummingbot's names.

        Raises
        ------
        ConfigurationError
            If the domain does not know them.
        """
        return cls(node, pair, *AssetTable(domain, own_assets).pair(pair))

    def pool(self) -> PoolReserves:
        """Ask for the pool.

        Raises
        ------
        ValueError
            If there is none, or nothing in it.
        NodeError
            If the node does not answer.
        """
        id = pool_id(pool_of(self.base, self.quote))
        try:
            record = self.node.get(f"/liquidity_pools/{id}")
        except NodeError as error:
            if error.status == 404:
                raise ValueError(
                    f"{self.node.url} knows no pool of {self.pair} ({id}): deposit into it to make one"
                ) from None
            raise
        return read_reserves(record, self.base, self.quote)

    def account(self, account: str) -> dict[str, Any]:
        """Ask for an account.

        Raises
        ------
        ValueError
            If it is not funded.
        """
        try:
            return self.node.get(f"/accounts/{account}")
        except NodeError as error:
            if error.status == 404:
                raise ValueError(f"account {account} is not funded at {self.node.url}: send it XLM") from None
            raise

    def name(self, asset: Asset) -> str:
        """Return Hummingbot's name of an asset of the pair."""
        return self.pair.split("-")[asset != self.base]

    def amounts(self, pool: PoolReserves, a: int, b: int) -> str:
        """Write an amount of each asset of the pool."""
        named = zip((pool.parameters.asset_a, pool.parameters.asset_b), (a, b), strict=True)
        return " and ".join(f"{format_stroops(amount)} {self.name(asset)}" for asset, amount in named)

    def available(self, document: Mapping[str, Any], asset: Asset, operations: int, lines: int) -> int:
        """Return the stroops of an asset that an account can put in by a transaction of as many operations.

        The reserve, the fee bid, and what new trustlines for shares lock up are kept back.
        """
        balances = AccountBalances.read(Answer(dict(document), 0))
        if asset.issuer == balances.account:
            return INT64_MAX
        ledgers = self.node.get("/ledgers", order="desc", limit=1)["_embedded"]["records"]
        base_reserve = int(ledgers[0]["base_reserve_in_stroops"])
        free = balances.available(asset, base_reserve)
        if asset.is_native:
            free -= FEE_BID * operations + SHARE_RESERVES * base_reserve * lines
        return max(0, free)

    def moved(self, account: str, pool: PoolReserves, ledger: int = 0) -> tuple[int, int]:
        """Add up what an account has put into the pool, in one ledger or (0) in all: A and B."""
        effects = self._effects(f"/accounts/{account}", f"{ledger << 32}-0" if ledger else "")
        if ledger:
            effects = takewhile(lambda effect: _ledger_of(effect) == ledger, effects)
        return net_deposit(effects, pool)

    def _effects(self, path: str, cursor: str) -> Iterator[dict[str, Any]]:
        while True:
            asked = {"order": "asc", "limit": PAGE, **({"cursor": cursor} if cursor else {})}
            records = self.node.get(f"{path}/effects", **asked)["_embedded"]["records"]
            yield from records
            if len(records) < PAGE:
                return
            cursor = records[-1]["paging_token"]


def _ledger_of(effect: Mapping[str, Any]) -> int:
    return int(str(effect["paging_token"]).partition("-")[0]) >> 32
