"""What happened while a bot was away for longer than nodes remember is never guessed."""

import pytest

from hummingbot.connector.exchange.stellar.transactions.errors import JournalError


@pytest.fixture
def ledger_interval():
    return 0.15


async def forget_the_past(sandbox):
    """Let ledgers pass and the node's history begin with the last, as a reaper does."""
    await sandbox.close(3)
    history = sandbox.sandbox.history
    history.reap(history.latest)


async def stopped_with_an_ask(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)
    saved = maker.exchange.tracking_states
    await maker.stop()
    return maker, taker, ask, saved


def started_again(maker, sandbox, saved, **options):
    again = type(maker)(sandbox, maker.key, **options)
    again.exchange.restore_tracking_states(saved)
    return again


@pytest.mark.parametrize("amount", ["100", "40"])
async def test_fills_that_a_node_does_not_remember_are_asked_for_elsewhere_and_no_end_is_told(
    traders, sandbox, amount
):
    maker, taker, ask, saved = await stopped_with_an_ask(traders)
    bid = taker.buy(amount, "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await forget_the_past(sandbox)

    again = started_again(maker, sandbox, saved)
    with pytest.raises(JournalError, match=rf"history begins at ledger \d+, .*{ask}.*: choose a node"):
        await again.exchange._prepare()

    assert again.told(ask) == []
    assert again.open_orders == [ask]


async def test_an_order_that_nothing_happened_to_needs_no_history(traders, sandbox):
    maker, taker, ask, saved = await stopped_with_an_ask(traders)
    await forget_the_past(sandbox)

    again = started_again(maker, sandbox, saved)
    await again.start()
    bid = taker.buy("40", "0.1")
    await again.until(lambda: again.filled(ask) == 40)

    assert again.told(ask) == ["OrderFilled"]
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await again.stop()


async def test_a_transaction_that_a_node_does_not_remember_is_not_taken_for_expired(
    traders, sandbox, faulty, faults
):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout_but_arrived)
    order = maker.sell("100", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 1)
    faulty.go_down()
    await maker.until(lambda: len(maker.offers) == 1)
    await maker.stop()
    await forget_the_past(sandbox)
    await sandbox.close(20)

    again = started_again(maker, sandbox, {})
    with pytest.raises(JournalError, match=rf"history begins at ledger \d+, .*{order}.*: choose a node"):
        await again.exchange._prepare()

    assert again.told(order) == []
    assert again.open_orders == [order]


async def test_a_transaction_that_never_came_is_over_though_rpc_does_not_remember_its_time(
    traders, sandbox, faulty
):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.go_down()
    order = maker.sell("100", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 1)
    await maker.stop()
    await sandbox.close(20)
    await forget_the_past(sandbox)

    again = started_again(maker, sandbox, {}, rpc=f"{sandbox.url}/rpc")
    await again.start()
    await again.until(lambda: again.told(order) != [], 20)

    assert again.told(order) == ["MarketOrderFailure"]
    assert not again.offers
    await again.stop()
