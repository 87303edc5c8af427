"""Orders and accounts that cannot work: one clear sentence, and nothing lost."""

import asyncio
import re
import time
from decimal import Decimal

import pytest
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.core.data_type.common import OrderType
from hummingbot.user.user_balances import UserBalances

from hummingbot.connector.exchange.stellar import stellar_exchange
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange


async def until(condition):
    """Wait for what the connector will find out by itself."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def failure(trader, order_id):
    """The one failure event of an order: its message."""
    (event,) = [event for event in trader.log if event.order_id == order_id]
    assert type(event).__name__ == "MarketOrderFailureEvent"
    assert "\n" not in event.error_message
    return event.error_message


async def test_an_order_above_the_balance_is_refused_before_it_is_sent(traders, sandbox):
    (maker,) = await traders("maker")
    sequence = sandbox.sandbox.network.state.accounts[maker.key.account].sequence

    sell, buy = maker.sell("10000", "0.1"), maker.buy("100001", "0.1")
    await maker.until(lambda: len(maker.told()) == 2)

    assert "10000 XLM" in failure(maker, sell)
    assert "are available" in failure(maker, buy)
    assert sandbox.sandbox.network.state.accounts[maker.key.account].sequence == sequence


async def test_two_orders_of_one_tick_cannot_spend_the_same_money(traders):
    (maker,) = await traders("maker")

    first, second = maker.sell("6000", "0.1"), maker.sell("6000", "0.11")
    await maker.until(lambda: len(maker.told()) == 2)

    assert maker.told(first) == ["SellOrderCreated"]
    assert "are available" in failure(maker, second)


@pytest.mark.parametrize(("amount", "price"), [("0.00001", "0.0000011"), ("0.0000001", "0.1")])
async def test_an_order_of_dust_is_refused(traders, amount, price):
    (maker,) = await traders("maker")

    order = maker.buy(amount, price)
    await maker.until(lambda: maker.told(order) != [])

    assert "minimum" in failure(maker, order) or "dust" in failure(maker, order)
    assert not maker.offers


async def test_an_order_without_a_trustline_is_refused(traders, sandbox):
    (maker,) = await traders("maker")
    await maker.exchange.add_trading_pair("XLM-EURC")
    await maker.exchange._update_trading_rules()

    order = maker.buy("10", "0.1", pair="XLM-EURC")
    await maker.until(lambda: maker.told(order) != [])

    assert "has no trustline for EURC" in failure(maker, order)


async def test_an_order_beyond_the_trustlines_limit_is_refused(traders, sandbox):
    (maker,) = await traders("maker")
    held = sandbox.sandbox.network.state.trustlines[maker.key.account, sandbox.usdc].balance
    sandbox.submit(maker.key, ChangeTrust(sandbox.usdc, held + 10**7))
    await maker.exchange._update_balances()

    order = maker.sell("100", "0.1")
    await maker.until(lambda: maker.told(order) != [])

    assert "has room for 1: raise its limit" in failure(maker, order)


async def test_an_account_that_cannot_reserve_for_an_offer_is_told_so(traders):
    (poor,) = await traders("poor", lumens=17_000_000)

    order = poor.buy("10", "0.1")
    await poor.until(lambda: poor.told(order) != [])

    assert "0.502 XLM free" in failure(poor, order)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("tx_bad_auth", "may not sign for this account"),
        ("tx_insufficient_balance", "network fee"),
        ("tx_something_new", "tx_something_new"),
    ],
)
async def test_a_transaction_that_the_network_refuses_is_explained(traders, faulty, faults, code, says):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.refusing(code))

    order = maker.buy("10", "0.1")
    await maker.until(lambda: maker.told(order) != [])

    assert says in failure(maker, order)


@pytest.mark.parametrize("code", ["tx_insufficient_fee", "tx_too_late", "tx_bad_seq"])
async def test_a_refusal_that_will_pass_is_tried_again(traders, faulty, faults, code):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.refusing(code), times=2)

    order = maker.buy("10", "0.1")
    await maker.resting(1)

    envelopes = [decode_envelope(envelope) for envelope in faulty.envelopes]
    assert maker.told(order) == ["BuyOrderCreated"]
    assert len(faulty.posts) == 3
    if code == "tx_insufficient_fee":
        assert [envelope.fee // envelope.fee_units for envelope in envelopes] == [100, 1_000, 10_000]
        assert len({(envelope.tx_xdr, envelope.signatures) for envelope in envelopes}) == 1
    else:  # the transaction's own success could look like this: nothing else is sent in its place
        assert len(set(faulty.envelopes)) == 1


async def test_a_fee_that_is_never_enough_ends_in_a_rejection(traders, faulty, faults):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.refusing("tx_insufficient_fee"), times=100)

    order = maker.buy("10", "0.1")
    await maker.until(lambda: maker.told(order) != [])

    assert "more than the cap on fees" in failure(maker, order)


async def test_a_market_order_into_an_empty_book_is_refused(traders):
    (maker,) = await traders("maker")

    order = maker.buy("10", "NaN", OrderType.MARKET)
    await maker.until(lambda: maker.told(order) != [])

    assert "no offer on the other side" in failure(maker, order)


async def test_a_price_that_no_ledger_fraction_comes_near_is_refused(traders):
    (maker,) = await traders("maker")

    order = maker.sell("0.001", "99999999999")
    await maker.until(lambda: maker.told(order) != [])

    assert "price" in failure(maker, order)


@pytest.mark.parametrize(
    ("kind", "amount", "price"),
    [
        (OrderType.LIMIT, "922337203686", "0.01"),
        (OrderType.LIMIT_MAKER, "922337203686", "0.01"),
        (OrderType.LIMIT_MAKER, "922337203685", "100"),
        (OrderType.LIMIT_MAKER, "9000000000", "2147483647"),
        (OrderType.MARKET, "922337203686", "NaN"),
    ],
)
async def test_an_order_larger_than_the_ledger_holds_is_refused_alone(traders, caplog, kind, amount, price):
    """The largest amount is 922337203685.4775807."""
    maker, other = await traders("maker", "other")
    if kind is OrderType.MARKET:
        other.sell("100", "0.5")
        await maker.until(lambda: bool(list(maker.exchange.get_order_book("XLM-USDC").ask_entries())))

    too_large, sound = maker.buy(amount, price, kind), maker.sell("10", "0.6")
    await maker.until(lambda: maker.told(too_large) != [])
    await maker.resting(1)

    assert maker.told(sound) == ["SellOrderCreated"]
    assert maker.told(too_large) == ["MarketOrderFailure"]
    assert "Traceback" not in caplog.text
    assert re.search("amount|available", failure(maker, too_large))


async def test_an_account_that_is_not_funded_is_named(sandbox):
    key = SigningKey(bytes(32))
    exchange = StellarExchange(key.reveal(), sandbox.url, domain="stellar_local")

    with pytest.raises(Exception, match=f"account {key.account} is not funded on stellar_local"):
        await exchange._update_balances()


async def test_hummingbots_balance_command_shows_what_is_wrong_in_one_sentence(sandbox):
    AllConnectorSettings.get_connector_settings()
    keys = {"stellar_local_secret_key": "oops", "stellar_local_horizon_url": sandbox.url}
    wrong = await UserBalances.instance().add_exchange("stellar_local", None, **keys, stellar_local_assets="")
    keys["stellar_local_secret_key"] = SigningKey(bytes(32)).reveal()
    unfunded = await UserBalances.instance().add_exchange(
        "stellar_local", None, **keys, stellar_local_assets=""
    )
    keys["stellar_local_horizon_url"] = "http://127.0.0.1:9"
    down = await UserBalances.instance().add_exchange("stellar_local", None, **keys, stellar_local_assets="")

    assert "not a Stellar secret key" in wrong
    assert "not funded" in unfunded
    assert "cannot be reached (connection refused)" in down
    assert all("\n" not in text for text in (wrong, unfunded, down))


async def test_hummingbots_balance_command_shows_the_ledgers_balances(sandbox):
    (key,) = sandbox.fund("someone", lumens=10**10, usdc=5 * 10**9)
    exchange = StellarExchange(key.reveal(), sandbox.url, domain="stellar_local")

    await exchange._update_balances()

    account = sandbox.sandbox.network.state.accounts[key.account]
    assert exchange.get_all_balances() == {"XLM": Decimal(account.balance).scaleb(-7), "USDC": Decimal(500)}
    assert exchange.available_balances["XLM"] == Decimal(account.balance - 3 * 5_000_000).scaleb(-7)


async def test_a_node_of_the_public_network_is_not_taken_for_a_sandbox(sandbox, faulty, faults):
    from aiohttp import web

    async def root(request, forward):
        return web.json_response({"network_passphrase": "Public Global Stellar Network ; September 2015"})

    (key,) = sandbox.fund("someone")
    faulty.break_next("GET", "/", root, times=10)
    exchange = StellarExchange(key.reveal(), faulty.url, domain="stellar_local", trading_pairs=["XLM-USDC"])

    with pytest.raises(Exception, match="belongs to the network 'Public Global"):
        await exchange._make_network_check_request()


async def test_rules_come_as_soon_as_the_node_is_of_the_right_network_and_trouble_is_told_once(
    sandbox, faulty, caplog, monkeypatch
):
    from aiohttp import web

    async def root(request, forward):
        return web.json_response({"network_passphrase": "Public Global Stellar Network ; September 2015"})

    monkeypatch.setattr(stellar_exchange, "RETRY", 0.01)
    (key,) = sandbox.fund("someone")
    faulty.break_next("GET", "/", root, times=10**6)
    exchange = StellarExchange(key.reveal(), faulty.url, domain="stellar_local", trading_pairs=["XLM-USDC"])
    looking = asyncio.create_task(exchange._trading_rules_polling_loop())
    await until(lambda: len(faulty.requests) >= 2)
    assert exchange.trading_rules == {}

    faulty.faults.clear()
    await until(lambda: exchange.trading_rules)
    looking.cancel()
    told = [record.getMessage() for record in caplog.records if "no trading rules" in record.getMessage()]
    assert len(told) == 1


async def test_two_domains_trade_side_by_side_each_on_its_own_network(sandbox):
    testnet = Sandbox.found(1_704_067_200, passphrase="Test SDF Network ; September 2015")
    (key,) = sandbox.fund("someone", lumens=10**10)
    async with HorizonServer(testnet, "127.0.0.1", 0) as server:
        local = StellarExchange(key.reveal(), sandbox.url, domain="stellar_local")
        other = StellarExchange(key.reveal(), server.url, domain="stellar_testnet")
        crossed = StellarExchange(key.reveal(), sandbox.url, domain="stellar_testnet")

        await local._update_balances()
        await local._make_network_check_request()
        await other._make_network_check_request()
        with pytest.raises(Exception, match="not to stellar_testnet"):
            await crossed._make_network_check_request()
        with pytest.raises(Exception, match="not funded on stellar_testnet"):
            await other._update_balances()

    assert (local.name, other.name) == ("stellar_local", "stellar_testnet")
    assert local.get_all_balances() == {"XLM": Decimal(1000)}


@pytest.mark.parametrize("body", ["<html>down</html>", '{"_links": {', "[]", "null"])
async def test_an_answer_that_is_not_horizons_is_one_sentence(sandbox, faulty, faults, body):
    from aiohttp import web

    async def nonsense(request, forward):
        return web.Response(text=body, content_type="text/html" if "<" in body else "application/json")

    (key,) = sandbox.fund("someone")
    faulty.break_next("GET", "/", nonsense, times=10)
    exchange = StellarExchange(key.reveal(), faulty.url, domain="stellar_local")

    with pytest.raises(Exception, match="not a JSON object") as error:
        await exchange._update_balances()
    assert "\n" not in str(error.value)
