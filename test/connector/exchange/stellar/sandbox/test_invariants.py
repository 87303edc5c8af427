"""What holds on every ledger, whatever people do: random transactions on a network with real signatures."""

from collections import Counter
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction

from .conftest import LIMIT, UNIT, Town, key_of
from .whole import (
    assert_books_are_not_crossed,
    assert_books_hold_the_offers,
    assert_liabilities_are_those_of_the_offers,
    assert_pools_belong_to_their_lines,
    assert_pools_never_lose,
    assert_subentries_are_counted,
    credit_of,
    issued,
    lumens_of,
)

PEOPLE = ("alice", "bob", "carol", "bank")
BANK = key_of("bank").account
ASSETS = (NATIVE, Asset("USD", BANK), Asset("EURO12", BANK))
POOLS = tuple(pool_of(one, other) for one, other in combinations(ASSETS, 2))

people = st.sampled_from(PEOPLE)
addresses = people.map(lambda name: key_of(name).account)
pairs = st.permutations(ASSETS).map(lambda assets: assets[:2])
amounts = st.integers(1, 60 * UNIT) | st.integers(UNIT, 9 * UNIT) | st.integers(1, 30)
near, any_part = st.integers(97, 103), st.integers(1, 7) | st.integers(1, 2**31 - 1)
prices = st.tuples(near, near) | st.tuples(near, near) | st.tuples(any_part, any_part)
offer_ids = st.sampled_from((*[0] * 15, 1, 2, 3))


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """An operation that has a fair chance, and may be anything."""
    selling, buying = draw(pairs)
    (n, d), amount = draw(prices), draw(amounts)
    kind = draw(st.integers(-6, 11))
    if kind <= 4:
        return ManageSellOffer(selling, buying, amount, n, d, draw(offer_ids))
    if kind <= 7:
        return ManageBuyOffer(selling, buying, amount, n, d, draw(offer_ids))
    if kind == 8:
        return CreatePassiveSellOffer(selling, buying, amount, n, d)
    if kind == 9:
        return ManageSellOffer(selling, buying, 0, 1, 1, draw(st.integers(1, 4)))
    if kind == 10:
        return Payment(draw(addresses), selling, amount)
    return draw(
        st.builds(ChangeTrust, st.sampled_from(ASSETS[1:]), st.sampled_from((0, 70 * UNIT, LIMIT)))
        | st.builds(CreateAccount, st.just(key_of("dave").account), st.integers(UNIT - 1, 3 * UNIT))
    )


@st.composite
def exchanges(draw: st.DrawFn) -> Operation:
    """A path payment, or what is done to a pool."""
    kind, amount = draw(st.integers(0, 9)), draw(amounts)
    if kind <= 5:
        sent, *path, received = draw(st.lists(st.sampled_from(ASSETS), min_size=2, max_size=4))
        destination, bound = draw(addresses), draw(amounts | st.just(1) | st.just(LIMIT))
        if kind <= 2:
            return PathPaymentStrictSend(sent, amount, destination, received, bound, tuple(path))
        return PathPaymentStrictReceive(sent, bound, destination, received, amount, tuple(path))
    pool = draw(st.sampled_from(POOLS))
    if kind == 6:
        return ChangeTrust(pool, draw(st.sampled_from((LIMIT, LIMIT, 40 * UNIT, 0))))
    if kind == 7:
        least = draw(st.just(0) | amounts)
        return LiquidityPoolWithdraw(pool_id(pool), amount, least, draw(st.just(0) | st.just(least)))
    bounds = draw(st.sampled_from(((1, 2**31 - 1, 2**31 - 1, 1), (9, 10, 10, 9))))
    return LiquidityPoolDeposit(pool_id(pool), amount, draw(amounts | st.just(amount)), *bounds)


anything = operations() | exchanges()
batches = st.lists(anything, min_size=1, max_size=1) | st.lists(anything, min_size=1, max_size=4)
steps = st.lists(st.tuples(people, batches), min_size=5, max_size=25)


def opened() -> Town:
    """A network where three people hold 60 of everything and the bank issues it, with two pools of 9."""
    town = Town()
    town.settle("alice", "bob", "carol", lumens=60 * UNIT, dollars=0)
    for asset in ASSETS[1:]:
        for name in ("alice", "bob", "carol"):
            town.apply(name, ChangeTrust(asset, 70 * UNIT if name == "carol" else LIMIT))
            town.apply("bank", Payment(town.address(name), asset, 60 * UNIT))
    for name, pool in (("alice", POOLS[0]), ("alice", POOLS[1]), ("carol", POOLS[2]), ("bank", POOLS[2])):
        town.apply(name, ChangeTrust(pool, LIMIT))
    even = (9 * UNIT, 9 * UNIT, 1, 1, 1, 1)
    town.apply("alice", LiquidityPoolDeposit(pool_id(POOLS[0]), *even))
    town.apply("bank", LiquidityPoolDeposit(pool_id(POOLS[2]), *even))
    return town


def by_name(entries: list[dict[str, Any]]) -> dict[tuple[object, ...], dict[str, Any]]:
    return {tuple(map(e.get, ("type", "account", "asset", "offer_id", "id", "name"))): e for e in entries}


def spent_only_fee_and_sequence(
    before: list[dict[str, Any]], applied: AppliedTransaction, town: Town
) -> None:
    tx = applied.envelope.tx
    entries = by_name(before)
    source = entries["account", tx.source, None, None, None, None]
    source["balance"] -= applied.fee_charged
    source["seq"] = tx.sequence
    source["seq_ledger"] = source["last_modified"] = town.network.header.sequence
    source["seq_time"] = town.network.header.close_time
    assert by_name(town.network.to_dict()["entries"]) == entries


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_ledger_stays_whole(steps: list[tuple[str, list[Operation]]]) -> None:
    town = opened()
    state = town.network.state
    supply = Counter({asset: credit_of(state, asset) for asset in ASSETS[1:]})
    for name, batch in steps:
        before = town.network.to_dict()["entries"]
        submission = town.submit(name, *batch)
        if submission.status == "ERROR":
            assert town.network.to_dict()["entries"] == before
            continue
        (applied,) = town.close().transactions
        assert applied.result.code in ("txSUCCESS", "txFAILED")
        if applied.result.code == "txSUCCESS":
            supply.update(issued(applied, BANK))
            assert_pools_never_lose(applied)
        else:
            spent_only_fee_and_sequence(before, applied, town)
        assert lumens_of(town.network) == town.network.header.total_coins
        assert {asset: credit_of(state, asset) for asset in ASSETS[1:]} == dict(supply)
        assert_liabilities_are_those_of_the_offers(state)
        assert_subentries_are_counted(state)
        assert_books_hold_the_offers(state)
        assert_books_are_not_crossed(town.network, ASSETS)
        assert_pools_belong_to_their_lines(state)
