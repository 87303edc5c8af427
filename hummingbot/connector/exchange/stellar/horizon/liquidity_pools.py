"""Liquidity pools and what an account has in them, as Horizon shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

from .errors import HorizonRefused, reading
from .horizon import Horizon

__all__ = ["ShareLine", "net_deposit", "read_pool", "read_reserves", "share_line"]


@dataclass(frozen=True, slots=True)
class ShareLine:
    """An account's trustline for the shares of a pool, in stroops."""

    balance: int
    limit: int


def read_reserves(record: Mapping[str, Any], one: Asset, other: Asset) -> PoolReserves:
    """Read a record of ``/liquidity_pools`` that must be of the pool of two assets.

    Raises
    ------
    HorizonUnavailable
        If it cannot be read, or is another pool's.
    """
    parameters = pool_of(one, other)
    with reading("a liquidity pool"):
        if record["id"] != pool_id(parameters):
            raise ValueError(f"id {record['id']!r}, asked for {pool_id(parameters)}")
        reserves = {entry["asset"]: to_stroops(entry["amount"]) for entry in record["reserves"]}
        return PoolReserves(
            parameters,
            reserves[str(parameters.asset_a)],
            reserves[str(parameters.asset_b)],
            to_stroops(record["total_shares"]),
        )


async def read_pool(horizon: Horizon, one: Asset, other: Asset, as_of: int = 0) -> PoolReserves | None:
    """Ask for the pool of two assets, as of a ledger or later; None if there is none.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    try:
        answer = await horizon.get(f"/liquidity_pools/{pool_id(pool_of(one, other))}", as_of=as_of)
    except HorizonRefused as error:
        if error.status == 404:
            return None
        raise
    return read_reserves(answer.body, one, other)


def share_line(account: Mapping[str, Any], pool: str) -> ShareLine | None:
    """Find the shares of a pool in a record of ``/accounts``; None without a trustline for them.

    Raises
    ------
    HorizonUnavailable
        If it cannot be read.
    """
    with reading("an account"):
        for entry in account["balances"]:
            if entry.get("liquidity_pool_id") == pool:
                return ShareLine(to_stroops(entry["balance"]), to_stroops(entry["limit"]))
    return None


def net_deposit(effects: Iterable[Mapping[str, Any]], pool: PoolReserves) -> tuple[int, int]:
    """Add up what an account's effects put into a pool, less what they took out: stroops of A and of B.

    Raises
    ------
    HorizonUnavailable
        If an effect cannot be read.
    """
    names = (str(pool.parameters.asset_a), str(pool.parameters.asset_b))
    total = dict.fromkeys(names, 0)
    moves = {
        "liquidity_pool_deposited": ("reserves_deposited", 1),
        "liquidity_pool_withdrew": ("reserves_received", -1),
    }
    with reading("an effect"):
        for effect in effects:
            field, sign = moves.get(effect["type"], ("", 0))
            if sign and effect["liquidity_pool"]["id"] == pool.id:
                for entry in effect[field]:
                    total[entry["asset"]] += sign * to_stroops(entry["amount"])
    return total[names[0]], total[names[1]]
