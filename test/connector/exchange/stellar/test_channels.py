"""With channel accounts several transactions of one account wait for one ledger, and none harms another."""

import logging
import random
from decimal import Decimal

import pytest

from hummingbot.connector.exchange.stellar.channel_keys import read_channel_keys, write_channel_keys
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.account_operations import SetOptions, Signer
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import BumpSequence, Payment
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

PAIR = "XLM-USDC"
XLM = 10_000_000


@pytest.fixture
def channel_keys(sandbox):
    """Two channel accounts with 5 XLM each."""
    return sandbox.fund("channel one", "channel two", lumens=5 * XLM)


@pytest.fixture
def channels(channel_keys, tmp_path):
    """The file that holds their keys."""
    path = tmp_path / "channels"
    write_channel_keys(path, channel_keys)
    return str(path)


class ByHand:
    """A bot with channels on a sandbox whose ledgers close when the test says so, once the bot is ready."""

    def __init__(self, sandbox, maker):
        self.sandbox, self.maker = sandbox, maker

    def waits(self, *keys):
        """Whether transactions of just these sources wait for the next ledger."""
        return set(self.sandbox.sandbox.network.queue.waiting) == {key.account for key in keys}

    async def waiting(self, *keys):
        await self.maker.until(lambda: self.waits(*keys))

    async def told(self, *orders):
        """Close ledgers until each has been told something."""
        while not all(self.maker.told(order) for order in orders):
            await self.sandbox.close()
            await self.maker.exchange.ledger_clock.tick(0.1)


@pytest.fixture
async def by_hand(trader, sandbox, channels, faulty):
    """As `ByHand` says, with an account of 10,000 XLM and USDC."""
    (key,) = sandbox.fund("maker", lumens=10_000 * XLM, usdc=10_000 * XLM)
    maker = trader(sandbox, key, faulty.url, channels=channels)
    async with sandbox.ticking(0.05):
        await maker.start()
    yield ByHand(sandbox, maker)
    await maker.stop()


async def newest(sandbox, account, count):
    """The newest transactions in which the account has a part."""
    page = await sandbox.get(f"/accounts/{account}/transactions", order="desc", limit=count)
    return page["_embedded"]["records"]


def failure(trader, order_id):
    (event,) = [e for e in trader.log if e.order_id == order_id and hasattr(e, "error_message")]
    return event.error_message


# What travels together


async def test_orders_of_the_next_tick_need_not_wait_for_those_of_this_one(by_hand, sandbox, channel_keys):
    maker = by_hand.maker
    one, two = channel_keys
    before = {
        key.account: sandbox.sandbox.network.state.accounts[key.account].balance for key in channel_keys
    }

    orders = [maker.sell("100", "0.1")]
    await by_hand.waiting(maker.key)
    orders.append(maker.sell("100", "0.11"))
    await by_hand.waiting(maker.key, one)
    orders.append(maker.sell("100", "0.12"))
    await by_hand.waiting(maker.key, one, two)
    await by_hand.told(*orders)

    transactions = await newest(sandbox, maker.key.account, 3)
    assert len({record["ledger"] for record in transactions}) == 1
    sources = {record["source_account"] for record in transactions}
    assert sources == {record["fee_account"] for record in transactions}
    assert sources == {maker.key.account, one.account, two.account}
    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)
    assert len(maker.offers) == 3
    state = sandbox.sandbox.network.state
    assert {account: before[account] - state.accounts[account].balance for account in before} == {
        one.account: 100,
        two.account: 100,
    }
    assert maker.exchange.network_fees.charged == 300


async def test_without_channels_they_wait(trader, sandbox):
    (key,) = sandbox.fund("maker", lumens=10_000 * XLM, usdc=10_000 * XLM)
    maker = trader(sandbox, key)
    async with sandbox.ticking(0.05):
        await maker.start()
    by_hand = ByHand(sandbox, maker)

    orders = [maker.sell("100", "0.1")]
    await by_hand.waiting(key)
    orders.append(maker.sell("100", "0.11"))
    await by_hand.told(*orders)
    await maker.stop()

    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)
    transactions = await newest(sandbox, key.account, 2)
    assert len({record["ledger"] for record in transactions}) == 2


async def test_an_added_signer_signs_for_the_account_and_channels_for_themselves(
    trader, sandbox, channels, channel_keys
):
    (owner,) = sandbox.fund("owner", lumens=10_000 * XLM, usdc=0)
    signer = sandbox.key("signer")
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1), master_weight=0))
    maker = trader(sandbox, signer, account=owner.account, channels=channels)
    async with sandbox.ticking(0.05):
        await maker.start()
    by_hand = ByHand(sandbox, maker)

    orders = [maker.sell("100", "0.1")]
    await by_hand.waiting(owner)
    orders.append(maker.sell("100", "0.11"))
    await by_hand.waiting(owner, channel_keys[0])
    await by_hand.told(*orders)
    await maker.stop()

    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)


async def test_a_channels_transaction_is_bumped_by_the_channel(by_hand, sandbox, channel_keys, crowd):
    maker = by_hand.maker
    crowd(6, 1_000)
    orders = [maker.sell("100", "0.1")]
    await by_hand.waiting(maker.key)
    orders.append(maker.sell("100", "0.11"))
    await by_hand.waiting(maker.key, channel_keys[0])
    async with sandbox.ticking(0.2):
        await maker.resting(2)

    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)
    listed = await newest(sandbox, maker.key.account, 2)
    assert all("fee_bump_transaction" in record for record in listed)
    payers = {(record["source_account"], record["fee_account"]) for record in listed}
    assert payers == {(key.account, key.account) for key in (maker.key, channel_keys[0])}


# What must wait


async def test_the_same_money_is_not_promised_in_two_transactions(by_hand):
    maker = by_hand.maker
    first = maker.sell("6000", "0.1")
    await by_hand.waiting(maker.key)
    second = maker.sell("6000", "0.11")
    third = maker.sell("100", "0.12")
    await by_hand.told(first, second, third)

    assert maker.told(first) == ["SellOrderCreated"]
    assert "are available" in failure(maker, second)
    assert maker.told(third) == ["SellOrderCreated"]


async def test_an_order_across_one_under_way_waits_for_its_fate(by_hand):
    maker = by_hand.maker
    first = maker.sell("100", "0.1")
    await by_hand.waiting(maker.key)
    second = maker.buy("100", "0.1")
    await by_hand.told(first, second)

    assert maker.told(first) == ["SellOrderCreated"]
    assert f"the account's own order {first}" in failure(maker, second)


async def test_an_order_across_one_that_is_being_cancelled_waits_until_that_is_gone(by_hand):
    maker = by_hand.maker
    resting = maker.sell("100", "0.1")
    await by_hand.told(resting)
    await maker.until(lambda: maker.open_orders == [resting])

    maker.exchange.cancel(PAIR, resting)
    await by_hand.waiting(maker.key)
    across = maker.buy("100", "0.1")
    beside = maker.sell("100", "0.2")
    await by_hand.told(across, beside)

    assert maker.told(resting) == ["SellOrderCreated", "OrderCancelled"]
    assert maker.told(across) == ["BuyOrderCreated"]
    assert maker.told(beside) == ["SellOrderCreated"]


async def test_what_a_cancel_under_way_frees_is_not_counted_on(by_hand):
    maker = by_hand.maker
    resting = maker.sell("9000", "0.1")
    await by_hand.told(resting)
    await maker.until(lambda: maker.open_orders == [resting])

    maker.exchange.cancel(PAIR, resting)
    await by_hand.waiting(maker.key)
    needs_it = maker.sell("9000", "0.11")
    await by_hand.told(needs_it)

    assert maker.told(needs_it) == ["SellOrderCreated"]


async def test_a_cancel_does_not_leave_beside_its_own_placement(by_hand):
    maker = by_hand.maker
    order = maker.sell("100", "0.1")
    await by_hand.waiting(maker.key)
    maker.exchange.cancel(PAIR, order)
    await by_hand.told(order)
    while maker.open_orders:
        await by_hand.sandbox.close()
        await maker.exchange.ledger_clock.tick(0.1)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]


async def test_random_orders_and_cancels_end_as_the_ledger_says_and_none_fails_there(
    traders, trader, sandbox, channels
):
    (taker,) = await traders("taker", lumens=10_000 * XLM, usdc=100_000 * XLM)
    (key,) = sandbox.fund("maker", lumens=5_000 * XLM, usdc=300 * XLM)
    maker = trader(sandbox, key, channels=channels)
    await maker.start()
    choose = random.Random(7)
    orders = []
    for _ in range(60):
        choice = choose.random()
        price = Decimal(choose.randrange(80, 120)) / 1000
        if choice < 0.4:
            orders.append(maker.sell(str(choose.randrange(50, 900)), str(price)))
        elif choice < 0.7:
            orders.append(maker.buy(str(choose.randrange(50, 900)), str(price)))
        elif choice < 0.9 and maker.open_orders:
            maker.exchange.cancel(PAIR, choose.choice(maker.open_orders))
        elif choice < 0.95:
            taker.buy("200", "0.15")
        await maker.exchange.ledger_clock.tick(0.04)
    await maker.until(lambda: all(maker.told(order) for order in orders))
    await maker.exchange.cancel_all(10)
    await maker.until(lambda: not maker.open_orders)
    await maker.until(lambda: maker.exchange.stroop_balances() == maker.ledger_balances())
    await maker.stop()

    assert not maker.offers
    page = await sandbox.get(
        f"/accounts/{key.account}/transactions", include_failed="true", order="desc", limit=200
    )
    transactions = page["_embedded"]["records"]
    assert all(record["successful"] for record in transactions)
    assert len(
        {record["source_account"] for record in transactions} & set(maker.exchange.authenticator.channels)
    )
    trades = await sandbox.get(f"/accounts/{key.account}/trades", limit=200)
    assert sorted(fill.exchange_trade_id for fill in maker.fills()) == sorted(
        trade["id"] for trade in trades["_embedded"]["records"]
    )


# Channels in trouble


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("dry", "it cannot pay the fee: send it XLM"),
        ("used", "another program has used its sequence number"),
        ("locked", "its own key may not sign for it"),
    ],
)
async def test_a_channel_in_trouble_is_set_aside_and_nothing_is_lost(
    by_hand, sandbox, channel_keys, caplog, trouble, says
):
    maker, (one, _) = by_hand.maker, channel_keys
    root = sandbox.sandbox.network.root_key()
    if trouble == "used":
        sandbox.submit(one, BumpSequence(0))
    elif trouble == "dry":
        spare = sandbox.sandbox.network.state.accounts[one.account].balance - 2 * 5_000_000
        sandbox.submit(root, Payment(root.account, NATIVE, spare - 50, source=one.account), also=[one])
    else:
        locking = SetOptions(signer=Signer(root.account, 1), master_weight=0, source=one.account)
        sandbox.submit(root, locking, also=[one])

    with caplog.at_level(logging.WARNING):
        orders = [maker.sell("100", "0.1")]
        await by_hand.waiting(maker.key)
        orders += [maker.sell("100", "0.11"), maker.sell("100", "0.12")]
        await by_hand.told(*orders)

    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)
    assert caplog.text.count(f"Channel account {one.account} is set aside: ") == 1
    assert says in caplog.text


async def test_channels_that_are_missing_or_poor_are_named_at_start_and_used_when_funded(
    trader, sandbox, tmp_path, caplog
):
    (poor,) = sandbox.fund("poor", lumens=XLM + 10)
    missing = sandbox.key("missing")
    path = tmp_path / "channels"
    write_channel_keys(path, [poor, missing])
    (key,) = sandbox.fund("maker", lumens=1_000 * XLM, usdc=0)
    with caplog.at_level(logging.WARNING):
        maker = trader(sandbox, key, channels=str(path))
        async with sandbox.ticking(0.05):
            await maker.start()
            assert f"Channel account {poor.account} is set aside: it has 0.0000010 XLM free" in caplog.text
            assert f"Channel account {missing.account} is set aside: account {missing.account}" in caplog.text
            sandbox.submit(sandbox.sandbox.network.root_key(), Payment(poor.account, NATIVE, 5 * XLM))
            due = maker.exchange.ledger_clock.sequence + 21
            await maker.until(lambda: maker.exchange.ledger_clock.sequence >= due)
        by_hand = ByHand(sandbox, maker)
        orders = [maker.sell("10", "0.1")]
        await by_hand.waiting(key)
        orders.append(maker.sell("10", "0.11"))
        await by_hand.waiting(key, poor)
        await by_hand.told(*orders)
        await maker.stop()

    assert f"Channel account {poor.account} is used again" in caplog.text
    assert caplog.text.count(f"Channel account {missing.account} is set aside") == 1
    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)


async def test_after_a_crash_with_several_under_way_each_is_brought_to_its_end(
    by_hand, trader, sandbox, faulty, channel_keys, channels
):
    maker = by_hand.maker
    orders = [maker.sell("100", "0.1")]
    await by_hand.waiting(maker.key)
    orders.append(maker.sell("100", "0.11"))
    await by_hand.waiting(maker.key, channel_keys[0])
    saved = maker.exchange.tracking_states
    faulty.go_down()
    await maker.stop()
    maker.exchange._desk.close()
    await sandbox.close()

    again = trader(sandbox, maker.key, channels=channels)
    again.exchange.restore_tracking_states(saved)
    async with sandbox.ticking(0.05):
        await again.start()
        await again.until(lambda: all(again.told(order) for order in orders))
        await again.exchange.cancel_all(10)
        await again.until(lambda: not again.open_orders)
        await again.stop()

    for order in orders:
        assert maker.told(order) + again.told(order) == ["SellOrderCreated", "OrderCancelled"]
    assert not again.offers


# The file of keys


def test_the_keys_come_back_from_the_file_that_only_its_owner_reads(tmp_path):
    keys = [SigningKey.generate() for _ in range(3)]
    path = tmp_path / "channels"
    write_channel_keys(path, keys)

    read = read_channel_keys(f" {path} ", "stellar_local")

    assert [key.account for key in read] == [key.account for key in keys]
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_channel_keys("", "stellar_local") == ()
    with pytest.raises(FileExistsError):
        write_channel_keys(path, keys)


def test_a_file_that_cannot_be_used_is_one_sentence_without_a_secret(tmp_path):
    key, path = SigningKey.generate(), tmp_path / "channels"

    def refusal():
        with pytest.raises(ConfigurationError) as error:
            read_channel_keys(str(path), "stellar_local")
        assert key.reveal() not in str(error.value)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert "cannot be read (No such file or directory)" in refusal()
    path.write_text(f"{key.reveal()}\n")
    path.chmod(0o644)
    assert "can be read by others: run chmod 600" in refusal()
    path.chmod(0o600)
    path.write_text(f"{key.reveal()}\n\n{key.reveal()}\n")
    assert f"line 3: the key of {key.account} is there twice" in refusal()
    path.write_text(f"{key.reveal()}\n{key.reveal()[:-1]}")
    assert "line 2: the secret key for stellar_local has 55 characters" in refusal()
    path.write_bytes(b"\xff\xfe")
    assert "it is not text" in refusal()


def test_the_accounts_own_key_is_no_channel(tmp_path):
    key, path = SigningKey.generate(), tmp_path / "channels"
    write_channel_keys(path, [key])
    with pytest.raises(ConfigurationError, match="own key: use accounts made for it"):
        StellarExchange(key.reveal(), domain="stellar_local", stellar_channels=str(path))


def test_channel_keys_are_in_no_text_of_their_holders(tmp_path):
    key, channel, path = SigningKey.generate(), SigningKey.generate(), tmp_path / "channels"
    write_channel_keys(path, [channel])
    exchange = StellarExchange(key.reveal(), domain="stellar_local", stellar_channels=str(path))
    for text in (repr(exchange.authenticator), str(vars(exchange.authenticator)), str(vars(exchange))):
        assert channel.reveal() not in text
