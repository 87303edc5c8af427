"""What Hummingbot asks of Stellar as a market: its network, its pairs with their rules, and their books."""

import asyncio
import math
import time
from decimal import Decimal
from typing import Final

from bidict import bidict
from hummingbot.connector.exchange_py_base import ExchangePyBase
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.core.api_throttler.data_types import RateLimit
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError, WrongNetwork
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.issuer_check import IssuerCheck
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.stellar_api_order_book_data_source import (
    StellarAPIOrderBookDataSource,
)

__all__ = ["RETRY", "StellarMarkets"]

RETRY: Final = 1.0
"""Seconds."""


class StellarMarkets(ExchangePyBase):  # type: ignore[misc]
    """Follows a Stellar network and the books of its pairs; `StellarExchange` adds an account that trades.

    Parameters
    ----------
    domain : str
        ``stellar``, ``stellar_testnet`` or ``stellar_local``.
    nodes : NodeAddresses
    assets : AssetTable
        What pairs are of.
    trading_pairs : list of str
        Pairs whose books are kept.
    merges_pools : bool
        Whether books show liquidity pools beside the offers.
    balance_asset_limit, rate_limits_share_pct
        As Hummingbot's base class takes them.

    Attributes
    ----------
    trouble : str or None
        Why the network could not be reached when it was last checked.

    Raises
    ------
    ConfigurationError
        If a trading pair is not of known assets.
    """

    web_utils = stellar_web_utils

    def __init__(
        self,
        domain: str,
        nodes: NodeAddresses,
        assets: AssetTable,
        trading_pairs: list[str],
        merges_pools: bool,
        balance_asset_limit: dict[str, dict[str, Decimal]] | None,
        rate_limits_share_pct: Decimal,
    ) -> None:
        for pair in trading_pairs:
            assets.pair(pair)
        self._domain = domain
        self._nodes = nodes
        self._assets = assets
        self._trading_pairs = trading_pairs
        self._merges_pools = merges_pools
        self._clock_of_ledgers = LedgerClock()
        self._horizon: Horizon
        self._issuer_check: IssuerCheck
        self._issuer_check_task: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        self._why_no_rules = ""
        self.LONG_POLL_INTERVAL = CONSTANTS.POLL_INTERVALS[domain]
        super().__init__(balance_asset_limit, rate_limits_share_pct)

    @property
    def name(self) -> str:
        """The domain."""
        return self._domain

    @property
    def domain(self) -> str:
        """Which network."""
        return self._domain

    @property
    def rate_limits_rules(self) -> list[RateLimit]:
        """Of the node."""
        return CONSTANTS.rate_limits(self._domain, len(self._nodes.horizon))

    @property
    def trading_rules_request_path(self) -> str:
        """Nothing is requested: the ledger's rules are the same for all pairs."""
        return "/"

    @property
    def trading_pairs_request_path(self) -> str:
        """Nothing is requested: pairs come from the table of assets."""
        return "/"

    @property
    def check_network_request_path(self) -> str:
        """Horizon's root names its network."""
        return "/"

    @property
    def trading_pairs(self) -> list[str]:
        """Pairs whose books are kept."""
        return self._trading_pairs

    @property
    def ledger_clock(self) -> LedgerClock:
        """The network's own time."""
        return self._clock_of_ledgers

    async def start_network(self) -> None:
        """Start following the network, and warn of assets for which nobody vouches."""
        await super().start_network()
        self._issuer_check_task = safe_ensure_future(self._check_issuers())

    async def stop_network(self) -> None:
        """Stop following it."""
        if self._issuer_check_task is not None:
            self._issuer_check_task.cancel()
            self._issuer_check_task = None
        await super().stop_network()

    async def _check_issuers(self) -> None:
        try:
            passphrase = await self._horizon.pool.passphrase()
            await self._issuer_check.run(self._trading_pairs, passphrase)
        except StellarError as error:
            self.logger().debug(f"The issuers of assets could not be checked: {error}")

    def _create_web_assistants_factory(self) -> WebAssistantsFactory:
        factory = stellar_web_utils.build_api_factory(self._throttler, self._auth, self._domain)
        self._horizon = stellar_web_utils.build_horizon(
            self._domain, self._nodes.horizon, self._clock_of_ledgers, self._throttler, factory
        )
        self._issuer_check = IssuerCheck(self._horizon, self._assets, self._domain, self.logger())
        return factory

    def _create_order_book_data_source(self) -> StellarAPIOrderBookDataSource:
        return StellarAPIOrderBookDataSource(
            self._trading_pairs,
            self._horizon,
            self._assets,
            self._clock_of_ledgers,
            self._domain,
            self._merges_pools,
        )

    def _offers(self, trading_pair: str) -> OrderBook | None:
        """Return a pair's offers, which are all that LIMIT orders can meet; None before they are known."""
        offers: OrderBook | None = self._orderbook_ds.offers(trading_pair)
        return self.order_book_tracker.order_books.get(trading_pair) if offers is None else offers

    async def _make_network_check_request(self) -> None:
        try:
            await self._horizon.pool.passphrase()
        except StellarError as error:
            self.trouble = str(error)
            self.logger().network(f"{self._domain}: {error}", app_warning_msg=f"{self._domain}: {error}")
            raise
        self.trouble = None

    async def _make_trading_pairs_request(self) -> AssetTable:
        """The table of assets holds for the domain's own network: the node must belong to it."""
        await self._horizon.pool.passphrase()
        return self._assets

    async def _make_trading_rules_request(self) -> AssetTable:
        return await self._make_trading_pairs_request()

    async def _initialize_trading_pair_symbol_map(self) -> None:
        try:
            self._initialize_trading_pair_symbols_from_exchange_info(await self._make_trading_pairs_request())
        except Exception as error:
            is_expected = isinstance(error, StellarError)
            self.logger().warning(f"{self._domain} has no pairs yet: {error}.", exc_info=not is_expected)

    def _initialize_trading_pair_symbols_from_exchange_info(self, exchange_info: AssetTable) -> None:
        names = (f"{base}-{quote}" for base, quote in exchange_info.pairs())
        self._set_trading_pair_symbol_map(bidict({exchange_info.symbol(name): name for name in names}))

    @property
    def TRADING_RULES_INTERVAL(self) -> float:
        """Seconds until the trading rules are asked for again: not long while there are none."""
        return float(super().TRADING_RULES_INTERVAL) if self._trading_rules else RETRY

    async def _update_trading_rules(self) -> None:
        """Take the ledger's rules as soon as a node answers; from another network there are none."""
        while True:
            try:
                await super()._update_trading_rules()
                self._why_no_rules = ""
                return
            except WrongNetwork as error:
                self._trading_rules.clear()
                if str(error) != self._why_no_rules:
                    self._why_no_rules = str(error)
                    self.logger().error(f"{self._domain} has no trading rules: {error}.")
                return
            except HorizonError:
                await self._sleep(RETRY)

    async def _format_trading_rules(self, exchange_info_dict: AssetTable) -> list[TradingRule]:
        pairs = self._trading_pairs or [f"{base}-{quote}" for base, quote in exchange_info_dict.pairs()]
        return [
            TradingRule(
                pair,
                min_order_size=CONSTANTS.DUST,
                min_price_increment=CONSTANTS.SMALLEST_STEP,
                min_base_amount_increment=CONSTANTS.SMALLEST_STEP,
                min_quote_amount_increment=CONSTANTS.SMALLEST_STEP,
                min_notional_size=CONSTANTS.DUST,
            )
            for pair in pairs
        ]

    async def _update_trading_fees(self) -> None:
        """The ledger takes no share of a trade."""

    async def _get_last_traded_price(self, trading_pair: str) -> float:
        prices = await self._orderbook_ds.get_last_traded_prices([trading_pair])
        return float(prices[trading_pair])

    def _now(self) -> float:
        now = self.current_timestamp
        return float(now) if now and not math.isnan(now) else time.time()
