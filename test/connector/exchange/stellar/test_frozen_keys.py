"""Accounts and trustlines that the network has frozen: orders end once, and say why (CAP-77)."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, CreateAccount, Payment
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key

REASON = "the network has frozen the account, or a trustline that it trades with"


@pytest.fixture
def protocol():
    return 26


@pytest.fixture
def frozen(sandbox):
    """Freezes keys, and no others."""
    return lambda *keys: sandbox.sandbox.network.freeze(keys)


async def test_an_offer_that_goes_unfilled_since_its_key_is_frozen_ends_its_order(traders, sandbox, frozen):
    maker, taker = await traders("maker", "taker")
    asks = [maker.sell("100", "0.10"), maker.sell("100", "0.20"), maker.sell("100", "0.30")]
    await maker.resting(3)
    frozen((maker.account, sandbox.usdc))

    bid = taker.buy("50", "0.2")
    await maker.until(lambda: len(maker.open_orders) == 1)

    for ask in asks[:2]:
        assert maker.told(ask) == ["SellOrderCreated", "OrderCancelled"]
    assert maker.told(asks[2]) == ["SellOrderCreated"]
    assert taker.told(bid) == ["BuyOrderCreated"]
    assert not maker.fills()


async def test_a_fill_before_the_freeze_is_told_before_the_end(traders, sandbox, frozen):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.10")
    await maker.resting(1)
    taker.buy("40", "0.1")
    await maker.until(lambda: maker.filled(ask) == 40)
    frozen((maker.account, sandbox.usdc))

    taker.buy("50", "0.1")
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]


async def test_a_frozen_account_places_and_cancels_nothing_and_loses_no_order(traders, frozen, caplog):
    (trader,) = await traders("trader")
    resting = trader.sell("100", "0.10")
    await trader.resting(1)
    frozen(trader.account)

    order = trader.sell("100", "0.20")
    await trader.until(lambda: trader.told(order) != [])
    assert REASON in trader.log[-1].error_message
    (cancelled,) = await trader.exchange.cancel_all(3)
    assert not cancelled.success
    assert f"Failed to cancel order {resting}: {REASON}" in caplog.text
    assert trader.open_orders == [resting]

    frozen()
    (cancelled,) = await trader.exchange.cancel_all(10)
    assert cancelled.success
    assert trader.told(resting) == ["SellOrderCreated", "OrderCancelled"]


async def test_a_frozen_trustline_stops_its_own_pairs_alone(traders, sandbox, frozen):
    issuer = issuer_key("EURC")
    eurc = Asset("EURC", issuer.account)
    (plain,) = await traders("trader")
    await plain.stop()
    sandbox.submit(sandbox.sandbox.network.root_key(), CreateAccount(issuer.account, 10**9))
    sandbox.submit(plain.key, ChangeTrust(eurc, 2**63 - 1))
    sandbox.submit(issuer, Payment(plain.account, eurc, 10**10))
    trader = type(plain)(sandbox, plain.key, pairs=("XLM-USDC", "XLM-EURC"))
    await trader.start()
    frozen((trader.account, sandbox.usdc))

    dollars = [trader.sell("10", "0.2"), trader.buy("10", "0.1")]
    euros = [trader.sell("10", "0.2", pair="XLM-EURC"), trader.buy("10", "0.1", pair="XLM-EURC")]
    await trader.until(lambda: all(trader.told(order) for order in dollars + euros))

    assert [trader.told(order) for order in dollars] == [["MarketOrderFailure"]] * 2
    assert [trader.told(order)[0][-7:] for order in euros] == ["Created"] * 2
    await trader.stop()
