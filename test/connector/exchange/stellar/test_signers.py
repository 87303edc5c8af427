"""The account that is traded on and the key that signs for it are two things, and either can change."""

import json
import logging
from base64 import b64decode
from dataclasses import replace

import pytest
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.user.user_balances import UserBalances

from hummingbot.connector.exchange.stellar.channel_keys import write_channel_keys
from hummingbot.connector.exchange.stellar.ledger.account_operations import SetOptions, Signer
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
from hummingbot.connector.exchange.stellar.sandbox.candidate import Candidate
from hummingbot.connector.exchange.stellar.sandbox.closing import in_apply_order
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange


@pytest.fixture
def owner(sandbox):
    """An account with money, by its master key."""
    (key,) = sandbox.fund("owner", lumens=10**11, usdc=10**11)
    return key


@pytest.fixture
def signer(sandbox):
    """A key without an account of its own."""
    return sandbox.key("signer")


def failure(trader, order_id):
    (event,) = [e for e in trader.log if e.order_id == order_id and hasattr(e, "error_message")]
    return event.error_message


async def refusal(sandbox, key, account=""):
    """What `connect` says."""
    AllConnectorSettings.get_connector_settings()
    fields = {"secret_key": key.reveal(), "account": account, "horizon_url": sandbox.url, "assets": ""}
    said = await UserBalances.instance().add_exchange(
        "stellar_local", None, **{f"stellar_local_{name}": value for name, value in fields.items()}
    )
    assert said is None or (key.reveal() not in said and "\n" not in said)
    return said


async def test_an_added_signer_trades_on_the_account(traders, sandbox, owner, signer, data_folder):
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1)))
    (taker,) = await traders("taker")
    assert await refusal(sandbox, signer, owner.account) is None

    maker = type(taker)(sandbox, signer, account=owner.account)
    await maker.start()
    first, second = maker.sell("100", "0.1"), maker.sell("100", "0.11")
    await maker.resting(2)
    taker.buy("100", "0.1")
    await maker.until(lambda: "SellOrderCompleted" in maker.told(first))
    await maker.exchange.cancel_all(10)
    await maker.until(lambda: not maker.open_orders)
    await maker.until(lambda: maker.exchange.stroop_balances() == maker.ledger_balances())
    await maker.stop()

    assert maker.told(second) == ["SellOrderCreated", "OrderCancelled"]
    assert (data_folder / f"stellar_local_{owner.account}.journal").exists()


async def test_a_signer_without_the_account_being_named_has_no_account(sandbox, owner, signer):
    assert f"account {signer.account} is not funded" in await refusal(sandbox, signer)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            SetOptions(signer=Signer("", 1), medium_threshold=5),
            "weighs 1, but transactions that trade need 5",
        ),
        (SetOptions(signer=Signer("", 1), low_threshold=3), "need 3 (its low threshold is 3)"),
        (SetOptions(medium_threshold=0), "is none of its signers"),
    ],
    ids=["two-signatures", "low", "stranger"],
)
async def test_connect_refuses_a_key_that_cannot_sign_alone(sandbox, owner, signer, options, says):
    if options.signer is not None:
        options = SetOptions(
            signer=Signer(signer.account, 1),
            low_threshold=options.low_threshold,
            medium_threshold=options.medium_threshold,
        )
    sandbox.submit(owner, options)

    said = await refusal(sandbox, signer, owner.account)

    assert says in said
    assert f"account {owner.account} on stellar_local: the key {signer.account}" in said


async def test_a_master_key_without_weight_cannot_trade_but_a_signer_can(traders, sandbox, owner, signer):
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1), master_weight=0))
    (taker,) = await traders("taker")

    said = await refusal(sandbox, owner)
    assert "its own key weighs 0, but transactions that trade need at least 1" in said
    assert "connect with a signer of that weight and name the account" in said
    maker = type(taker)(sandbox, signer, account=owner.account)
    await maker.start()
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    await maker.stop()

    assert maker.told(order) == ["SellOrderCreated"]


async def test_a_start_with_too_little_weight_says_so_once_and_sends_nothing(
    traders, sandbox, owner, signer, faulty, caplog
):
    (taker,) = await traders("taker")
    with caplog.at_level(logging.ERROR):
        maker = type(taker)(sandbox, signer, faulty.url, account=owner.account)
        await maker.start()
        orders = [maker.sell("100", "0.1"), maker.sell("100", "0.11")]
        await maker.until(lambda: all(maker.told(order) for order in orders))
        last = maker.sell("100", "0.12")
        await maker.until(lambda: maker.told(last) != [])
        await maker.stop()

    for order in (*orders, last):
        assert "nothing was sent: account" in failure(maker, order)
        assert "is none of its signers" in failure(maker, order)
    assert faulty.posts == []
    errors = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].startswith(f"No order can be placed or cancelled: account {owner.account}")


TAKEN_AWAY = {
    "the signer is removed": (lambda key: Signer(key.account, 0), None),
    "the threshold is raised": (lambda key: None, 2),
}


@pytest.mark.parametrize("how", TAKEN_AWAY)
async def test_weight_that_is_lost_while_running_ends_in_one_error_not_in_a_storm(
    traders, sandbox, owner, signer, faulty, caplog, how
):
    change, threshold = TAKEN_AWAY[how]
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1), master_weight=10))
    (taker,) = await traders("taker")
    maker = type(taker)(sandbox, signer, faulty.url, account=owner.account)
    await maker.start()
    resting = maker.sell("100", "0.1")
    await maker.resting(1)
    sandbox.submit(owner, SetOptions(signer=change(signer), medium_threshold=threshold))
    before = len(faulty.posts)

    with caplog.at_level(logging.WARNING):
        order = maker.sell("100", "0.11")
        maker.exchange.cancel("XLM-USDC", resting)
        await maker.until(lambda: maker.told(order) != [])
        await maker.until(lambda: "Failed to cancel order" in caplog.text)
        for price in ("0.12", "0.13", "0.14"):
            late = maker.sell("100", price)
            await maker.until(lambda late=late: maker.told(late) != [])
            assert "nothing was sent: account" in failure(maker, late)
        results = await maker.exchange.cancel_all(5)

    assert "may not sign for this account, or not alone" in failure(maker, order) or (
        "nothing was sent" in failure(maker, order)
    )
    assert len(faulty.posts) - before <= 2  # the first may meet the sequence number that the owner used
    assert [result.success for result in results] == [False]
    assert maker.open_orders == [resting]
    assert f"Not confirmed as cancelled on the ledger: {resting}" in caplog.text
    errors = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1

    sandbox.submit(
        owner, SetOptions(signer=Signer(signer.account, 1), medium_threshold=0 if threshold else None)
    )
    await maker.exchange._update_balances()
    maker.exchange.cancel("XLM-USDC", resting)
    await maker.until(lambda: not maker.open_orders)
    await maker.stop()
    assert maker.told(resting) == ["SellOrderCreated", "OrderCancelled"]
    assert not maker.offers


def goes_first(sandbox, owner, options):
    """Let the owner change the account in the next ledger, before what waits for that ledger."""
    network = sandbox.sandbox.network
    root = network.root_key()
    for fee in range(1_000, 2_000):
        change = sandbox.sign(root, replace(options, source=owner.account), also=[owner], fee=fee)
        candidate = Candidate.read(change.envelope_xdr, network.network_id)
        if in_apply_order([*network.queue.candidates(), candidate], network.header.hash)[0] is candidate:
            break
    assert sandbox.sandbox.submit(change.envelope_xdr).status == "PENDING"


@pytest.mark.parametrize(
    ("how", "through", "codes"),
    [
        ("the signer is removed", 0, ["txBAD_AUTH"]),
        ("the threshold is raised", 0, ["txFAILED"]),
        ("the signer is removed", 1, ["txBAD_AUTH", "txFAILED"]),
    ],
    ids=["removed", "raised", "removed-with-channel"],
)
async def test_a_signature_that_counts_no_more_when_it_is_applied_costs_the_fee_and_ends_orders_once(
    trader, sandbox, owner, signer, data_folder, tmp_path, how, through, codes
):
    change, threshold = TAKEN_AWAY[how]
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1), master_weight=10))
    sources = [owner, *(sandbox.fund("channel") if through else ())]
    write_channel_keys(tmp_path / "channels", sources[1:])
    maker = trader(sandbox, signer, account=owner.account, channels=str(tmp_path / "channels"))
    queue = sandbox.sandbox.network.queue
    async with sandbox.ticking(0.05):
        await maker.start()
        resting = maker.sell("100", "0.1")
        await maker.resting(1)
    before = maker.exchange.network_fees

    orders = []
    for source, price in zip(sources, ("0.11", "0.12"), strict=False):
        orders.append(maker.sell("100", price))
        if source is owner:
            maker.exchange.cancel("XLM-USDC", resting)
        await maker.until(lambda source=source: source.account in queue.waiting)
    goes_first(sandbox, owner, SetOptions(signer=change(signer), medium_threshold=threshold))
    async with sandbox.ticking(0.05):
        await maker.until(lambda: all(maker.told(order) for order in orders))
        late = maker.sell("100", "0.13")
        await maker.until(lambda: maker.told(late) != [])

        page = await sandbox.get(
            f"/accounts/{owner.account}/transactions", include_failed="true", order="desc", limit=10
        )
        failed = [record for record in page["_embedded"]["records"] if not record["successful"]]
        assert sorted(decode_result(b64decode(record["result_xdr"])).code for record in failed) == codes
        assert {record["fee_account"] for record in failed} == {key.account for key in sources}
        fees = maker.exchange.network_fees
        assert fees.failed == sum(int(record["fee_charged"]) for record in failed) > 0
        assert fees.charged - before.charged == fees.failed
        journal = (data_folder / f"stellar_local_{owner.account}.journal").read_bytes().splitlines()
        decided = [json.loads(line[9:]) for line in journal if b'"decided"' in line]
        told = {entry["hash"]: entry["fate"] for entry in decided if entry["fate"] != "applied"}
        assert told == {record["hash"]: "failed" for record in failed}
        for order in orders:
            assert "may not sign for this account, or not alone" in failure(maker, order)
        assert "nothing was sent" in failure(maker, late)
        assert maker.open_orders == [resting]

        back = Signer(signer.account, 1)
        sandbox.submit(owner, SetOptions(signer=back, medium_threshold=0 if threshold else None))
        await maker.exchange._update_balances()
        again = maker.sell("100", "0.14")
        maker.exchange.cancel("XLM-USDC", resting)
        await maker.until(lambda: maker.open_orders == [again] and len(maker.offers) == 1)
    await maker.stop()

    assert [maker.told(order) for order in orders] == [["MarketOrderFailure"]] * len(orders)
    assert maker.told(resting) == ["SellOrderCreated", "OrderCancelled"]
    assert maker.told(again) == ["SellOrderCreated"]


async def test_a_fill_is_told_while_nothing_can_be_signed(traders, sandbox, owner, signer):
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 1)))
    (taker,) = await traders("taker")
    maker = type(taker)(sandbox, signer, account=owner.account)
    await maker.start()
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    sandbox.submit(owner, SetOptions(signer=Signer(signer.account, 0)))

    taker.buy("100", "0.1")
    await maker.until(lambda: "SellOrderCompleted" in maker.told(order))
    await maker.stop()

    assert maker.told(order) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]


async def test_a_connector_that_shows_balances_alone_needs_no_weight_to_be_told_of(sandbox, owner, signer):
    exchange = StellarExchange(
        signer.reveal(), sandbox.url, stellar_account=owner.account, domain="stellar_local"
    )
    with pytest.raises(Exception, match="is none of its signers"):
        await exchange._update_balances()
    assert exchange.get_balance("USDC") == 10_000
