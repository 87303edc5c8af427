"""The Stellar DEX as a Hummingbot exchange."""

import asyncio
import time
from collections.abc import Collection
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from hummingbot.connector.constants import s_decimal_NaN
from hummingbot.connector.utils import TradeFillOrderDetails
from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TradeFeeBase
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot import data_path  # type: ignore[attr-defined]
from hummingbot.connector.exchange.stellar import stellar_candles, stellar_web_utils
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.account_desk import AccountDesk
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.channel_keys import read_channel_keys
from hummingbot.connector.exchange.stellar.credentials import check_fee_cap, check_merged_book
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.own_assets import own_assets
from hummingbot.connector.exchange.stellar.pool_desk import PoolDesk
from hummingbot.connector.exchange.stellar.rpc.rpc import Rpc
from hummingbot.connector.exchange.stellar.stellar_api_user_stream_data_source import (
    StellarAPIUserStreamDataSource,
)
from hummingbot.connector.exchange.stellar.stellar_auth import StellarAuth
from hummingbot.connector.exchange.stellar.stellar_markets import RETRY, StellarMarkets
from hummingbot.connector.exchange.stellar.stellar_rate_source import StellarRateSource
from hummingbot.connector.exchange.stellar.transactions.account_source import AccountSource
from hummingbot.connector.exchange.stellar.transactions.errors import OrderRejected
from hummingbot.connector.exchange.stellar.transactions.fallback_source import FallbackSource
from hummingbot.connector.exchange.stellar.transactions.fee_market import FeeMarket
from hummingbot.connector.exchange.stellar.transactions.horizon_source import HorizonSource
from hummingbot.connector.exchange.stellar.transactions.market_orders import MarketOrders
from hummingbot.connector.exchange.stellar.transactions.network_fees import NetworkFees
from hummingbot.connector.exchange.stellar.transactions.order_reports import OwnTrade, trade_fee
from hummingbot.connector.exchange.stellar.transactions.order_terms import OrderTerms
from hummingbot.connector.exchange.stellar.transactions.rpc_source import RpcSource
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount

__all__ = ["StellarExchange"]

stellar_candles.register()


class StellarExchange(StellarMarkets):
    """Trades on Stellar's order books through a Horizon node, with transactions it signs itself.

    Orders and cancels of one tick leave in one transaction. The truth about an order is what the ledger
    shows, never what a request answered or did not answer.

    Parameters
    ----------
    stellar_secret_key : str
        ``S…``; empty for a connector that only reads public data.
    stellar_horizon_url : str
        Of one node, or of several separated by commas, the preferred first; empty for
        ``conf/stellar_nodes.yml`` or the domain's default.
    stellar_assets : str
        The user's own assets, ``NAME=CODE:ISSUER`` separated by commas.
    stellar_fee_cap : str
        Stroops that an operation may cost at most; empty for the default.
    stellar_account : str
        ``G…`` of the account to trade on; empty for the key's own.
    stellar_merged_book : str
        ``yes`` for order books that show liquidity pools beside the offers.
    stellar_channels : str
        File with the secret keys of channel accounts; empty for none.
    stellar_rpc_url : str
        Of one RPC node or of several, by which the account is read and its transactions are sent; empty for
        ``conf/stellar_nodes.yml`` or, where that names none, for Horizon.
    domain : str
        ``stellar`` (public network), ``stellar_testnet`` or ``stellar_local`` (sandbox).

    Raises
    ------
    ConfigurationError
        If a key, asset, trading pair or URL cannot be used.
    """

    def __init__(
        self,
        stellar_secret_key: str = "",
        stellar_horizon_url: str = "",
        stellar_assets: str = "",
        stellar_fee_cap: str = "",
        stellar_account: str = "",
        stellar_merged_book: str = "",
        stellar_channels: str = "",
        stellar_rpc_url: str = "",
        balance_asset_limit: dict[str, dict[str, Decimal]] | None = None,
        rate_limits_share_pct: Decimal = Decimal("100"),
        trading_pairs: list[str] | None = None,
        trading_required: bool = True,
        domain: str = CONSTANTS.DEFAULT_DOMAIN,
    ) -> None:
        assets = AssetTable(domain, own_assets(domain, stellar_assets))
        self._trading_required = trading_required
        self._fee_cap = check_fee_cap(stellar_fee_cap, domain)
        self._stellar_auth = StellarAuth(
            stellar_secret_key, domain, stellar_account, read_channel_keys(stellar_channels, domain)
        )
        self._terms = OrderTerms(assets, self._offers)
        self._market_orders: MarketOrders
        self._pools: PoolDesk
        self._desk: AccountDesk | None = None
        self._rpc: Rpc | None = None
        self._recorded_trades: set[str] = set()
        super().__init__(
            domain,
            NodeAddresses.find(domain, stellar_horizon_url, stellar_rpc_url),
            assets,
            list(trading_pairs or []),
            check_merged_book(stellar_merged_book, domain),
            balance_asset_limit,
            rate_limits_share_pct,
        )
        if self._desk is not None and trading_required and self._trading_pairs:
            self._open_desk()
        if self._trading_pairs or self._stellar_auth.has_key:
            self._answer_for_rates()

    @property
    def authenticator(self) -> StellarAuth:
        """Signs transactions."""
        return self._stellar_auth

    @property
    def client_order_id_max_length(self) -> int:
        """Client order ids never leave this machine."""
        return CONSTANTS.ORDER_ID_MAX_LENGTH

    @property
    def client_order_id_prefix(self) -> str:
        """Marks our orders."""
        return CONSTANTS.ORDER_ID_PREFIX

    @property
    def is_cancel_request_in_exchange_synchronous(self) -> bool:
        """A cancel returns when the ledger has decided it."""
        return True

    @property
    def is_trading_required(self) -> bool:
        """Whether orders will be placed."""
        return self._trading_required

    @property
    def own_trades(self) -> tuple[OwnTrade, ...]:
        """Our fills of this run, oldest first, exact in stroops."""
        return tuple(self._desk.own_trades) if self._desk else ()

    @property
    def network_fees(self) -> NetworkFees:
        """What the network has charged this account's orders, to the stroop."""
        return self._desk.network_fees if self._desk else NetworkFees()

    @property
    def source_accounts(self) -> tuple[SourceAccount, ...]:
        """The sources of our transactions: the account itself, then its channel accounts."""
        return tuple(self._desk.sources) if self._desk else ()

    @property
    def rpc_statuses(self) -> tuple[NodeStatus, ...]:
        """How the RPC nodes are doing, if there are any."""
        return self._rpc.statuses() if self._rpc else ()

    @property
    def signing_obstacle(self) -> str:
        """Why no transaction can be signed; empty if that is not so, or not known."""
        return self._desk.funds.signing.obstacle if self._desk else ""

    @property
    def fee_market(self) -> FeeMarket | None:
        """What the network asks for an operation now, and what is bid; None without a key."""
        return self._desk.fees if self._desk else None

    @property
    def pools(self) -> PoolDesk:
        """Liquidity pools: quotes, deposits, withdrawals and positions."""
        return self._pools

    def supported_order_types(self) -> list[OrderType]:
        """Return LIMIT, LIMIT_MAKER (a passive offer) and MARKET (a path payment with a slippage cap)."""
        return [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]

    def stroop_balances(self) -> dict[str, int]:
        """Return what the account holds by asset name, in stroops, at the last ledger read."""
        return self._desk.funds.stroops() if self._desk else {}

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancel our open orders in as few transactions as they fit in, after those under way are decided.

        What a node's trouble keeps from being cancelled is tried again with each ledger, as long as there is
        time. Orders of other programs on the same account are not known here and not touched.
        """
        deadline = time.monotonic() + timeout_seconds
        if self._desk is not None:
            try:
                await asyncio.wait_for(self._desk.idle(), timeout_seconds)
            except TimeoutError:
                self.logger().warning("The ledger has not decided all orders under way yet.")
        results: dict[str, CancellationResult] = {}
        while True:
            left = max(0.1, deadline - time.monotonic())
            results |= {result.order_id: result for result in await super().cancel_all(left)}
            remaining = [order_id for order_id in self.in_flight_orders if order_id in results]
            left = deadline - time.monotonic()
            if not remaining or left <= 0:
                break
            await self._clock_of_ledgers.tick(min(RETRY, left))
        if remaining:
            self.logger().warning(f"Not confirmed as cancelled on the ledger: {', '.join(remaining)}.")
        return list(results.values())

    def tick(self, timestamp: float) -> None:
        """Follow Hummingbot's clock.

        When it first ticks, what Hummingbot remembers has been restored, and its recorder can date events.
        """
        super().tick(timestamp)
        if self._desk is not None:
            self._desk.listen(self._recorded_trades)

    def add_trade_fills_from_market_recorder(self, current_trade_fills: set[TradeFillOrderDetails]) -> None:
        """Learn which trades Hummingbot has on record."""
        super().add_trade_fills_from_market_recorder(current_trade_fills)
        if self._desk is not None and self._desk.is_waiting:
            self._recorded_trades |= {fill.exchange_trade_id for fill in current_trade_fills}

    def restore_tracking_states(self, saved_states: dict[str, Any]) -> None:
        """Take up the orders of earlier runs as the journal knows them, corrected by what was saved here."""
        if not saved_states and self._desk is None:
            return
        self._open_desk()
        desk = self._account_desk
        strangers = desk.restore(saved_states, self._recorded_trades)
        super().restore_tracking_states({o.client_order_id: o.to_json() for o in strangers})
        for order in strangers:
            if not desk.watch(self._terms.order(order), order):
                self._on_order_failure(
                    order.client_order_id,
                    order.trading_pair,
                    order.amount,
                    order.trade_type,
                    order.order_type,
                    order.price,
                    OrderRejected("the earlier run stopped before it was sent, as its journal shows"),
                )

    def start_tracking_order(
        self,
        order_id: str,
        exchange_order_id: str | None,
        trading_pair: str,
        trade_type: TradeType,
        price: Decimal,
        amount: Decimal,
        order_type: OrderType,
        **kwargs: Any,
    ) -> None:
        """Track an order; one that is on the ledger already is watched there from now on."""
        super().start_tracking_order(
            order_id, exchange_order_id, trading_pair, trade_type, price, amount, order_type, **kwargs
        )
        if exchange_order_id is not None and self._desk is not None:
            tracked = self._order_tracker.fetch_tracked_order(order_id)
            self._desk.watch(self._terms.order(tracked), tracked)

    # What Hummingbot asks of every exchange

    def _is_request_exception_related_to_time_synchronizer(self, request_exception: Exception) -> bool:
        return False

    def _is_order_not_found_during_status_update_error(self, status_update_exception: Exception) -> bool:
        return False

    def _is_order_not_found_during_cancelation_error(self, cancelation_exception: Exception) -> bool:
        return False

    def _create_web_assistants_factory(self) -> WebAssistantsFactory:
        factory = super()._create_web_assistants_factory()
        self._market_orders = MarketOrders(
            self._horizon, lambda: self._stellar_auth.account, self._terms.best_opposite, self.logger()
        )
        self._pools = PoolDesk(self._horizon, self._assets, self._clock_of_ledgers, self._opened_desk)
        if self._stellar_auth.has_key:
            self._desk = AccountDesk(
                self._stellar_auth,
                self._horizon,
                self._clock_of_ledgers,
                self._assets,
                self._domain,
                self._publish_balances,
                self.logger(),
                self._fee_cap,
                self._account_source(factory),
            )
        return factory

    def _account_source(self, factory: WebAssistantsFactory) -> AccountSource:
        """Return what reads the account and sends its transactions: by RPC where nodes for that are named."""
        horizon, clock, account = self._horizon, self._clock_of_ledgers, self._stellar_auth.account
        by_horizon = HorizonSource(horizon, clock, account, self._domain)
        if not self._nodes.rpc:
            return by_horizon
        self._rpc = stellar_web_utils.build_rpc(
            self._domain, self._nodes.rpc, horizon, clock, self._throttler, factory
        )
        by_rpc = RpcSource(self._rpc, clock, account, self._domain, self._assets.assets.values)
        return FallbackSource(self._rpc, by_rpc, by_horizon, self.logger())

    def _create_user_stream_data_source(self) -> StellarAPIUserStreamDataSource:
        trades = self._desk.trades if self._desk else None
        return StellarAPIUserStreamDataSource(self._horizon, trades, self._prepare)

    async def _prepare(self) -> None:
        """Make the account ready for trading; without a key, say so."""
        self._open_desk()
        await self._account_desk.prepare()

    def _opened_desk(self) -> AccountDesk:
        self._open_desk()
        return self._account_desk

    def _open_desk(self) -> None:
        """Open the account's journal: from here on this process alone may trade on it from this instance."""
        folder = Path(data_path())
        self._account_desk.open(folder, self._order_tracker, self.trade_fee_schema(), self._now)

    @property
    def _account_desk(self) -> AccountDesk:
        if self._desk is None:
            self._stellar_auth.account  # noqa: B018  (raises the sentence about the missing key)
            raise AssertionError("a key makes a desk")
        return self._desk

    def _get_fee(
        self,
        base_currency: str,
        quote_currency: str,
        order_type: OrderType,
        order_side: TradeType,
        amount: Decimal,
        price: Decimal = s_decimal_NaN,
        is_maker: bool | None = None,
    ) -> TradeFeeBase:
        if self._desk is not None:
            fee = self._desk.fees.going_rate
        else:
            header = self._clock_of_ledgers.header
            fee = header.base_fee if header else 100
        return trade_fee(self.trade_fee_schema(), order_side, f"{base_currency}-{quote_currency}", fee)

    # Balances

    def _answer_for_rates(self) -> None:
        """On the sandbox, be what Hummingbot asks for exchange rates.

        A change of any of Hummingbot's settings puts its own source back, so this is done again with every
        reading of the balances, which is when they are valued.
        """
        if self._domain == CONSTANTS.LOCAL:
            StellarRateSource.install(self)

    async def _update_balances(self) -> None:
        self._answer_for_rates()
        funds = self._account_desk.funds
        await funds.update()
        if not self._trading_pairs:  # asked by connect and balance, which show what it raises
            funds.signing.check()

    def _publish_balances(self, totals: dict[str, Decimal], available: dict[str, Decimal]) -> None:
        self._account_balances = totals
        self._account_available_balances = available

    # Orders

    async def _create_order(
        self,
        trade_type: TradeType,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType,
        price: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        if order_type is not OrderType.MARKET:
            price = self._safe_price(trading_pair, trade_type, price)
        else:
            try:
                pair = self._assets.pair(trading_pair)
                price = await self._market_orders.price_cap(trading_pair, *pair, trade_type is TradeType.BUY)
            except OrderRejected as error:
                self.start_tracking_order(
                    order_id, None, trading_pair, trade_type, s_decimal_NaN, amount, order_type
                )
                self._on_order_failure(order_id, trading_pair, amount, trade_type, order_type, price, error)
                return
        await super()._create_order(trade_type, order_id, trading_pair, amount, order_type, price, **kwargs)

    def _safe_price(self, trading_pair: str, side: TradeType, price: Decimal | None) -> Decimal | None:
        """Return a price on the pair's step that is no worse than `price`: Hummingbot rounds all down."""
        if side is TradeType.BUY or price is None or not price.is_finite():
            return price
        step: Decimal = self.get_order_price_quantum(trading_pair, price)
        return (price / step).to_integral_value(ROUND_CEILING) * step

    async def _place_order(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal,
        **kwargs: Any,
    ) -> tuple[str, float]:
        self._open_desk()
        desk = self._account_desk
        order = self._order_tracker.fetch_order(order_id)
        if order_type is OrderType.MARKET:
            placement = await self._market_orders.placement(self._terms.order(order), price)
        else:
            placement = self._terms.placement(order, price)
        await desk.place(placement)
        placed = self._order_tracker.fetch_order(order_id)
        return str(placed.exchange_order_id if placed else ""), self._now()

    async def _place_order_and_process_update(self, order: InFlightOrder, **kwargs: Any) -> str:
        """Place it; every update comes from the ledger, through the desk."""
        exchange_order_id, _ = await self._place_order(
            order.client_order_id,
            order.trading_pair,
            order.amount,
            order.trade_type,
            order.order_type,
            order.price,
            **kwargs,
        )
        return exchange_order_id

    def _on_order_failure(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal | None,
        exception: Exception,
        **kwargs: Any,
    ) -> None:
        is_rejected = isinstance(exception, StellarError)
        self.logger().network(
            f"Error submitting {trade_type.name.lower()} {order_type.name} order to {self.name_cap} for "
            f"{amount} {trading_pair} {price}.",
            exc_info=None if is_rejected else exception,
        )
        if is_rejected:
            self.logger().warning(
                f"Order {order_id} ({trade_type.name} {amount} {trading_pair}) was rejected: {exception}."
            )
        else:
            self.logger().error(f"Order {order_id} could not be made.", exc_info=exception)
        self._update_order_after_failure(order_id, trading_pair, exception)

    async def _place_cancel(self, order_id: str, tracked_order: InFlightOrder) -> bool:
        """Take it off the ledger; True if it went unfilled, False if it rests still or had filled."""
        is_gone = await self._account_desk.cancel(order_id)
        return is_gone and not tracked_order.is_filled

    async def _execute_order_cancel_and_process_update(self, order: InFlightOrder) -> bool:
        """Cancel it; the update comes from the ledger, through the desk."""
        return await self._place_cancel(order.client_order_id, order)

    # The truth about orders: only what the ledger proves

    async def _user_stream_event_listener(self) -> None:
        desk, is_whole = self._account_desk, True
        async for trade in self._iter_user_event_queue():
            try:
                await desk.take(trade if is_whole else None)
                is_whole = True
            except Exception:
                self.logger().exception("Unexpected error in user stream listener loop.")
                is_whole = False

    async def _update_order_status(self) -> None:
        await self._compare(self._order_tracker.active_orders)

    async def _update_lost_orders_status(self) -> None:
        """Compare orders that Hummingbot gave up; the connector itself gives none up without proof."""
        if self._order_tracker.lost_orders:
            await self._compare(self._order_tracker.lost_orders)

    async def _compare(self, orders: Collection[str]) -> None:
        if self._desk is None:
            return
        try:
            await self._desk.compare(orders)
        except StellarError as error:
            self.logger().debug(f"Orders could not be compared with the ledger: {error}")

    async def _request_order_status(self, tracked_order: InFlightOrder) -> OrderUpdate:
        if self._desk is not None:
            await self._desk.compare()
        return OrderUpdate(
            tracked_order.trading_pair,
            self._now(),
            tracked_order.current_state,
            tracked_order.client_order_id,
            tracked_order.exchange_order_id,
        )

    async def _all_trade_updates_for_order(self, order: InFlightOrder) -> list[TradeUpdate]:
        if self._desk is not None:
            await self._desk.catch_up()
        return list(order.order_fills.values())
