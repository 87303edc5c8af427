"""History: pages over what happened, and bounds on what is kept."""

from dataclasses import replace

import orjson
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    BeginSponsoringFutureReserves,
    Claimant,
    ClaimClaimableBalance,
    CreateClaimableBalance,
    EndSponsoringFutureReserves,
    ManageSellOffer,
    Payment,
)
from hummingbot.connector.exchange.stellar.sandbox.history import (
    History,
    Retention,
    TradeAggregation,
    history_from_dict,
    history_to_dict,
    toid,
)

XLM = 10_000_000
LAST = 2**63 - 1


@pytest.fixture
def busy(sandbox):
    """A sandbox on which alice and bob traded and paid in thirty ledgers."""
    alice, bob = sandbox.fund("alice", "bob", usdc=1000 * XLM)
    for number in range(10):
        sandbox.submit(alice, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, 1, 10 + number))
        sandbox.submit(bob, ManageSellOffer(sandbox.usdc, NATIVE, XLM // 2, 10 + number, 1))
        sandbox.submit(bob, Payment(alice.account, NATIVE, XLM), Payment(alice.account, NATIVE, XLM))
    return sandbox


def walk(page, token, first, limit: int, ascending: bool) -> list:
    """Collect all records by following pages."""
    found, cursor = [], first
    while records := page(cursor, limit, ascending):
        found += records
        cursor = token(records[-1])
    return found


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_pages_join_up_in_both_directions(busy, limit):
    history = busy.sandbox.history
    alice = busy.key("alice").account
    families = [
        (history.ledgers, lambda record: record.id, 0, LAST),
        (history.transactions, lambda record: record.id, 0, LAST),
        (lambda *page: history.transactions(*page, account=alice), lambda record: record.id, 0, LAST),
        (lambda *page: history.operations(*page, account=alice), lambda record: record.id, 0, LAST),
        (lambda *page: history.operations(*page, payments_only=True), lambda record: record.id, 0, LAST),
        (lambda *page: history.effects(*page, account=alice), lambda e: e.key, (0, 0), (LAST, LAST)),
        (history.effects, lambda effect: effect.key, (0, 0), (LAST, LAST)),
        (lambda *page: history.trades(*page, account=alice), lambda t: t.key, (0, 0), (LAST, LAST)),
    ]
    for page, token, low, high in families:
        up = walk(page, token, low, limit, True)
        down = walk(page, token, high, limit, False)
        assert up
        assert list(map(token, up)) == sorted(map(token, up))
        assert up == down[::-1]


def shortened(busy, retention: Retention, residents: set[str]) -> History:
    """Tell the busy sandbox's ledgers to a history that keeps less."""
    short = History(retention)
    short.residents = residents
    for ledger in busy.sandbox.history.ledgers(0, 10_000, True):
        short.restore(ledger)
        short._forget()
    return short


def test_the_oldest_ledgers_are_forgotten_with_what_the_market_did_in_them(busy):
    full = busy.sandbox.history
    accounts = set(busy.sandbox.network.state.accounts)
    short = shortened(busy, Retention(ledgers=8), residents=accounts)
    assert short.latest - short.elder < 8
    gone = full.transactions(0, 1, True)[0]
    assert short.transaction(gone.hash) is None
    assert short.operation(gone.id + 1) is None
    assert short.ledger(short.elder - 1) is None
    first = toid(short.elder)
    for records in (
        short.transactions(0, 200, True),
        short.operations(0, 200, True),
        short.operations(0, 200, True, account=busy.key("alice").account),
    ):
        assert records
        assert all(record.id >= first for record in records)


def test_a_users_own_transactions_and_trades_outlast_the_ledgers(busy):
    full, alice = busy.sandbox.history, busy.key("alice").account
    residents = set(busy.sandbox.network.state.accounts) - {alice}
    short = shortened(busy, Retention(ledgers=8), residents)
    signed = [record for record in full.transactions(0, 200, True, account=alice) if record.source == alice]
    kept = [record for record in short.transactions(0, 200, True, account=alice) if record.source == alice]
    assert kept == signed
    assert short.transaction(signed[0].hash) == signed[0]
    trades = short.trades((0, 0), 200, True, account=alice)
    assert trades == full.trades((0, 0), 200, True, account=alice)
    again = history_from_dict(history_to_dict(short), short.retention)
    assert again.trades((0, 0), 200, True, account=alice) == trades
    assert again.transaction(signed[0].hash) == signed[0]


def test_what_is_kept_is_bounded(busy):
    retention = Retention(xdr_bytes=4_000, own_bytes=2_000, own_trades=4)
    short = shortened(busy, retention, residents=set())
    short._trades.forget_before(toid(short.latest), short.residents, retention.own_trades)
    kept = list(short._by_hash.values())
    assert sum(record.size for record in kept) <= 6_000
    assert len(short.trades((0, 0), 200, True, account=busy.key("alice").account)) == 2


def test_a_saved_history_reads_back_the_same(busy):
    history = busy.sandbox.history
    again = history_from_dict(history_to_dict(history))
    alice = busy.key("alice").account
    assert again.ledgers(0, 10_000, True) == history.ledgers(0, 10_000, True)
    assert again.transactions(0, 200, True, account=alice) == history.transactions(
        0, 200, True, account=alice
    )
    assert again.effects((0, 0), 200, True) == history.effects((0, 0), 200, True)
    assert again.trades((0, 0), 200, True) == history.trades((0, 0), 200, True)
    assert again.aggregation.to_dict() == history.aggregation.to_dict()
    assert again.knows_asset(busy.usdc)


def test_what_the_bytes_do_not_tell_is_saved_too(sandbox):
    """Who paid a reserve, what a merge moved, which balance was taken: only the changed entries tell."""
    alice, bob, carol = sandbox.fund("alice", "bob", "carol")
    sandbox.submit(
        alice,
        BeginSponsoringFutureReserves(bob.account),
        CreateClaimableBalance(NATIVE, XLM, (Claimant(carol.account),), source=bob.account),
        EndSponsoringFutureReserves(source=bob.account),
        also=(bob,),
    )
    (balance,) = sandbox.sandbox.network.state.claimable_balances
    sandbox.submit(carol, ClaimClaimableBalance(balance.balance_id), AccountMerge(alice.account))
    history = sandbox.sandbox.history
    again = history_from_dict(orjson.loads(orjson.dumps(history_to_dict(history))))
    for one in (history, again):
        *_, begun, created, ended, claimed, merged = one.operations(0, 200, True)
        assert (created.sponsor, ended.begin_sponsor[0]) == (alice.account, alice.account)
        assert one.operations(0, 200, True, account=balance.balance_id) == [created, claimed]
        assert begun in one.operations(0, 200, True, account=bob.account)
        assert merged.result.merged_balance > 0
    assert again.effects((0, 0), 200, True) == history.effects((0, 0), 200, True)


def test_volumes_beyond_64_bits_can_be_saved(busy):
    """The ledger's amounts are int64, their sums over an hour need not be."""
    (trade,) = busy.sandbox.history.trades((0, 0), 1, True)
    aggregation = busy.sandbox.history.aggregation
    for _ in range(3):
        aggregation.add(replace(trade, base_amount=LAST, counter_amount=LAST))
    saved = orjson.loads(orjson.dumps(aggregation.to_dict()))
    again = TradeAggregation()
    again.restore(saved)
    (hour,) = again.page(trade.base, trade.counter, 3600)
    assert hour.base_volume > 3 * LAST
    assert again.to_dict() == saved


async def test_who_is_in_deleted_history_only_is_known_still(sandbox):
    alice, bob = sandbox.fund("alice", "bob")
    sandbox.submit(bob, AccountMerge(alice.account), fee=100)
    await sandbox.close()
    sandbox.sandbox.history.reap(sandbox.sandbox.history.latest)
    for kind in ("transactions", "operations", "effects", "trades"):
        assert (await sandbox.get(f"/accounts/{bob.account}/{kind}"))["_embedded"]["records"] == []
    await sandbox.problem(f"/accounts/{sandbox.key('stranger').account}/transactions", 404)


async def test_a_cursor_before_the_retained_history_is_gone_only_downwards(busy):
    history = busy.sandbox.history
    history.retention = Retention(ledgers=5, own_bytes=0)
    busy.sandbox.close_ledger()
    cursor = str(toid(history.elder - 1))
    await busy.problem("/transactions", 410, cursor=cursor, order="desc")
    records = (await busy.get("/transactions", cursor=cursor))["_embedded"]["records"]
    assert all(record["ledger"] >= history.elder for record in records)
    await busy.problem(f"/ledgers/{history.elder - 1}", 410)
    await busy.problem(f"/operations/{toid(2, 1, 1)}", 410)
    await busy.problem(f"/ledgers/{history.latest + 1}", 404)
