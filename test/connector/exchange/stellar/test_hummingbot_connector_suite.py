"""Hummingbot's own suite of tests for exchange connectors, whole.

The suite mocks HTTP and says what it wants an exchange to answer ("the order is filled"); here that is put
into the ledger's terms. What it calls an error about an order is an offer that the ledger shows no more:
anything less (a time-out, a 5xx) proves nothing, and `test_faults` holds an order open through it.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from aioresponses import aioresponses
from aioresponses.core import RequestCall
from hummingbot.connector.test_support.exchange_connector_test import AbstractExchangeConnectorTests
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TradeFeeBase

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey, verify
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.results import (
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, transaction_hash
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from test.connector.exchange.stellar.mocked_horizon import (
    LEDGER,
    ROOT,
    URL,
    MockedHorizon,
    account_record,
    asset_fields,
    envelope_of,
    page,
    toid,
    trade_record,
    transaction_record,
)

KEY = SigningKey(sha256(b"account of the connector suite").digest())
ISSUER = SigningKey(sha256(b"issuer of the connector suite").digest()).account
TAKER = SigningKey(sha256(b"taker of the connector suite").digest()).account
BASE, QUOTE = Asset("COINALPHA", ISSUER), Asset("HBOT", ISSUER)
OTHER_ROOT = {"network_passphrase": "Another Network"}
UNIT = 10**7
RICH = {NATIVE: (1000 * UNIT, 0), BASE: (10**6 * UNIT, 0), QUOTE: (10**9 * UNIT, 0)}
OFFER, PLACED_AT = 777, toid(LEDGER - 10)
FILLED_AT = LEDGER - 5

DELETED = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", (), "DELETED")
NOT_FOUND = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_NOT_FOUND")

Answer = Callable[..., Any]


class TestStellarExchange(AbstractExchangeConnectorTests.ExchangeConnectorTests):
    _node: MockedHorizon | None = None

    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        with aioresponses() as api:  # all tests are of a connector that knows its network
            self.horizon(api).rest(RICH)
            await self.exchange._horizon.pool.passphrase()
            if self._testMethodName.startswith(("test_create_", "test_cancel_")):  # and these its account
                await self.exchange._prepare()
        self._node = None

    # What stands where

    account_url = f"{URL}/accounts/{KEY.account}"
    all_symbols_url = trading_rules_url = network_status_url = f"{URL}/"
    order_creation_url = f"{URL}/transactions"
    balance_url = account_url
    latest_prices_url = f"{URL}/trades?" + urlencode(
        {**asset_fields(BASE, "base_"), **asset_fields(QUOTE, "counter_"), "order": "desc", "limit": 1}
    )

    # What is answered

    all_symbols_request_mock_response = ROOT
    network_status_request_successful_mock_response = ROOT
    trading_rules_request_mock_response = ROOT
    trading_rules_request_erroneous_mock_response = OTHER_ROOT
    all_symbols_including_invalid_pair_mock_response = ("COINALPHA-HBOT", OTHER_ROOT)
    balance_request_mock_response_for_base_and_quote = account_record(
        KEY.account, {NATIVE: (100 * UNIT, 0), BASE: (15 * UNIT, 5 * UNIT), QUOTE: (2000 * UNIT, 0)}
    )
    balance_request_mock_response_only_base = account_record(
        KEY.account, {NATIVE: (100 * UNIT, 0), BASE: (15 * UNIT, 5 * UNIT)}
    )

    @property
    def latest_prices_request_mock_response(self) -> Any:
        return page(trade_record(self.bid(1), FILLED_AT, TAKER, sold=9999 * UNIT, bought=UNIT))

    @property
    def order_creation_request_successful_mock_response(self) -> Any:
        if "sell" in self._testMethodName:
            offer = OfferRecord(KEY.account, OFFER, BASE, QUOTE, 100 * UNIT, 10_000, 1)
            made = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", (), "CREATED", offer)
        else:
            made = OperationResult(
                "manage_buy_offer", "MANAGE_BUY_OFFER_SUCCESS", (), "CREATED", self.bid(100)
            )
        return transaction_record(TransactionResult(100, "txSUCCESS", (made,)), PLACED_AT >> 32)

    # What is expected

    expected_latest_price = 9999.0
    expected_supported_order_types = [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]  # noqa: RUF012
    expected_logged_error_for_erroneous_trading_rule = (
        f"stellar has no trading rules: the node {URL} belongs to the network 'Another Network', not to "
        "stellar: choose another URL."
    )
    expected_exchange_order_id = f"{OFFER}:{PLACED_AT}"
    is_order_fill_http_update_included_in_status_update = True
    is_order_fill_http_update_executed_during_websocket_order_event_processing = True
    expected_partial_fill_price = Decimal(10_000)
    expected_partial_fill_amount = Decimal("0.5")
    expected_fill_trade_id = f"{toid(FILLED_AT)}-0"

    @property
    def expected_trading_rule(self) -> TradingRule:
        step, dust = Decimal("0.0000001"), Decimal("0.00001")
        return TradingRule(
            self.trading_pair,
            min_order_size=dust,
            min_price_increment=step,
            min_base_amount_increment=step,
            min_quote_amount_increment=step,
            min_notional_size=dust,
        )

    @property
    def expected_fill_fee(self) -> TradeFeeBase:
        schema = self.exchange.trade_fee_schema()
        return TradeFeeBase.new_spot_fee(fee_schema=schema, trade_type=TradeType.BUY)

    def _expected_valid_trading_pairs(self) -> list[str]:
        names = ["COINALPHA", "HBOT", *self.exchange._assets.names]
        return list(dict.fromkeys(f"{base}-{quote}" for base in names for quote in names if base != quote))

    def exchange_symbol_for_tokens(self, base_token: str, quote_token: str) -> str:
        return f"{base_token}:{ISSUER}/{quote_token}:{ISSUER}"

    def create_exchange_instance(self) -> StellarExchange:
        return StellarExchange(
            KEY.reveal(),
            URL,
            f"COINALPHA=COINALPHA:{ISSUER}, HBOT=HBOT:{ISSUER}",
            trading_pairs=[self.trading_pair],
        )

    # What the connector must have asked

    def validate_auth_credentials_present(self, request_call: RequestCall) -> None:
        """A transaction is signed with the account's key; nothing else needs a credential."""
        if request_call.kwargs.get("data"):
            envelope = envelope_of(request_call.kwargs)
            ((hint, signature),) = envelope.signatures
            name = transaction_hash(envelope.tx_xdr, network_id(ROOT["network_passphrase"]))
            assert hint == KEY.hint
            assert verify(KEY.account, name, signature)

    def validate_order_creation_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        tx = envelope_of(request_call.kwargs).tx
        if order.trade_type is TradeType.BUY:
            assert tx.operations == (ManageBuyOffer(QUOTE, BASE, 100 * UNIT, 10_000, 1),)
        else:
            assert tx.operations == (ManageSellOffer(BASE, QUOTE, 100 * UNIT, 10_000, 1),)
        assert (tx.source, tx.sequence) == (KEY.account, 4322)

    def validate_order_cancelation_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        (deletion,) = envelope_of(request_call.kwargs).tx.operations
        assert (deletion.offer_id, deletion.amount) == (int(order.exchange_order_id), 0)

    def validate_order_status_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        assert request_call.kwargs["params"]["order"] == "asc"

    def validate_trades_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        position, _ = request_call.kwargs["params"]["cursor"].split("-")
        assert int(position) == PLACED_AT

    # How the node answers what the suite wants

    def horizon(self, api: aioresponses | None = None) -> MockedHorizon:
        """Return the test's node; it brings its own mock of HTTP where the test has none."""
        if self._node is None or api not in (None, self._node.api):
            if api is None:
                api = aioresponses()
                api.start()
                self.addCleanup(api.stop)
            self._node = MockedHorizon(api, KEY.account)
        return self._node

    def bid(self, amount: int, offer_id: int = OFFER) -> OfferRecord:
        """What rests of a buy at 10,000."""
        return OfferRecord(KEY.account, offer_id, QUOTE, BASE, amount * 10_000 * UNIT, 1, 10_000)

    def fill(self, part: Decimal = Decimal(1)) -> dict[str, Any]:
        base = int(part * UNIT)
        return trade_record(self.bid(1), FILLED_AT, TAKER, sold=base * 10_000, bought=base)

    def _configure_balance_response(
        self, response: dict[str, Any], mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        node = self.horizon(mock_api)
        node.rest(RICH)
        return node.put(f"/accounts/{KEY.account}", response, callback=callback)

    def configure_successful_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        node = self.horizon(mock_api)
        node.rest(RICH, self.bid(100, int(order.exchange_order_id)))
        return node.take(lambda _: DELETED, callback)

    def configure_erroneous_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        node = self.horizon(mock_api)
        node.rest(RICH, self.bid(100, int(order.exchange_order_id)))
        return node.refuse("txBAD_AUTH", callback)

    def configure_order_not_found_error_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        """The ledger finds no offer to cancel; the trades that tell why cannot be read yet."""
        node = self.horizon(mock_api)
        node.rest(RICH)
        node.trades(status=504, callback=callback)
        return node.take(lambda _: NOT_FOUND)

    def configure_one_successful_one_erroneous_cancel_all_response(
        self, successful_order: InFlightOrder, erroneous_order: InFlightOrder, mock_api: aioresponses
    ) -> list[str]:
        """One has just filled: both cancels fail together, and the other alone is sent again."""
        gone = int(erroneous_order.exchange_order_id)
        ask = OfferRecord(KEY.account, gone, BASE, QUOTE, 90 * UNIT, 11_000, 1)
        node = self.horizon(mock_api)
        node.rest(RICH, self.bid(100, int(successful_order.exchange_order_id)))
        node.trades(trade_record(ask, LEDGER, TAKER, 90 * UNIT, 990_000 * UNIT))
        return [node.take(lambda deletion: NOT_FOUND if deletion.offer_id == gone else DELETED)]

    def configure_completely_filled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> list[str]:
        """The offer rests no more; that it was filled, the trades tell."""
        return self.configure_canceled_order_status_response(order, mock_api, callback)

    def configure_canceled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> list[str]:
        """Two ledgers in a row do not show the offer."""
        node = self.horizon(mock_api)
        node.rest(RICH)
        node.offers(ledger=LEDGER)
        return [node.offers(ledger=LEDGER + 1, callback=callback)]

    def configure_open_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> list[str]:
        node = self.horizon(mock_api)
        node.rest(RICH, self.bid(1))
        return [node.offers(self.bid(1), callback=callback)]

    def configure_http_error_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        """A ledger proves that the offer is gone; the next look, at what became of the order, fails."""
        node = self.horizon(mock_api)
        node.rest(RICH)
        node.offers(ledger=LEDGER)
        return node.offers(status=504, callback=callback)

    def configure_partially_filled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        node = self.horizon(mock_api)
        left = self.bid(1).amount * (1 - self.expected_partial_fill_amount)
        node.rest(RICH, replace(self.bid(1), amount=int(left)))
        return node.offers(replace(self.bid(1), amount=int(left)), callback=callback)

    def configure_order_not_found_error_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> list[str]:
        return self.configure_canceled_order_status_response(order, mock_api, callback)

    def configure_partial_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        return self.horizon(mock_api).trades(self.fill(self.expected_partial_fill_amount), callback=callback)

    def configure_full_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        node = self.horizon(mock_api)
        node.rest(RICH)
        return node.trades(self.fill(), callback=callback)

    def configure_erroneous_http_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Answer | None = None
    ) -> str:
        return self.horizon(mock_api).trades(status=404, callback=callback)

    # What the account's stream brings: a trade, or None where something may have been missed

    def order_event_for_new_order_websocket_update(self, order: InFlightOrder) -> None:
        self.horizon().rest(RICH, self.bid(1))

    def order_event_for_canceled_order_websocket_update(self, order: InFlightOrder) -> None:
        node = self.horizon()
        node.rest(RICH)
        node.offers(ledger=LEDGER)

    def order_event_for_full_fill_websocket_update(self, order: InFlightOrder) -> None:
        """None."""

    def trade_event_for_full_fill_websocket_update(self, order: InFlightOrder) -> Trade:
        return Trade.read(self.fill())

    @property
    def balance_event_websocket_update(self) -> None:
        self.horizon().rest({NATIVE: (100 * UNIT, 0), BASE: (15 * UNIT, 5 * UNIT)})


def test_the_suite_is_whole():
    """Nothing of it is overridden here, and nothing skipped."""
    suite = AbstractExchangeConnectorTests.ExchangeConnectorTests
    names = [name for name in dir(suite) if name.startswith("test_")]

    assert len(names) == 39
    assert all(getattr(TestStellarExchange, name) is getattr(suite, name) for name in names)
