"""What the connector does with liquidity pools: quotes, deposits, withdrawals, the worth of a position."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from hummingbot.connector.exchange.stellar.account_desk import AccountDesk
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import (
    ShareLine,
    net_deposit,
    read_pool,
    share_line,
)
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX, from_stroops, quantize_down
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves, impermanent_loss
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_of
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation
from hummingbot.connector.exchange.stellar.transactions.pool_operations import (
    PoolRefused,
    pool_deposit,
    pool_withdrawal,
)

__all__ = ["PoolDesk", "PoolPosition"]

LINE_RESERVE: Final = 10_000_000
"""Stroops that a trustline for pool shares locks up: two base reserves."""
RETRY: Final = 1.0


@dataclass(frozen=True, slots=True)
class PoolPosition:
    """An account's part of a pool, in units.

    Parameters
    ----------
    shares, total_shares : Decimal
    base, quote : Decimal
        What its shares pay out now.
    base_put_in, quote_put_in : Decimal
        All deposits less all withdrawals.
    impermanent_loss : Decimal or None
        Worth now against having kept what was put in, as a share, fees earned included; negative is a loss.
        None if nothing of it is left in.
    """

    shares: Decimal
    total_shares: Decimal
    base: Decimal
    quote: Decimal
    base_put_in: Decimal
    quote_put_in: Decimal
    impermanent_loss: Decimal | None


class PoolDesk:
    """The pools of one network, for one account.

    Parameters
    ----------
    horizon : Horizon
    assets : AssetTable
    clock : LedgerClock
    desk : callable
        Returns the account's desk.
    """

    def __init__(
        self,
        horizon: Horizon,
        assets: AssetTable,
        clock: LedgerClock,
        desk: Callable[[], AccountDesk],
    ) -> None:
        self._horizon = horizon
        self._assets = assets
        self._clock = clock
        self._desk = desk

    async def price(self, trading_pair: str) -> Decimal:
        """Return quote per base at the pool's margin, before its fee.

        Raises
        ------
        PoolRefused
            If there is no pool, or nothing in it.
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        base, _ = self._assets.pair(trading_pair)
        return _decimal((await self._pool(trading_pair)).price(base))

    async def quote(self, trading_pair: str, is_buy: bool, amount: Decimal) -> Decimal:
        """Return what of the quote asset the pool alone asks or gives for an amount of base.

        Raises
        ------
        PoolRefused
            If there is no pool, or it cannot trade so much or so little.
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        base, _ = self._assets.pair(trading_pair)
        pool = await self._pool(trading_pair)
        stroops = quantize_down(amount)
        other = pool.takes(base, stroops) if is_buy else pool.gives(base, stroops)
        if other is None or stroops <= 0:
            raise PoolRefused(f"the pool of {trading_pair} cannot trade {amount}: choose another amount")
        return from_stroops(other)

    async def deposit(
        self,
        trading_pair: str,
        base: Decimal,
        quote: Decimal,
        slippage: Decimal,
        opens_trustline: bool = False,
    ) -> tuple[Decimal, Decimal]:
        """Put at most these amounts in, in the pool's proportion; return what went in, of base and quote.

        Parameters
        ----------
        slippage : Decimal
            How far, as a share, the pool's price may have moved when the deposit arrives.
        opens_trustline : bool
            Whether a missing trustline for the pool's shares may be opened; it locks up two base reserves.

        Raises
        ------
        OperationRefused
            If it surely did not happen.
        HorizonUnavailable, HorizonRefused
            If the node does not answer; nothing was sent then.
        """
        asset, other = self._assets.pair(trading_pair)
        parameters = pool_of(asset, other)
        pool = await read_pool(self._horizon, asset, other) or PoolReserves(parameters, 0, 0, 0)
        line = share_line(await self._document(), pool.id)
        if line is None and not opens_trustline:
            raise PoolRefused(
                f"account {self._desk().account} has no trustline for shares of the pool of {trading_pair}: "
                "allow to open one, which locks up two base reserves (1 XLM)"
            )
        most = {asset: quantize_down(base), other: quantize_down(quote)}
        in_order = (parameters.asset_a, parameters.asset_b)
        operation = pool_deposit(
            pool,
            line or ShareLine(0, INT64_MAX),
            (most[in_order[0]], most[in_order[1]]),
            (
                await self._spendable(in_order[0], line is None),
                await self._spendable(in_order[1], line is None),
            ),
            Fraction(slippage),
        )
        opening = [] if line else [AccountOperation(ChangeTrust(parameters, INT64_MAX))]
        ledger = await self._desk().perform(*opening, AccountOperation(operation))
        return self._in_units(pool, await self._moved_in(pool, ledger), asset)

    async def withdraw(
        self, trading_pair: str, shares: Decimal | None, slippage: Decimal
    ) -> tuple[Decimal, Decimal]:
        """Give shares back (None: all of them); return what was paid out, of base and quote.

        Parameters
        ----------
        slippage : Decimal
            How far, as a share, either payout may lie below what it is worth now.

        Raises
        ------
        OperationRefused
            If it surely did not happen.
        HorizonUnavailable, HorizonRefused
            If the node does not answer; nothing was sent then.
        """
        base, _ = self._assets.pair(trading_pair)
        pool = await self._pool(trading_pair)
        line = share_line(await self._document(), pool.id)
        wanted = None if shares is None else quantize_down(shares)
        operation = pool_withdrawal(pool, line, wanted, Fraction(slippage))
        ledger = await self._desk().perform(AccountOperation(operation))
        a, b = await self._moved_in(pool, ledger)
        return self._in_units(pool, (-a, -b), base)

    async def position(self, trading_pair: str) -> PoolPosition:
        """Return what the account has in the pool of a pair, by all its deposits and withdrawals.

        Raises
        ------
        PoolRefused
            If there is no pool.
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        base, _ = self._assets.pair(trading_pair)
        pool = await self._pool(trading_pair)
        line = share_line(await self._document(), pool.id)
        shares = line.balance if line else 0
        worth, held = pool.worth(shares), await self._moved(pool)
        price = pool.price(pool.parameters.asset_a)
        is_in = held[0] * price + held[1] > 0
        return PoolPosition(
            from_stroops(shares),
            from_stroops(pool.total_shares),
            *self._in_units(pool, worth, base),
            *self._in_units(pool, held, base),
            _decimal(impermanent_loss(held, worth, price)) if is_in else None,
        )

    async def _pool(self, trading_pair: str) -> PoolReserves:
        pool = await read_pool(self._horizon, *self._assets.pair(trading_pair))
        if pool is None or not pool.total_shares:
            raise PoolRefused(f"there is nothing in a pool of {trading_pair}: deposit into it to make one")
        return pool

    async def _document(self) -> dict[str, Any]:
        return (await self._horizon.get(f"/accounts/{self._desk().account}")).body

    async def _spendable(self, asset: Asset, opens_line: bool) -> int:
        free = await self._desk().spendable(asset)
        if asset == NATIVE:
            free -= 3 * self._desk().fees.cap + LINE_RESERVE * opens_line
        return max(0, free)

    async def _moved(self, pool: PoolReserves) -> tuple[int, int]:
        """Add up what the account has put into the pool, less what it took out: A and B."""
        return net_deposit(await self._effects(), pool)

    async def _moved_in(self, pool: PoolReserves, ledger: int) -> tuple[int, int]:
        """Return what went in (or, negative, came out) in a ledger that did it, once a node shows that."""
        while True:
            with suppress(HorizonError):
                effects = [e for e in await self._effects(ledger) if _ledger_of(e) == ledger]
                if any(e.get("liquidity_pool", {}).get("id") == pool.id for e in effects):
                    return net_deposit(effects, pool)
            await self._clock.tick(RETRY)

    async def _effects(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the account's effects from a ledger on."""
        effects: list[dict[str, Any]] = []
        cursor = f"{since << 32}-0" if since else ""
        async for records in self._horizon.pages(f"/accounts/{self._desk().account}/effects", {}, cursor):
            effects += records
        return effects

    @staticmethod
    def _in_units(pool: PoolReserves, amounts: tuple[int, int], base: Asset) -> tuple[Decimal, Decimal]:
        a, b = (from_stroops(amount) for amount in amounts)
        return (a, b) if base == pool.parameters.asset_a else (b, a)


def _ledger_of(effect: Mapping[str, Any]) -> int:
    return int(str(effect["paging_token"]).partition("-")[0]) >> 32


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
